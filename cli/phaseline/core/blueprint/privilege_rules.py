"""What of Odoo 19 an administrator alone should decide, with the reason of each: only the table.

A reason goes on from "reaches administrator-level trust:". How the table is used is in `trust`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from typing import Any

from phaseline.core.blueprint.expressions import Ref

Test = Callable[[Any], bool]

CODE = "Odoo runs it on the server with every right"
PAGE = "it runs in the browser of everybody who opens the page"
RIGHTS = "it decides who may read and change what"
LOGIN = "it decides who gets in, and as whom"
GRANT = "it makes administrators, or people who can make themselves one"
MODULES = "it installs, upgrades or uninstalls program code"
FORM = "it sets what no plan compares; the key 'settings' does"
QUERY = "its SQL is run on the whole database"
OURS = "Phaseline keeps its own record there"
IN_CLEAR = "a password in clear stays in the history of the project"
WIRE = "it decides where links of mails lead, or where data is sent"
SECRET = "it holds a secret of the whole database"  # noqa: S105 (a reason)

# What no reason makes right, with the way that is.
NEVER = {
    MODULES: "Write it under 'modules'; phaseline never uninstalls one.",
    OURS: "Take it out; phaseline writes it.",
    FORM: "Write it under 'settings'.",
    IN_CLEAR: "Write it under 'initial' as secret:NAME; phaseline makes the password.",
}
PASSWORDS = frozenset({"password", "new_password", "new_passwd"})

# Groups whose people are administrators, or write what Odoo runs.
GROUPS = frozenset({
    "base.group_system", "base.group_erp_manager", "base.group_sanitize_override",
    "base_exception.group_exception_rule_manager", "mail.group_mail_template_editor",
    "website.group_website_designer",
})  # fmt: skip

# A call is a name, an index or a bracket before a bracket; behind a word such as `or` it only
# groups. Odoo's `format_date(...)` and its like write a value down, unless the name is bound anew.
CALL = re.compile(r"[\w\])]\s*\(")
GROUPING = re.compile(r"\b(and|or|not|in|if|else|for|is)\s*\(")
FORMAT = re.compile(r"\bformat_(amount|date|datetime|time|duration|addr)\s*\(")
BINDS = re.compile(r"\b(for|lambda)\b|:=")
EXPRESSION = re.compile(
    r"""\{\{(.*?)\}\}|\#\{(.*?)\}|\bt-[\w.:-]+\s*=\s*"([^"]*)"|\bt-[\w.:-]+\s*=\s*'([^']*)'""",
    re.DOTALL,
)
REBOUND = re.compile(r"""<attribute\s[^>]*name\s*=\s*["']t-|\bt-(set|as)\s*=\s*["']\s*format_""")
SCRIPT = re.compile(r"<script|javascript:|<[^>]*\son[a-z]+\s*=", re.IGNORECASE)


def always(_: Any) -> bool:
    """Whatever the value is."""
    return True


def evaluated(value: Any) -> bool:
    """Return whether it is a text, which Odoo evaluates; a list is plain data."""
    return isinstance(value, str)


def calls(value: Any) -> bool:
    """Return whether an expression calls something; reading fields of a record does no harm."""
    text = GROUPING.sub(" ", str(value or ""))
    if not BINDS.search(text):
        text = FORMAT.sub(" ", text)
    return "__" in text or CALL.search(text) is not None


def template(value: Any) -> bool:
    """Return whether a text brings a script, or a template with an expression that calls."""
    text = html.unescape(str(value or ""))
    if SCRIPT.search(text) or REBOUND.search(text):
        return True
    return any(calls(next(filter(None, found.groups()), "")) for found in EXPRESSION.finditer(text))


def grants(value: Any) -> bool:
    """Return whether one of these groups makes administrators; what is no ref may be any group."""
    items = value.get("add", ()) if isinstance(value, Mapping) else value
    found = items if isinstance(items, (list, tuple)) else [items]
    return any(not isinstance(one, Ref) or one.name in GROUPS for one in found if one)


def webhook(value: Any) -> bool:
    """Return whether a trigger opens an address that needs no login."""
    return str(value) == "on_webhook"


# Any record, line or call of these.
MODELS: Mapping[str, str] = {
    "ir.actions.server": CODE, "ir.asset": PAGE, "ir.model.access": RIGHTS, "ir.rule": RIGHTS,
    "ir.model.data": OURS, "ir.module.module": MODULES, "base.module.uninstall": MODULES,
    "base.module.upgrade": MODULES, "base.import.module": MODULES, "res.config.settings": FORM,
    "res.users.apikeys": LOGIN, "res.users.apikeys.description": LOGIN,
    "res.users.identitycheck": LOGIN, "change.password.wizard": LOGIN,
    "change.password.user": LOGIN, "change.password.own": LOGIN, "auth.oauth.provider": LOGIN,
    "res.company.ldap": LOGIN, "auth.saml.provider": LOGIN, "auth_totp.device": LOGIN,
    "queue.job.function": CODE, "sql.export": QUERY, "bi.sql.view": QUERY,
}  # fmt: skip

# Model, field: the reason, and which values it is true for.
FIELDS: Mapping[tuple[str, str], tuple[str, Test]] = {
    ("ir.cron", "code"): (CODE, always),
    ("ir.cron", "state"): (CODE, always),
    ("ir.cron", "ir_actions_server_id"): (CODE, always),
    ("ir.cron", "user_id"): (GRANT, always),
    ("base.automation", "action_server_ids"): (CODE, always),
    ("base.automation", "record_getter"): (CODE, always),
    ("base.automation", "filter_domain"): (CODE, evaluated),
    ("base.automation", "filter_pre_domain"): (CODE, evaluated),
    ("base.automation", "trigger"): (LOGIN, webhook),
    ("ir.model", "access_ids"): (RIGHTS, always),
    ("ir.model", "rule_ids"): (RIGHTS, always),
    ("ir.model.fields", "compute"): (CODE, always),
    ("ir.embedded.actions", "python_method"): (CODE, always),
    ("ir.actions.report", "attachment"): (CODE, calls),
    ("ir.actions.report", "print_report_name"): (CODE, calls),
    ("ir.ui.view", "arch"): (CODE, template),
    ("ir.ui.view", "arch_db"): (CODE, template),
    ("ir.ui.view", "arch_base"): (CODE, template),
    ("ir.ui.view", "arch_fs"): ("it reads a file of the server", always),
    ("mail.template", "body_html"): (CODE, template),
    ("mail.template", "subject"): (CODE, template),
    ("mail.template", "email_to"): (CODE, template),
    ("mail.template", "email_from"): (CODE, template),
    ("mail.template", "email_cc"): (CODE, template),
    ("mail.template", "partner_to"): (CODE, template),
    ("mail.template", "reply_to"): (CODE, template),
    ("mail.template", "lang"): (CODE, template),
    ("mail.template", "scheduled_date"): (CODE, template),
    ("sms.template", "body"): (CODE, template),
    ("sms.template", "lang"): (CODE, template),
    ("mailing.mailing", "body_arch"): (CODE, template),
    ("mailing.mailing", "body_html"): (CODE, template),
    ("website", "custom_code_head"): (PAGE, always),
    ("website", "custom_code_footer"): (PAGE, always),
    ("exception.rule", "code"): (CODE, always),
    ("tier.definition", "python_code"): (CODE, always),
    ("account.tax", "formula"): (CODE, calls),
    ("hr.salary.rule", "amount_python_compute"): (CODE, always),
    ("hr.salary.rule", "condition_python"): (CODE, always),
    ("res.groups", "implied_ids"): (GRANT, grants),
    ("res.groups", "implied_by_ids"): (RIGHTS, always),
    ("res.groups", "user_ids"): (RIGHTS, always),
    ("res.groups", "model_access"): (RIGHTS, always),
    ("res.groups", "rule_groups"): (RIGHTS, always),
    ("res.users.role", "implied_ids"): (GRANT, grants),
    ("res.users.role", "implied_by_ids"): (RIGHTS, always),
    ("res.users.role", "user_ids"): (RIGHTS, always),
    ("res.users.role", "model_access"): (RIGHTS, always),
    ("res.users.role", "rule_groups"): (RIGHTS, always),
    ("res.users", "group_ids"): (RIGHTS, always),
    ("res.users", "password"): (LOGIN, always),
    ("res.users", "new_password"): (LOGIN, always),
    ("res.users", "api_key_ids"): (LOGIN, always),
    ("res.users", "oauth_uid"): (LOGIN, always),
    ("res.users", "totp_secret"): (LOGIN, always),
    ("res.partner", "user_ids"): (LOGIN, always),
}

# Fields whose name says it on any model: for values that go into a call or a proof's step.
ANYWHERE: Mapping[str, str] = {
    "password": LOGIN, "new_password": LOGIN, "new_passwd": LOGIN, "group_ids": RIGHTS,
    "implied_ids": RIGHTS, "implied_by_ids": RIGHTS, "model_access": RIGHTS, "rule_groups": RIGHTS,
    "compute": CODE, "record_getter": CODE, "python_code": CODE,
}  # fmt: skip

# Methods; `*` is any model.
METHODS: Mapping[tuple[str, str], str] = {
    ("*", "unlink"): "it deletes without 'absent', past the limits of a plan",
    ("*", "load"): "it writes what no plan shows",
    ("*", "import_data"): "it writes what no plan shows",
    ("base_import.import", "execute_import"): "it writes what no plan shows",
    ("res.users", "change_password"): LOGIN,
    ("res.users", "action_totp_disable"): LOGIN,
    ("ir.cron", "create"): CODE,
}

# Keys of ir.config_parameter, and names of settings, as patterns.
PARAMETERS: Mapping[str, str] = {
    "phaseline.applied.*": OURS, "phaseline.lock*": OURS, "database.*": SECRET,
    "*secret*": SECRET, "*password*": SECRET, "*api_key*": SECRET, "*token*": SECRET,
    "*private_key*": SECRET, "auth_*": LOGIN, "base.login_cooldown*": LOGIN,
    "base.template_portal_user_id": LOGIN, "base.enable_programmatic_api_keys": LOGIN,
    "portal.allow_api_keys": LOGIN, "sessions.*": LOGIN, "base_setup.default_user_rights": GRANT,
    "mail.restrict.template.rendering": CODE, "web.base.url*": WIRE, "report.url": WIRE,
    "*iap*endpoint*": WIRE, "ir_attachment.location": "files of the database go elsewhere",
}  # fmt: skip
SETTINGS: Mapping[str, str] = {
    "auth_totp_*": LOGIN, "auth_oauth_*": LOGIN, "auth_password_*": LOGIN, "minlength": LOGIN,
    "auth_signup_template_user_id": LOGIN, "portal_allow_api_keys": LOGIN,
    "user_default_rights": GRANT, "restrict_template_rendering": CODE,
    "*_secret": SECRET, "*_password": SECRET, "*_api_key": SECRET, "*_token": SECRET,
}  # fmt: skip
