# ruff: noqa: F821  # `env` is given by the shell, `set_key` by credentials.py
"""The administrator's access, and settings that harden; read by `odoo shell`.

ORDER and credentials.py stand before it. What is already so is left alone;
each change prints one line that names it and no value.
"""


def say(what):
    """Tell of a change."""
    print("changed: " + what)


def set_user(user):
    """Give the administrator a login that is not `admin`, and the password of the vault.

    Odoo sends notices of it. A new tenant has no relay that takes them, and they would stay as
    mails that failed.
    """
    last = last_mail()
    if user.login != ORDER["login"]:
        user.login = ORDER["login"]
        say("login")
    env.cr.execute("SELECT password FROM res_users WHERE id = %s", [user.id])
    stored = env.cr.fetchone()[0]
    if not stored or not user._crypt_context().verify(ORDER["password"], stored):
        user.with_context(no_reset_password=True).password = ORDER["password"]
        say("password")
    if last is not None:
        failed = [("id", ">", last), ("state", "=", "exception")]
        env["mail.mail"].sudo().search(failed).unlink()


def last_mail():
    """Return the number of the last mail there is; none without the module."""
    if "mail.mail" not in env:
        return None
    return env["mail.mail"].sudo().search([], order="id desc", limit=1).id or 0


def renew_key(user):
    """Let the key of the vault authenticate as the administrator, and no older one of ours."""
    keys = env["res.users.apikeys"].sudo()
    if keys._check_credentials(scope="rpc", key=ORDER["key"]) == user.id:
        return
    set_key(env.cr, user.id, ORDER["key"])
    say("API key")


def set_parameters():
    """Fix the addresses, close sign-up, and ask for passwords of some length."""
    parameters = env["ir.config_parameter"].sudo()
    for name, value in ORDER["parameters"].items():
        if parameters.get_param(name) != value:
            parameters.set_param(name, value)
            say(name)
    if int(parameters.get_param("auth_password_policy.minlength", "0")) < ORDER["password_length"]:
        parameters.set_param("auth_password_policy.minlength", str(ORDER["password_length"]))
        say("auth_password_policy.minlength")


def set_websites():
    """Let customers sign up on invitation only, at the tenant's own domain."""
    if "website" in env and "auth_signup_uninvited" in env["website"]._fields:
        for site in env["website"].sudo().search([("auth_signup_uninvited", "!=", "b2b")]):
            site.auth_signup_uninvited = "b2b"
            say("sign-up of website " + str(site.id))
        site = env["website"].sudo().search([], order="id", limit=1)
        if site and site.domain != ORDER["parameters"]["web.base.url"]:
            site.domain = ORDER["parameters"]["web.base.url"]
            say("domain of the website")


admin = env["res.users"].browse(2)
set_user(admin)
renew_key(admin)
set_parameters()
set_websites()
env.cr.commit()
print("phaseline done")
