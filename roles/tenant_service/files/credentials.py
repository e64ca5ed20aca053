"""The administrator's password and API key, in the form that Odoo 19 keeps them in its database.

Read by `odoo shell` in front of access.py, and by the kit for a sandbox, whose Odoo is not running:
passlib of the release is all it needs. `cursor` is one of psycopg2.
"""

from passlib.context import CryptContext

PASSWORDS = CryptContext(["pbkdf2_sha512"], pbkdf2_sha512__rounds=600_000)
KEYS = CryptContext(["pbkdf2_sha512"], pbkdf2_sha512__rounds=6000)
KEY_NAME = "phaseline"
INDEX = 8  # so many characters of a key find its row


def set_password(cursor, user, password):
    """Set a user's password; None lets nobody in with one."""
    stored = None if password is None else PASSWORDS.hash(password)
    cursor.execute("UPDATE res_users SET password = %s WHERE id = %s", [stored, user])


def set_key(cursor, user, key):
    """Let a key authenticate as the user, and no older one of ours."""
    cursor.execute("DELETE FROM res_users_apikeys WHERE name = %s", [KEY_NAME])
    cursor.execute(
        "INSERT INTO res_users_apikeys (name, user_id, key, index) VALUES (%s, %s, %s, %s)",
        [KEY_NAME, user, KEYS.hash(key), key[:INDEX]],
    )
