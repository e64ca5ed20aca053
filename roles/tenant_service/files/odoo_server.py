#!/usr/bin/python3
"""Start a tenant's Odoo with a log that nobody outside can forge: odoo-server --config FILE.

Managed by Phaseline: what is changed here is lost at the next run.

Odoo logs what visitors send as it comes: a login with a line break writes a whole line of its own.
Here a record stays on one line, the lines of an exception are indented, and each log-in is told in
a line of its own that begins like no other, as JSON. fail2ban takes addresses from these only.
"""

import json
import logging
import re
import runpy
import sys
from pathlib import Path

LOGIN = re.compile(r"Login (failed|successful) for login:%s from %s")
# Whatever ends a line or moves the cursor, in any reader of the journal; a tab does neither.
ENDS = [*map(chr, (*range(0x20), *range(0x7F, 0xA0))), "\u2028", "\u2029"]
CONTROL = str.maketrans({one: repr(one)[1:-1] for one in ENDS if one != "\t"})
message, exception = logging.LogRecord.getMessage, logging.Formatter.formatException


def one_line(record):
    """Return a record's message without anything that ends a line."""
    return message(record).translate(CONTROL)


def indented(formatter, info):
    """Return an exception's lines, none of which begins like a record."""
    lines = exception(formatter, info).split("\n")
    return "\n".join("    " + one.translate(CONTROL) for one in lines)


class Logins(logging.StreamHandler):
    """Tells each log-in as a visitor could not."""

    def filter(self, record):
        """Take log-ins only."""
        return bool(LOGIN.fullmatch(str(record.msg))) and isinstance(record.args, tuple)

    def format(self, record):
        """Return a line of JSON."""
        login, address = record.args
        told = {"from": str(address), "login": str(login)[:200], "result": record.msg.split()[1]}
        return f"phaseline-login {json.dumps(told)}"


def main():
    """Run the tenant's release; Odoo starts its process for websockets as this program, too."""
    logging.LogRecord.getMessage = one_line  # type: ignore[method-assign]
    logging.Formatter.formatException = indented  # type: ignore[method-assign]
    logging.getLogger("odoo.addons.base.models.res_users").addHandler(Logins())
    tenant = Path(sys.argv[sys.argv.index("--config") + 1]).stem
    runpy.run_path(f"/opt/odoo/tenants/{tenant}/bin/odoo", run_name="__main__")


if __name__ == "__main__":
    main()
