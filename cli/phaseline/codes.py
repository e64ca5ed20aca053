"""The table of all error codes: each with its title and the exit code it ends a command with."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the command line (the list of DESIGN section 8, and no other)."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    DIFFERENCES = 3
    INVALID = 4
    REFUSED = 5
    UNVERIFIED = 6
    UNKNOWN = 8
    LOCKED = 11
    SECRET = 12
    UNREACHABLE = 13
    BUG = 70
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Code:
    """What a code means, for the reference and `phaseline help errors`."""

    title: str
    exit: Exit


# One letter an area: B blueprint and tenant, C command line and project, D data files, E engine and
# gates, H hosts (releases, sandbox), J journal, O Odoo. Numbers never change meaning.
BLUEPRINT_CODES: dict[str, Code] = {
    "B001": Code("a file is not readable YAML", Exit.INVALID),
    "B002": Code("a YAML file uses tags or anchors, or is too deep or too large", Exit.INVALID),
    "B003": Code("a key is duplicated", Exit.INVALID),
    "B004": Code("a key is unknown", Exit.INVALID),
    "B005": Code("a value has the wrong type or format", Exit.INVALID),
    "B006": Code("a key is missing", Exit.INVALID),
    "B007": Code("a file is missing or unreadable", Exit.INVALID),
    "B008": Code("the format is newer than this kit", Exit.INVALID),
    "B010": Code("a decision is unanswered", Exit.INVALID),
    "B011": Code("an answer has the wrong type", Exit.INVALID),
    "B012": Code("the tenant file has an unknown key", Exit.INVALID),
    "B013": Code("an expression uses an unknown name", Exit.INVALID),
    "B014": Code("a ref has an invalid name", Exit.INVALID),
    "B015": Code("two records have the same ref", Exit.INVALID),
    "B016": Code("a ref matches no record", Exit.INVALID),
    "B017": Code("records have circular references", Exit.INVALID),
    "B018": Code("two records set the same field", Exit.INVALID),
    "B019": Code("Odoo has no such model", Exit.INVALID),
    "B020": Code("the model has no such field", Exit.INVALID),
    "B021": Code("a value does not fit its field", Exit.INVALID),
    "B022": Code("the module is not available in this Odoo", Exit.INVALID),
    "B023": Code("a record to take over is ambiguous", Exit.INVALID),
    "B024": Code("a required record does not exist", Exit.INVALID),
    "B025": Code("a dangerous setting has no reason or is never allowed", Exit.INVALID),
    "B026": Code("this Odoo is of another series than the blueprint", Exit.INVALID),
}
PROJECT_CODES: dict[str, Code] = {
    "C001": Code("the folder is not a project", Exit.USAGE),
    "C002": Code("the environment is unknown", Exit.USAGE),
    "C003": Code("a secret is missing", Exit.SECRET),
    "C004": Code("the stage is unknown", Exit.USAGE),
    "C005": Code("the folder is not empty", Exit.USAGE),
    "C006": Code("a file of secrets is readable by others", Exit.SECRET),
    "C007": Code("the vault cannot be opened", Exit.SECRET),
    "C008": Code("the inventory contradicts itself", Exit.INVALID),
    "C009": Code("a tenant's line is not valid", Exit.INVALID),
    "C010": Code("the tenant is unknown or ambiguous", Exit.USAGE),
    "C011": Code("the name was not confirmed", Exit.USAGE),
    "C012": Code("a project file holds a secret in plain text", Exit.SECRET),
    "C013": Code("existing tenants are missing from the list of tenants", Exit.REFUSED),
    "C014": Code("the tenant exists already, with other values", Exit.REFUSED),
    "C015": Code("another run works on this environment", Exit.LOCKED),
    "C016": Code("the environment is not provisioned yet", Exit.REFUSED),
    "C017": Code("a file or folder cannot be used", Exit.FAILED),
}
DATA_CODES: dict[str, Code] = {
    "D001": Code("a data file is missing or is no ordinary file", Exit.INVALID),
    "D002": Code("the text encoding of a file is broken or mixed", Exit.INVALID),
    "D003": Code("text was decoded with the wrong encoding earlier", Exit.DIFFERENCES),
    "D004": Code("text holds control or invisible characters", Exit.DIFFERENCES),
    "D005": Code("the separator of a CSV file is ambiguous", Exit.INVALID),
    "D006": Code("a CSV file is malformed: open quote, ragged line or huge field", Exit.INVALID),
    "D007": Code("a column is missing, unknown or duplicated", Exit.INVALID),
    "D008": Code("a file holds no data", Exit.INVALID),
    "D009": Code("a code is stored in a number cell", Exit.DIFFERENCES),
    "D010": Code("a barcode or code lost digits or fails its check digit", Exit.DIFFERENCES),
    "D011": Code("a cell has another type than its column", Exit.DIFFERENCES),
    "D012": Code("a date is not in the declared format or does not exist", Exit.DIFFERENCES),
    "D013": Code("a number is not in the declared format", Exit.DIFFERENCES),
    "D014": Code("a cell is not a number", Exit.DIFFERENCES),
    "D015": Code("a number has too many digits or decimals", Exit.DIFFERENCES),
    "D016": Code("a number is out of range", Exit.DIFFERENCES),
    "D017": Code("units are of different categories", Exit.DIFFERENCES),
    "D018": Code("a currency is unknown or mixed", Exit.DIFFERENCES),
    "D019": Code("a key is duplicated or looks like another", Exit.DIFFERENCES),
    "D020": Code("Odoo has such a record already", Exit.DIFFERENCES),
    "D021": Code("a reference matches no record or several", Exit.DIFFERENCES),
    "D022": Code("circular parents", Exit.INVALID),
    "D023": Code("a VAT number, e-mail address, phone or country is invalid", Exit.DIFFERENCES),
    "D024": Code("an opening balance does not balance", Exit.INVALID),
    "D026": Code("a workbook is not safe to open", Exit.INVALID),
    "D027": Code("a workbook holds XML entities or a document type", Exit.INVALID),
    "D028": Code("a cell holds a formula", Exit.INVALID),
    "D031": Code("a text is too long", Exit.DIFFERENCES),
    "D033": Code("a file name or path is not allowed", Exit.INVALID),
    "D034": Code("a file changed since it was validated", Exit.INVALID),
    "D035": Code("a workbook was made from another template", Exit.INVALID),
    "D037": Code("a line holds a total", Exit.DIFFERENCES),
    "D040": Code("the object is unknown", Exit.USAGE),
    "D041": Code("a spec or mapping is not valid", Exit.INVALID),
    "D042": Code("lines are rejected and `--allow-rejects` does not cover them", Exit.DIFFERENCES),
    "D043": Code("a data file would be overwritten", Exit.REFUSED),
    "D044": Code("the data in Odoo differs from its source", Exit.UNVERIFIED),
    "D050": Code("a required cell is empty", Exit.DIFFERENCES),
    "D051": Code("a value is not one of the choices", Exit.DIFFERENCES),
    "D052": Code("lines of one group disagree", Exit.DIFFERENCES),
    "D053": Code("a minimum is above its maximum", Exit.DIFFERENCES),
    "D054": Code("columns that belong together are not filled together", Exit.DIFFERENCES),
    "D055": Code("too many or too few of some columns are filled", Exit.DIFFERENCES),
    "D056": Code("a line is its own parent", Exit.DIFFERENCES),
    "D060": Code("Odoo refused a line", Exit.DIFFERENCES),
    "D061": Code("opening stock was booked with another quantity", Exit.DIFFERENCES),
}
ENGINE_CODES: dict[str, Code] = {
    "E001": Code("the plan changed since it was reviewed", Exit.REFUSED),
    "E002": Code("the stage before is not signed on the same input", Exit.REFUSED),
    "E003": Code("the plan exceeds a limit", Exit.REFUSED),
    "E004": Code("the value was changed in Odoo since the last apply", Exit.REFUSED),
    "E005": Code("Odoo did not keep a value", Exit.FAILED),
    "E006": Code("a call did not have its declared effect", Exit.FAILED),
    "E007": Code("there is no passed verification to sign", Exit.REFUSED),
    "E008": Code("scenarios that write are not allowed here", Exit.REFUSED),
    "E009": Code("production needs the testing signature on the same input", Exit.REFUSED),
    "E010": Code("a proof failed", Exit.UNVERIFIED),
    "E011": Code("the outcome of a write is unknown", Exit.UNKNOWN),
    "E012": Code("a module was not installed", Exit.FAILED),
    "E013": Code("the plan is not applied yet", Exit.REFUSED),
    "E014": Code("production needs a second person's signature", Exit.REFUSED),
    "J001": Code("a journal entry was edited", Exit.FAILED),
    "J002": Code("journal entries are missing", Exit.FAILED),
    "J003": Code("a journal artifact was edited or is missing", Exit.FAILED),
    "J004": Code("the last journal line is incomplete", Exit.FAILED),
}
HOST_CODES: dict[str, Code] = {
    "H001": Code("the recipe of a release or one of its locks is not valid", Exit.INVALID),
    "H002": Code("the signature of a package archive does not verify", Exit.FAILED),
    "H003": Code("a file differs from its lock, or the locked version is gone", Exit.FAILED),
    "H004": Code("a download failed", Exit.UNREACHABLE),
    "H005": Code("a required program is missing", Exit.FAILED),
    "H006": Code("the source is not an Odoo of the requested series", Exit.INVALID),
    "H007": Code("a part of the release could not be built", Exit.FAILED),
    "H008": Code("a release is damaged", Exit.UNVERIFIED),
    "H009": Code("the release is not on this machine", Exit.FAILED),
    "H010": Code("another run works on this sandbox, lab or release", Exit.LOCKED),
    "H011": Code("PostgreSQL does not start", Exit.FAILED),
    "H012": Code("Odoo does not start", Exit.FAILED),
    "H013": Code("the sandbox is not running", Exit.UNREACHABLE),
    "H014": Code("the modules could not be installed", Exit.FAILED),
    "H015": Code("there is no unprivileged account to run as", Exit.FAILED),
    "H016": Code("the disk has too little free space", Exit.FAILED),
    "H017": Code("a database could not be copied, made or dropped", Exit.FAILED),
    "H018": Code("no Debian mirror was found on this machine", Exit.FAILED),
    "H019": Code("this machine cannot run a lab", Exit.FAILED),
    "H020": Code("a host of the lab could not be made or does not start", Exit.FAILED),
    "H021": Code("an inventory has no hosts for a lab", Exit.INVALID),
    "H022": Code("the project's inventory was not written by the lab", Exit.REFUSED),
    "H030": Code("the tenants do not fit the host", Exit.REFUSED),
    "H031": Code("two tenants use the same port", Exit.INVALID),
    "H032": Code("a tenant's plan is unknown", Exit.INVALID),
    "H040": Code("a host does not answer over SSH", Exit.UNREACHABLE),
    "H041": Code("the SSH key of a host is unknown or has changed", Exit.SECRET),
    "H042": Code("a playbook could not be run", Exit.FAILED),
    "H043": Code("a task failed on a host", Exit.FAILED),
    "H044": Code("the declared release is missing and cannot be built", Exit.FAILED),
}
ODOO_CODES: dict[str, Code] = {
    "O001": Code("Odoo cannot be reached", Exit.UNREACHABLE),
    "O002": Code("Odoo refuses the key or password", Exit.SECRET),
    "O003": Code("Odoo refuses the access", Exit.FAILED),
    "O004": Code("Odoo does not know the model, method or record", Exit.FAILED),
    "O005": Code("Odoo refuses the values", Exit.FAILED),
    "O006": Code("Odoo failed on its side", Exit.FAILED),
    "O007": Code("the answer to a write was lost and its outcome is unknown", Exit.UNKNOWN),
    "O008": Code("another run holds the lock of this database", Exit.LOCKED),
    "O009": Code("the lock was lost to another run", Exit.LOCKED),
    "O010": Code("no driver can connect to this Odoo", Exit.UNREACHABLE),
    "O011": Code("Odoo was busy and rolled back: nothing was written", Exit.FAILED),
    "O012": Code("the server has no such database", Exit.UNREACHABLE),
}
CODES: dict[str, Code] = {
    **BLUEPRINT_CODES, **PROJECT_CODES, **DATA_CODES, **ENGINE_CODES, **HOST_CODES, **ODOO_CODES,
}  # fmt: skip
