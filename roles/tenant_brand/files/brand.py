# ruff: noqa: F821  # `env` is given by the shell, which reads what is printed
"""A tenant's appearance; read by `odoo shell` with ORDER before it.

What is already so is left alone; each change prints one line that names it.
"""

import base64
import hashlib


def put(record, field, value, what):
    """Set one field where it differs."""
    if value and record[field] != value:
        record[field] = value
        print("changed: " + what)


def set_logo(company, logo):
    """Set the logo; Odoo may store it in another size, so what was given is remembered."""
    if not logo:
        return
    digest = hashlib.sha256(base64.b64decode(logo)).hexdigest()
    parameters = env["ir.config_parameter"].sudo()
    stored = hashlib.sha256(company.logo or b"").hexdigest()
    if parameters.get_param("phaseline.logo") != f"{digest} {stored}":
        company.logo = logo
        env.flush_all()
        company.invalidate_recordset()
        stored = hashlib.sha256(company.logo or b"").hexdigest()
        parameters.set_param("phaseline.logo", f"{digest} {stored}")
        if "website" in env:
            env["website"].sudo().search([("company_id", "=", company.id)]).logo = company.logo
        print("changed: logo")


def set_sender(company, sender):
    """Let mail leave in the name of one address of the tenant's own domain."""
    if not sender:
        return
    local, _, domain = sender.partition("@")
    found = env["mail.alias.domain"].sudo().search([("name", "=", domain)], limit=1)
    if not found:
        values = {"name": domain, "default_from": local}
        found = env["mail.alias.domain"].sudo().create(values)
        print("changed: mail domain")
    put(found, "default_from", local, "mail sender")
    put(company, "alias_domain_id", found, "mail domain of the company")


def set_language(company, code):
    """Have the language, for the company's own people too."""
    if not code:
        return
    if code not in dict(env["res.lang"].get_installed()):
        lang = env["res.lang"].with_context(active_test=False).search([("code", "=", code)])
        env["base.language.install"].create({"lang_ids": [(6, 0, lang.ids)]}).lang_install()
        print("changed: language")
    put(company.partner_id, "lang", code, "language of the company")


company = env.ref("base.main_company")
put(company, "name", ORDER.get("company"), "company")
put(company, "primary_color", ORDER.get("primary_color"), "primary colour")
put(company, "secondary_color", ORDER.get("secondary_color"), "secondary colour")
if ORDER.get("country"):
    code = ORDER["country"].upper()
    country = env["res.country"].search([("code", "=", code)], limit=1)
    put(company, "country_id", country, "country")
set_logo(company, ORDER.get("logo"))
set_sender(company, ORDER.get("mail_sender"))
set_language(company, ORDER.get("lang"))
if "website" in env and ORDER.get("company"):
    site = env["website"].sudo().search([("company_id", "=", company.id)], order="id", limit=1)
    put(site, "name", ORDER["company"], "name of the website") if site else None
env.cr.commit()
print("phaseline done")
