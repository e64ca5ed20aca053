"""Each judge tells a good host from a bad one, from what was read alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from phaseline.core.environments.declared import DeclaredEnvironment, DeclaredTenant, Host
from phaseline.hosts.verify.check_table import CHECKS
from phaseline.hosts.verify.checks.model import (
    DEVIATES,
    NOT_APPLICABLE,
    OK,
    UNREADABLE,
    Check,
    Facts,
    Finding,
    Subject,
    evaluate,
    judge_all,
)
from phaseline.hosts.verify.checks.postgres.databases import SEEN

ENVIRONMENT = {
    "host_address": "10.0.0.5",
    "firewall_inbound": [
        {"ports": ["80", "443"], "addresses": ["0.0.0.0/0", "::/0"], "reason": "web"},
        {"ports": ["5432"], "addresses": ["10.0.0.9"], "reason": "database"},
    ],
}
HOST = Host("app1", frozenset({"odoo", "postgres", "proxy", "monitoring"}), ENVIRONMENT)
HARBOUR = DeclaredTenant(
    "harbour", "harbour.test", {"http_port": 8069, "gevent_port": 8070, "workers": 4}
)
DECLARED = DeclaredEnvironment("testing", "testing", (HOST,), (HARBOUR,))
BY_ID = {check.id: check for check in CHECKS}


def verdict(id_: str, **facts: Any) -> str:
    """Return what a check says of some facts."""
    answers = {name.replace("__", "/"): {"value": value} for name, value in facts.items()}
    check = BY_ID[id_]
    tenant = HARBOUR if check.each == "tenant" else None
    return evaluate(check, Subject(DECLARED, HOST, Facts(answers), tenant)).verdict


def rule(*steps: dict[str, Any]) -> dict[str, Any]:
    """Return a rule of the inbound chain."""
    return {"rule": {"table": "t", "chain": "in", "expr": [*steps, {"accept": None}]}}


def match(field: str, right: Any) -> dict[str, Any]:
    """Return a match of a packet's field, `tcp dport` or `ip saddr`."""
    protocol, name = field.split()
    return {"match": {"left": {"payload": {"protocol": protocol, "field": name}}, "right": right}}


def nft(*rules: dict[str, Any], policy: str = "drop") -> str:
    """Return a ruleset as `nft -j` prints it."""
    chain = {"table": "t", "name": "in", "hook": "input", "type": "filter", "policy": policy}
    return json.dumps({"nftables": [{"chain": chain}, *rules]})


EVERYWHERE = "0.0.0.0"  # noqa: S104 (a text, nothing binds)
SSH = match("tcp dport", 22)
WEB = match("tcp dport", {"set": [80, 443]})
DATABASE = (match("ip saddr", "10.0.0.9"), match("tcp dport", 5432))
GOOD_RULES = (rule(SSH), rule(WEB), rule(*DATABASE))
LOOPBACK = rule({"match": {"left": {"meta": {"key": "iif"}}, "right": "lo"}})
SOCKETS = 'tcp LISTEN 0 128 {}:{} *:* users:(("{}",pid=1,fd=3))\n'
CONF = {"list_db": "False", "http_port": "8069", "gevent_port": "8070", "workers": "4",
        "admin_passwd": "(hashed)", "dbfilter": "^harbour$", "limit_time_real": "120"}  # fmt: skip
UNIT = "LoadState=loaded\nProtectSystem=strict\nUser=odoo-harbour\nMemoryMax=infinity\n"
WRITES = "ReadWritePaths=/var/lib/odoo{}\n"
HBA = {"line_number": 1, "type": "hostssl", "database": ["harbour"], "user_name": ["harbour"],
       "address": "10.0.0.9", "auth_method": "scram-sha-256", "error": None}  # fmt: skip
ROLE = {"name": "harbour", "rolsuper": False, "rolcanlogin": True}
STATE = {"owner": "root", "group": "odoo-harbour", "mode": "0640", "kind": "file"}
CONF_PATH = "/etc/odoo/harbour.conf"
KEY_PATH = "/etc/phaseline/tls/sites/harbour.test.key"
CLOSED = {"owner": "root", "group": "root", "mode": "0600", "kind": "file"}
LINK = {"owner": "root", "group": "root", "mode": "0777", "kind": "link", "leads_to": CLOSED}
WRITTEN = 'phaseline_collector_written_timestamp_seconds{{collector="sites"}} {}\n'
TIMER = "Id=phaseline-collector-sites.timer\nActiveState={}\nUnitFileState=enabled\n"


def hba(**changed: Any) -> list[dict[str, Any]]:
    """Return one rule of pg_hba with a change."""
    return [{**HBA, **changed}]


JUDGED: list[tuple[str, str, dict[str, Any]]] = [
    ("ssh.password", OK, {"sshd": "passwordauthentication no\n"}),
    ("ssh.password", DEVIATES, {"sshd": "passwordauthentication yes\n"}),
    ("ssh.password", DEVIATES, {"sshd": "port 22\n"}),
    ("ssh.tries", OK, {"sshd": "maxauthtries 3\n"}),
    ("ssh.tries", DEVIATES, {"sshd": "maxauthtries 6\n"}),
    ("ssh.port", DEVIATES, {"sshd": "port 22\nport 2222\n"}),
    ("ssh.root", DEVIATES, {"sshd": "permitrootlogin yes\n"}),
    ("ssh.keys", OK, {"keys": {"/srv/admin/.ssh/authorized_keys": ["ssh-ed25519 AAA us"]},
                      "own_keys": ["AAA"]}),
    ("ssh.keys", DEVIATES, {"keys": {"/srv/admin/.ssh/authorized_keys": ["ssh-ed25519 BBB them"]},
                            "own_keys": ["AAA"]}),
    ("host.root_alone", OK, {"passwd": "root:x:0:0::/root:/bin/bash"}),
    ("host.root_alone", DEVIATES, {"passwd": "root:x:0:0::/:/bin/sh\ntoor:x:0:0::/:/bin/sh"}),
    ("host.people", DEVIATES, {"passwd": "eve:x:1001:1001::/home/eve:/bin/bash"}),
    ("host.people", OK, {"passwd": "eve:x:1001:1001::/home/eve:/usr/sbin/nologin"}),
    ("host.passwords", DEVIATES, {"accounts": "root P 2026-01-01 0 9 7 -1"}),
    ("host.suid", OK, {"suid": ["/usr/bin/su"]}),
    ("host.suid", DEVIATES, {"suid": ["/usr/local/bin/su"]}),
    ("host.suid", DEVIATES, {"suid": ["/usr/bin/bash"]}),
    ("host.failed_units", DEVIATES, {"failed": "odoo@harbour.service loaded failed failed Odoo\n"}),
    ("host.marker", OK, {"marker": '{"environment": "testing", "kind": "testing"}'}),
    ("host.marker", DEVIATES, {"marker": '{"environment": "production", "kind": "production"}'}),
    ("host.marker", UNREADABLE, {"marker": "not JSON"}),
    ("kernel.links", NOT_APPLICABLE, {"container": "systemd-nspawn", "sysctl": ""}),
    ("kernel.links", DEVIATES, {"container": "none", "sysctl": "fs.protected_symlinks = 0\n"}),
    ("firewall.policy_in", OK, {"nft": nft()}),
    ("firewall.policy_in", DEVIATES, {"nft": nft(policy="accept")}),
    ("firewall.policy_in", DEVIATES, {"nft": '{"nftables": []}'}),
    ("firewall.inbound", OK, {"nft": nft(*GOOD_RULES, LOOPBACK)}),
    ("firewall.inbound", DEVIATES, {"nft": nft(*GOOD_RULES, rule(match("tcp dport", 8443)))}),
    ("firewall.inbound", DEVIATES, {"nft": nft(*GOOD_RULES, rule(match("tcp dport", 5432)))}),
    ("firewall.inbound", DEVIATES,
     {"nft": nft(*GOOD_RULES, rule(match("tcp dport", {"range": [8000, 9000]})))}),
    ("firewall.inbound", DEVIATES, {"nft": nft(*GOOD_RULES, rule())}),
    ("firewall.missing", OK, {"nft": nft(*GOOD_RULES)}),
    ("firewall.missing", DEVIATES, {"nft": nft(rule(SSH), rule(WEB))}),
    ("sockets.unknown", OK, {"sockets": SOCKETS.format(EVERYWHERE, 22, "sshd")}),
    ("sockets.unknown", DEVIATES, {"sockets": SOCKETS.format("127.0.0.1", 4444, "nc")}),
    ("sockets.unknown", DEVIATES, {"sockets": SOCKETS.format(EVERYWHERE, 443, "apache2")}),
    ("sockets.scope", OK, {"sockets": SOCKETS.format("127.0.0.1", 8069, "odoo")}),
    ("sockets.scope", DEVIATES, {"sockets": SOCKETS.format(EVERYWHERE, 8069, "odoo")}),
    ("sockets.scope", DEVIATES, {"sockets": SOCKETS.format("[::]", 5432, "postgres")}),
    ("sockets.scope", OK, {"sockets": SOCKETS.format("10.0.0.5", 5432, "postgres")}),
    ("files.odoo_conf", OK, {"states": {CONF_PATH: STATE}}),
    ("files.odoo_conf", DEVIATES, {"states": {CONF_PATH: {**STATE, "mode": "0644"}}}),
    ("files.odoo_conf", DEVIATES, {"states": {CONF_PATH: {**STATE, "owner": "odoo-harbour"}}}),
    ("files.odoo_conf", DEVIATES, {"states": {CONF_PATH: None}}),
    ("files.odoo_conf", DEVIATES, {"states": {CONF_PATH: LINK}}),
    ("files.site_key", OK, {"states": {KEY_PATH: LINK}}),
    ("files.site_key", DEVIATES,
     {"states": {KEY_PATH: {**LINK, "leads_to": {**CLOSED, "mode": "0644"}}}}),
    ("files.site_key", DEVIATES, {"states": {KEY_PATH: {**LINK, "leads_to": None}}}),
    ("files.sudoers_parts", DEVIATES,
     {"states": {"/etc/sudoers.d/x": {**STATE, "group": "root", "mode": "0666"}}}),
    ("odoo.list_db", OK, {"conf__harbour": CONF}),
    ("odoo.list_db", DEVIATES, {"conf__harbour": {**CONF, "list_db": "True"}}),
    ("odoo.list_db", DEVIATES, {"conf__harbour": {}}),
    ("odoo.admin_passwd", OK, {"conf__harbour": CONF}),
    ("odoo.admin_passwd", DEVIATES, {"conf__harbour": {**CONF, "admin_passwd": "(plain)"}}),
    ("odoo.admin_passwd", DEVIATES, {"conf__harbour": {}}),
    ("odoo.dbfilter", DEVIATES, {"conf__harbour": {**CONF, "dbfilter": "^harbour"}}),
    ("odoo.dev_mode", DEVIATES, {"conf__harbour": {**CONF, "dev_mode": "all"}}),
    ("odoo.workers", OK, {"conf__harbour": CONF}),
    ("odoo.workers", DEVIATES, {"conf__harbour": {**CONF, "workers": "0"}}),
    ("odoo.limit_time_real", DEVIATES, {"conf__harbour": {**CONF, "limit_time_real": "-1"}}),
    ("odoo.ports", DEVIATES, {"conf__harbour": {**CONF, "gevent_port": "8069"}}),
    ("unit.ProtectSystem", OK, {"unit__harbour": UNIT}),
    ("unit.ProtectSystem", DEVIATES, {"unit__harbour": UNIT.replace("strict", "full")}),
    ("unit.User", DEVIATES, {"unit__harbour": UNIT.replace("odoo-harbour", "root")}),
    ("unit.MemoryMax", DEVIATES, {"unit__harbour": UNIT}),
    ("unit.ReadWritePaths", OK, {"unit__harbour": UNIT + WRITES.format("/harbour")}),
    ("unit.ReadWritePaths", OK, {"unit__harbour": UNIT + WRITES.format("/harbour/filestore")}),
    ("unit.ReadWritePaths", DEVIATES, {"unit__harbour": UNIT + WRITES.format("")}),
    ("unit.ReadWritePaths", DEVIATES, {"unit__harbour": UNIT + WRITES.format("/harbour2")}),
    ("unit.ProtectSystem", UNREADABLE, {"unit__harbour": "LoadState=not-found\n"}),
    ("pg_hba.tls", OK, {"hba": hba()}),
    ("pg_hba.tls", DEVIATES, {"hba": hba(type="host")}),
    ("pg_hba.methods", DEVIATES, {"hba": hba(auth_method="trust")}),
    ("pg_hba.methods", DEVIATES, {"hba": hba(auth_method="md5")}),
    ("pg_hba.wide", DEVIATES, {"hba": hba(database=["all"])}),
    ("pg_hba.strangers", OK, {"hba": hba()}),
    ("pg_hba.strangers", DEVIATES, {"hba": hba(database=["quayside"])}),
    ("pg_hba.strangers", DEVIATES, {"hba": hba(user_name=["eve"])}),
    ("pg_hba.strangers", OK, {"hba": hba(user_name=["phaseline_collectors"])}),
    ("pg_hba.strangers", DEVIATES, {"hba": hba(user_name=["prometheus"])}),
    ("postgres.superusers", OK, {"roles": [ROLE]}),
    ("postgres.superusers", DEVIATES, {"roles": [{**ROLE, "rolsuper": True}]}),
    ("postgres.roles", DEVIATES, {"roles": [{**ROLE, "name": "eve"}]}),
    ("database.owner", OK, {"databases": [{"name": "harbour", "owner": "harbour_owner"}]}),
    ("database.owner", DEVIATES, {"databases": [{"name": "harbour", "owner": "harbour"}]}),
    ("database.public", DEVIATES, {"databases": []}),
    ("database.own", OK, {"connects": [{"database": "harbour", "role": "harbour"}]}),
    ("database.own", DEVIATES, {"connects": [{"database": "harbour", "role": "quayside"}]}),
    ("database.guests", DEVIATES, {"connects": [{"database": "harbour", "role": "quayside"}]}),
    ("database.guests", OK,
     {"connects": [{"database": "harbour", "role": "phaseline_collectors"}]}),
    ("database.seen", OK, {"seen__harbour": [{"name": name} for name in SEEN]}),
    ("database.seen", DEVIATES, {"seen__harbour": [{"name": "ir_cron.active"}]}),
    ("database.seen", DEVIATES,
     {"seen__harbour": [*({"name": name} for name in SEEN), {"name": "res_users.*"}]}),
    ("database.cron", OK, {"crons__harbour": [{"late": 10.0, "ago": 50.0}]}),
    ("database.cron", DEVIATES, {"crons__harbour": [{"late": 9000.0, "ago": 9000.0}]}),
    ("database.cron", DEVIATES, {"crons__harbour": []}),
    ("database.guessable", DEVIATES, {"guessable__harbour": ["admin"]}),
    ("release.content", OK, {"release__harbour": {"checked": 2, "files": 9, "wrong": []}}),
    ("release.content", DEVIATES,
     {"release__harbour": {"checked": 2, "files": 9, "wrong": ["a has changed"]}}),
    ("health.filestore", DEVIATES, {"filestore__harbour": {"same": True, "left": True}}),
    ("numbers.sites", OK, {"collectors__sites": WRITTEN.format(950), "clock": "1000\n"}),
    ("numbers.sites", DEVIATES, {"collectors__sites": WRITTEN.format(870), "clock": "1000\n"}),
    ("numbers.sites", DEVIATES, {"collectors__sites": "", "clock": "1000\n"}),
    ("numbers.database_tenant", OK,
     {"collectors__database": 'phaseline_database_read{tenant="harbour"} 1\n'}),
    ("numbers.database_tenant", DEVIATES,
     {"collectors__database": 'phaseline_database_read{tenant="harbour"} 0\n'}),
    ("numbers.odoo_tenant", DEVIATES,
     {"collectors__odoo": 'phaseline_odoo_failed_logins_total{tenant="quayside"} 0\n'}),
    ("service.site_numbers", DEVIATES, {"units": TIMER.format("inactive"), "container": "none"}),
    ("service.site_numbers", OK, {"units": TIMER.format("active"), "container": "none"}),
    ("web.versions", OK, {"versions__harbour.test": ["TLSv1.2", "TLSv1.3"]}),
    ("web.versions", DEVIATES, {"versions__harbour.test": ["TLSv1.1", "TLSv1.2", "TLSv1.3"]}),
    ("web.closed", OK, {"closed__harbour.test": {"/doc": 404, "/.env": 0}}),
    ("web.closed", DEVIATES, {"closed__harbour.test": {"/doc": 200}}),
    ("web.stranger", DEVIATES, {"stranger__harbour.test": 200}),
    ("web.ports", DEVIATES, {"ports__harbour.test": [22, 80, 443, 8069]}),
    ("health.websocket", DEVIATES, {"websocket__harbour.test": 400}),
    ("nginx.server_tokens", DEVIATES, {"nginx": "server_tokens on;\nserver_tokens off;\n"}),
    ("nginx.protocols", DEVIATES, {"nginx": "ssl_protocols TLSv1.1 TLSv1.2;\n"}),
]  # fmt: skip


SITE = ("# configuration file /etc/nginx/sites-enabled/harbour.conf:\n"
        "  location ^~ /web/filestore/ {{\n    {}\n")  # fmt: skip
LARGER = {"workers": 9, "db_maxconn": 8, "cron_threads": 1}
OWN = {"odoo_sizes": {"harbour": LARGER}, "shared_filestore_kind": "glusterfs"}
# two nodes of Odoo, a proxy on the first: check, verdict on the second node, facts
MANY: list[tuple[str, str, dict[str, Any]]] = [
    ("odoo.x_sendfile", OK, {"conf__harbour": {"x_sendfile": "False"}}),
    ("odoo.x_sendfile", DEVIATES, {"conf__harbour": {"x_sendfile": "True"}}),
    ("odoo.http_interface", OK, {"conf__harbour": {"http_interface": "10.0.0.12"}}),
    ("odoo.http_interface", DEVIATES, {"conf__harbour": {"http_interface": "127.0.0.1"}}),
    ("unit.ReadWritePaths", OK, {"unit__harbour": UNIT + WRITES.format("")}),
    ("unit.ReadWritePaths", DEVIATES, {"unit__harbour": UNIT + WRITES.format("/quayside")}),
    ("odoo.workers", OK, {"conf__harbour": {"workers": "9"}}),
    ("odoo.workers", DEVIATES, {"conf__harbour": {"workers": "4"}}),
    ("nginx.filestore", OK, {"nginx": SITE.format("return 404;")}),
    ("nginx.filestore", DEVIATES, {"nginx": SITE.format("internal;")}),
    ("sockets.scope", OK, {"sockets": SOCKETS.format("10.0.0.12", 8069, "odoo")}),
    ("sockets.unknown", OK, {"sockets": SOCKETS.format("*", 24007, "glusterd")}),
    ("sockets.unknown", OK, {"sockets": SOCKETS.format("*", 53211, "glusterfsd")}),
    ("sockets.unknown", DEVIATES, {"sockets": SOCKETS.format("*", 24007, "nc")}),
    ("sockets.unknown", DEVIATES, {"sockets": SOCKETS.format("*", 4444, "glusterfsd")}),
    ("health.shared_files", OK, {"shared_mount": "fuse.glusterfs\n"}),
    ("health.shared_files", DEVIATES, {"shared_mount": ""}),
    ("service.glusterd", OK, {"container": "none", "units": "Id=glusterd.service\n"
                              "ActiveState=active\nUnitFileState=enabled\n"}),
    ("service.glusterd", DEVIATES, {"container": "none", "units": "Id=glusterd.service\n"
                                    "ActiveState=failed\nUnitFileState=enabled\n"}),
    ("postgres.connections", DEVIATES, {"settings": [{"name": "max_connections", "setting": 150}]}),
    ("postgres.connections", OK, {"settings": [{"name": "max_connections", "setting": 170}]}),
]  # fmt: skip


@pytest.mark.parametrize(("id_", "expected", "facts"), MANY)
def test_a_judge_knows_several_nodes(id_: str, expected: str, facts: dict[str, Any]) -> None:
    first = Host("app1", frozenset({"odoo", "proxy"}), {"host_address": "10.0.0.11"})
    second = Host("app2", frozenset({"odoo", "postgres"}), {"host_address": "10.0.0.12", **OWN})
    tenant = DeclaredTenant("harbour", "harbour.test", {**HARBOUR.sizing, **LARGER})
    declared = DeclaredEnvironment("testing", "testing", (first, second), (tenant,))
    answers = {name.replace("__", "/"): {"value": value} for name, value in facts.items()}
    check = BY_ID[id_]
    whom = tenant if check.each == "tenant" else None
    assert evaluate(check, Subject(declared, second, Facts(answers), whom)).verdict == expected


def test_ways_that_the_inventory_narrows_are_declared() -> None:
    narrow = {"firewall_ssh_sources": ["10.9.0.0/16"], "firewall_dns_servers": ["10.9.0.2"]}
    host = Host("db1", frozenset({"postgres"}), narrow)
    declared = DeclaredEnvironment("testing", "testing", (host,), ())
    way = {"prefix": {"addr": "10.9.0.0", "len": 16}}
    ruled = nft(rule(match("ip saddr", way), SSH))
    facts = Facts({"nft": {"value": ruled}})
    assert evaluate(BY_ID["firewall.inbound"], Subject(declared, host, facts)).verdict == OK
    wide = Facts({"nft": {"value": nft(rule(SSH))}})
    assert evaluate(BY_ID["firewall.inbound"], Subject(declared, host, wide)).verdict == DEVIATES


def by(account: int) -> dict[str, Any]:
    """Return the step of a rule for one account."""
    return {"match": {"left": {"meta": {"key": "skuid"}}, "right": account}}


def test_a_way_out_of_root_is_for_fetching_only() -> None:
    def out(port: int) -> str:
        root = {"match": {"left": {"meta": {"key": "skuid"}}, "right": 0}}
        return nft(rule(match("tcp dport", port), root)).replace('"input"', '"output"')

    known = {"resolvers": "nameserver 10.9.0.2\n", "passwd": "_chrony:x:105:112::/:/bin/false\n"}
    assert verdict("firewall.outbound", nft=out(443), **known) == OK
    assert verdict("firewall.outbound", nft=out(25), **known) == DEVIATES


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([match("udp dport", 53), match("ip daddr", "10.9.0.2")], OK),
        ([match("udp dport", 53), match("ip daddr", "10.9.0.3")], DEVIATES),
        ([match("udp dport", 53)], DEVIATES),
        ([match("udp dport", 123), by(105)], OK),
        ([match("udp dport", 123), by(106)], DEVIATES),
        ([match("udp dport", 123)], DEVIATES),
    ],
)  # fmt: skip
def test_names_and_time_leave_by_declared_ways_only(steps: list[Any], expected: str) -> None:
    ruled = nft(rule(*steps)).replace('"input"', '"output"')
    known = {"resolvers": "nameserver 10.9.0.2\n", "passwd": "_chrony:x:105:112::/:/bin/false\n"}
    assert verdict("firewall.outbound", nft=ruled, **known) == expected


@pytest.mark.parametrize(("id_", "expected", "facts"), JUDGED)
def test_a_judge_tells_good_from_bad(id_: str, expected: str, facts: dict[str, Any]) -> None:
    assert verdict(id_, **facts) == expected


def test_what_was_not_read_is_never_in_order() -> None:
    outcomes = judge_all(CHECKS, DECLARED, {"app1": Facts({})})
    assert outcomes
    assert {one.verdict for one in outcomes} <= {UNREADABLE, NOT_APPLICABLE}


def test_a_failed_reading_tells_why() -> None:
    facts = Facts({"sshd": {"error": "sshd ended with 255"}})
    outcome = evaluate(BY_ID["ssh.port"], Subject(DECLARED, HOST, facts))
    assert (outcome.verdict, outcome.found) == (UNREADABLE, "sshd: sshd ended with 255")


def test_a_judge_that_stumbles_is_not_in_order() -> None:
    def stumble(_: Subject) -> Finding:
        raise KeyError("surprise")

    check = Check("x.y", "It stumbles", "all", stumble)
    assert evaluate(check, Subject(DECLARED, HOST, Facts({}))).verdict == UNREADABLE


def test_a_chosen_tenant_leaves_the_others_alone() -> None:
    two = DeclaredEnvironment(
        "testing", "testing", (HOST,), (HARBOUR, DeclaredTenant("quayside", "quay.test"))
    )
    outcomes = judge_all(CHECKS, two, {"app1": Facts({})}, only="harbour")
    assert {one.tenant for one in outcomes} == {"", "harbour"}


def test_a_host_answers_for_its_own_groups_only() -> None:
    backup = Host("backup1", frozenset({"backup"}))
    alone = DeclaredEnvironment("testing", "testing", (backup,), (HARBOUR,))
    outcomes = judge_all(CHECKS, alone, {"backup1": Facts({})})
    assert {one.check.group for one in outcomes} == {"all", "backup"}


def test_every_check_has_an_id_of_its_own_and_a_sentence() -> None:
    assert len(BY_ID) == len(CHECKS)
    for check in CHECKS:
        assert not check.says.endswith(".")
        assert check.source
        assert check.each in ("host", "tenant")


OPTIONS = (
    "admin_passwd list_db db_name dbfilter proxy_mode http_interface http_port gevent_port workers"
    " max_cron_threads limit_memory_soft limit_memory_hard limit_memory_soft_gevent"
    " limit_memory_hard_gevent limit_time_cpu limit_time_real limit_time_real_cron"
    " limit_time_worker_cron limit_request db_maxconn db_maxconn_gevent db_user db_password"
    " db_sslmode db_template unaccent data_dir x_sendfile server_wide_modules with_demo dev_mode"
    " log_level log_db websocket_rate_limit_burst websocket_rate_limit_delay transient_age_limit"
)


@pytest.mark.parametrize("option", OPTIONS.split())
def test_every_option_of_the_baseline_has_its_check(option: str) -> None:
    assert f"odoo.{option}" in BY_ID
