"""The system under everything: accounts, sudo, files with power, jobs, updates, the kernel."""

from __future__ import annotations

import json
import re
from functools import partial

from phaseline.hosts.verify.checks.model import (
    Check,
    DoesNotApplyError,
    Finding,
    Subject,
    contained,
    equals,
    nothing,
)

SUID = {
    "bsd-write", "chage", "chfn", "chsh", "crontab", "dbus-daemon-launch-helper", "dotlockfile",
    "expiry", "fusermount3", "gpasswd", "mount", "newgrp", "passwd", "pkexec",
    "polkit-agent-helper-1", "ssh-agent", "ssh-keysign", "su", "sudo", "umount", "unix_chkpwd",
    "utempter", "wall",
}  # fmt: skip
SYSCTL = (
    ("syn", "The kernel answers floods of SYN with cookies", "net.ipv4.tcp_syncookies", "1"),
    ("redirects", "Nobody may redirect routes", "net.ipv4.conf.all.accept_redirects", "0"),
    ("source_route", "Senders choose no routes", "net.ipv4.conf.all.accept_source_route", "0"),
    ("rp_filter", "Packets come from where they say", "net.ipv4.conf.all.rp_filter", "2"),
)
KERNEL = (
    ("links", "Links in shared folders are followed safely", "fs.protected_symlinks", ("1",)),
    ("hardlinks", "Hard links need rights on the file", "fs.protected_hardlinks", ("1",)),
    ("pointers", "Addresses of the kernel are hidden", "kernel.kptr_restrict", ("1", "2")),
    ("dmesg", "The kernel's messages are for root", "kernel.dmesg_restrict", ("1",)),
    ("aslr", "Addresses are random", "kernel.randomize_va_space", ("2",)),
)


def suid(subject: Subject) -> Finding:
    """Return the files with their owner's power that Debian does not bring."""
    folders = ("/usr/bin/", "/usr/sbin/", "/usr/lib/", "/usr/libexec/", "/bin/", "/sbin/", "/lib/")
    found = [
        path for path in subject.facts["suid"]
        if path.rpartition("/")[2] not in SUID or not path.startswith(folders)
    ]  # fmt: skip
    return nothing(found, "only Debian's own")


def journal(subject: Subject) -> Finding:
    """Return whether accounts have no journal of their own, for the next of a number to read."""
    lines = re.findall(r"^SplitMode=(\S*)", subject.facts.text("journald"), re.MULTILINE)
    return equals("none", lines[-1] if lines else "uid")


def writable(subject: Subject) -> Finding:
    """Return what everybody may write."""
    return nothing(subject.facts["writable"], "nothing that everybody may write")


def cron(subject: Subject) -> Finding:
    """Return the cron jobs that belong to no package."""
    return nothing(subject.facts["strange_cron"], "cron jobs of packages only")


def crontabs(subject: Subject) -> Finding:
    """Return the users' own crontabs."""
    return nothing(subject.facts["crontabs"], "no user has a crontab of their own")


def own_units(subject: Subject) -> Finding:
    """Return the units and timers nobody declared."""
    known = re.compile(
        r"/etc/systemd/system/(odoo@\.service|odoo@?[^/]*\.service\.d/[^/]+\.conf"
        r"|[^/]*(phaseline|odoo-)[^/]*|(nginx|postgresql|prometheus|fail2ban|nftables|ssh|redis)"
        r"[^/]*\.d/[^/]+\.conf|[^/]+\.d/[^/]*phaseline[^/]*\.conf)$"
    )
    strange = [path for path in subject.facts["own_units"] if not known.match(path)]
    if contained(subject):  # the lab's image keeps its hosts from updating in the middle of a test
        strange = [path for path in strange if not path.endswith(".timer.d/lab.conf")]
    return nothing(strange, "only units the kit wrote")


def preload(subject: Subject) -> Finding:
    """Return whether libraries are slipped into every program."""
    there = subject.facts["preload"]["/etc/ld.so.preload"] is not None
    return nothing(["/etc/ld.so.preload"] if there else [], "no library is loaded everywhere")


def failed(subject: Subject) -> Finding:
    """Return the units that failed."""
    found = [line.split()[0] for line in subject.facts.text("failed").splitlines() if line.strip()]
    return nothing(found, "no failed unit")


def changed(subject: Subject) -> Finding:
    """Return the programs of packages that are not as their package brought them."""
    rows = [line.split() for line in subject.facts.text("changed").splitlines() if line.strip()]
    found = [row[-1] for row in rows if "c" not in row[1:-1]]
    return nothing(found, "as the package brought them")


def apt(name: str, wanted: tuple[str, ...], subject: Subject) -> Finding:
    """Return whether a setting of apt has a wanted value."""
    found = dict(re.findall(r'^(\S+) "(.*)";$', subject.facts.text("apt"), re.MULTILINE))
    value = found.get(name, "not set")
    return Finding(" or ".join(wanted), value, value in wanted)


def security_updates(subject: Subject) -> Finding:
    """Return whether the security archive is among those updated by themselves."""
    origins = [line for line in subject.facts.text("apt").splitlines()
               if line.startswith("Unattended-Upgrade::") and "ecurity" in line]  # fmt: skip
    return Finding("the security archive", f"{len(origins)} origins", bool(origins))


def signed(subject: Subject) -> Finding:
    """Return the package sources that are trusted without a signature."""
    return nothing(subject.facts["apt_sources"], "every source is signed")


def sysctl(name: str, wanted: tuple[str, ...], own: bool, subject: Subject) -> Finding:
    """Return whether a setting of the kernel has a wanted value."""
    if contained(subject) and not own:
        message = "a container shares the kernel of the machine below it"
        raise DoesNotApplyError(message)
    found = dict(re.findall(r"^(\S+) = (.*)$", subject.facts.text("sysctl"), re.MULTILINE))
    value = found.get(name, "not set")
    return Finding(" or ".join(wanted), value, value in wanted)


def marker(subject: Subject) -> Finding:
    """Return whether the host says it belongs to the environment that was asked for."""
    found = json.loads(subject.facts.text("marker"))
    said = f"{found.get('environment')}, {found.get('kind')}"
    return equals(f"{subject.declared.name}, {subject.declared.kind}", said)


def suite(subject: Subject) -> Finding:
    """Return whether the system is one the kit is tested on."""
    found = dict(re.findall(r'^(\w+)="?([^"\n]*)', subject.facts.text("os"), re.MULTILINE))
    said = f"{found.get('ID')} {found.get('VERSION_ID')}"
    return Finding("debian 12 or debian 13", said, said in ("debian 12", "debian 13"))


def clock(subject: Subject) -> Finding:
    """Return whether the host's clock agrees with this machine's."""
    apart = abs(float(subject.facts["clock_apart"]))
    return Finding("at most 30 s apart", f"{apart:.0f} s apart", apart <= 30)  # noqa: PLR2004


def secrets_shown(subject: Subject) -> Finding:
    """Return the processes whose arguments or environment carry a secret."""
    found = {f"{one['program']} of {one['user']}: {', '.join(one['names'])}"
             for one in subject.facts["processes"]}  # fmt: skip
    return nothing(found, "no secret in arguments or environments")


CHECKS = (
    Check("host.marker", "The host belongs to this environment", "all", marker),
    Check("host.suite", "The system is one the kit is tested on", "all", suite),
    Check("host.clock", "The clock is right", "all", clock),
    Check("host.suid", "No unknown program runs with its owner's power", "all", suid),
    Check("host.journal", "No account has a journal of its own", "all", journal),
    Check("host.writable", "Nothing is open for everybody to write", "all", writable),
    Check("host.cron", "No unknown cron job", "all", cron),
    Check("host.crontabs", "No user has a crontab", "all", crontabs),
    Check("host.units", "No unknown unit", "all", own_units),
    Check("host.preload", "No library is slipped into every program", "all", preload),
    Check("host.failed_units", "No unit failed", "all", failed),
    Check("host.programs", "SSH, sudo and the firewall are as packaged", "all", changed),
    Check("host.secrets", "No secret in arguments or environments", "all",
          secrets_shown),
    Check("updates.lists", "Package lists are renewed daily", "all",
          partial(apt, "APT::Periodic::Update-Package-Lists", ("1",))),
    Check("updates.unattended", "Security updates install themselves", "all",
          partial(apt, "APT::Periodic::Unattended-Upgrade", ("1",))),
    Check("updates.security", "They come from the security archive", "all",
          security_updates),
    Check("updates.signed", "Every source of packages is signed", "all", signed),
    *(Check(f"kernel.{id_}", says, "all", partial(sysctl, name, (value,), True))
      for id_, says, name, value in SYSCTL),
    *(Check(f"kernel.{id_}", says, "all", partial(sysctl, name, values, False))
      for id_, says, name, values in KERNEL),
)  # fmt: skip
