"""How SSH is set, as `sshd -T` tells it."""

from __future__ import annotations

from functools import partial

from phaseline.hosts.verify.checks.model import Check, Facts, Finding, Subject, nothing

WEAK = ("cbc", "3des", "arcfour", "hmac-md5", "hmac-sha1", "umac-64", "group1-", "group14-sha1",
        "group-exchange-sha1", "ssh-dss", "-96")  # fmt: skip

OPTIONS = (
    ("password", "SSH takes no passwords", "passwordauthentication", ("no",)),
    ("keyboard", "SSH asks no questions at the keyboard", "kbdinteractiveauthentication", ("no",)),
    ("empty", "SSH takes no empty passwords", "permitemptypasswords", ("no",)),
    ("public_key", "SSH takes keys", "pubkeyauthentication", ("yes",)),
    ("x11", "SSH forwards no X11", "x11forwarding", ("no",)),
    ("agent", "SSH forwards no agent", "allowagentforwarding", ("no",)),
    ("forwarding", "SSH forwards no ports", "allowtcpforwarding", ("no",)),
    ("tunnel", "SSH makes no tunnels", "permittunnel", ("no",)),
    ("gateway", "SSH opens no port to others", "gatewayports", ("no",)),
    ("rhosts", "SSH ignores rhosts", "ignorerhosts", ("yes",)),
    ("host_based", "SSH trusts no other host's word", "hostbasedauthentication", ("no",)),
    ("environment", "SSH takes no environment from users", "permituserenvironment", ("no",)),
    ("log", "SSH logs which key came in", "loglevel", ("VERBOSE",)),
    ("strict", "SSH refuses files of keys that others may write", "strictmodes", ("yes",)),
    ("port", "SSH listens on its one port", "port", ("22",)),
)
LIMITS = (
    ("tries", "SSH ends a connection after few tries", "maxauthtries", 4),
    ("grace", "SSH waits a minute at most for a login", "logingracetime", 60),
)


def settings(facts: Facts) -> dict[str, list[str]]:
    """Return the effective settings; several lines of one name are kept together."""
    found: dict[str, list[str]] = {}
    for line in facts.text("sshd").splitlines():
        name, _, value = line.partition(" ")
        found.setdefault(name.lower(), []).append(value.strip())
    return found


def option(name: str, allowed: tuple[str, ...], subject: Subject) -> Finding:
    """Return whether a setting has one of the allowed values."""
    found = ", ".join(settings(subject.facts).get(name, ["not set"]))
    return Finding(" or ".join(allowed), found, found in allowed)


def limit(name: str, most: int, subject: Subject) -> Finding:
    """Return whether a number is set and not above the limit."""
    found = settings(subject.facts).get(name, ["0"])[0]
    number = int(found.rstrip("s"))
    return Finding(f"at most {most}", found, 0 < number <= most)


def root(subject: Subject) -> Finding:
    """Return whether root comes in by key at most; in a lab the only account is root."""
    found = settings(subject.facts)["permitrootlogin"][0]
    return Finding("no, or by key only", found, found in ROOT)


ROOT = ("no", "prohibit-password", "without-password", "forced-commands-only")


def algorithms(subject: Subject) -> Finding:
    """Return the weak ciphers, codes and key exchanges that are still offered."""
    found = settings(subject.facts)
    offered = ",".join(
        found[name][0] for name in ("ciphers", "macs", "kexalgorithms", "hostkeyalgorithms")
    ).split(",")
    weak = {one for one in offered if any(part in one for part in WEAK)}
    return nothing(weak, "no weak algorithm")


def keys(subject: Subject) -> Finding:
    """Return the keys nobody declared: not an administrator's, not the one we came in with."""
    given = subject.host.variables
    listed = [key for admin in given.get("host_base_admins") or [] for key in admin["keys"]]
    listed += given.get("machine_ssh_keys") or []
    declared = {str(key).split()[1] for key in listed}
    declared |= set(subject.facts["own_keys"])
    found = [
        f"{path}: {' '.join(key.split()[2:]) or key[-16:]}"
        for path, listed in subject.facts["keys"].items()
        for key in listed
        if not declared & set(key.split())
    ]
    return nothing(found, "declared keys only")


def login(line: str) -> bool:
    """Return whether a line of passwd is of an account with a shell."""
    shell = line.rpartition(":")[2]
    return shell not in ("/usr/sbin/nologin", "/sbin/nologin", "/bin/false", "/bin/sync", "")


CHECKS = (
    *(
        Check(f"ssh.{id_}", says, "all", partial(option, name, allowed))
        for id_, says, name, allowed in OPTIONS
    ),
    *(
        Check(f"ssh.{id_}", says, "all", partial(limit, name, most))
        for id_, says, name, most in LIMITS
    ),
    Check("ssh.root", "Root comes in by key or not at all", "all", root),
    Check("ssh.algorithms", "SSH offers no weak algorithm", "all", algorithms),
    Check("ssh.keys", "Only declared keys come in", "all", keys),
)
