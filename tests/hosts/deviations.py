"""Deviations to seed on a provisioned host: how to make each, how to mend it, what must find it."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass

SSHD = "/etc/ssh/sshd_config.d/00-seed-{}.conf"
HARBOUR = "/etc/odoo/harbour.conf"
QUAYSIDE = "/etc/odoo/quayside.conf"
DROP_IN = "/etc/systemd/system/odoo@{}.service.d/zz-seed-{}.conf"
SITE = "/etc/nginx/sites-enabled/{}.conf"
GROUND = "/etc/nginx/conf.d/phaseline.conf"
COLLECTORS = "/var/lib/phaseline/collectors/{}/metrics.prom"
WRITTEN = r"sed -i 's/^\(phaseline_collector_written.*}\) .*/\1"
BOTH = ("harbour", "quayside")


@dataclass(frozen=True)
class Deviation:
    """One thing that is not as it should be."""

    name: str
    seed: str
    mend: str
    expected: tuple[tuple[str, str], ...]  # check and tenant
    settles: float = 0.0  # seconds until it can be seen


def seen(id_: str, *tenants: str) -> tuple[tuple[str, str], ...]:
    """Return what must find it: a check, perhaps for some tenants."""
    return tuple((id_, tenant) for tenant in tenants or ("",))


def file(name: str, path: str, text: str, id_: str, mode: str = "0644") -> Deviation:
    """Return a deviation by a file that should not be there."""
    folder = path.rpartition("/")[0]
    seed = f"install -d {folder}; printf '%s\\n' '{text}' > {path}; chmod {mode} {path}"
    return Deviation(name, seed, f"rm -f {path}", seen(id_))


def ssh(name: str, line: str, id_: str) -> Deviation:
    """Return a deviation by a setting of SSH."""
    return file(name, SSHD.format(id_.partition(".")[2]), line, id_)


def edited(name: str, path: str, change: str, *expected: str, then: str = "true") -> Deviation:
    """Return a deviation by an edit of a file, which is kept beside it under /run."""
    kept = f"/run/seed-{hashlib.sha256((path + name).encode()).hexdigest()[:8]}"
    id_, *tenants = expected
    seed = f"cp -a {path} {kept}; sed -i {change} {path}; ! cmp -s {path} {kept}; {then}"
    return Deviation(name, seed, f"cat {kept} > {path}; rm {kept}; {then}", seen(id_, *tenants))


def option(tenant: str, name: str, line: str) -> Deviation:
    """Return a deviation by an option of odoo.conf that is changed or added."""
    path = f"/etc/odoo/{tenant}.conf"
    kept = f"/run/seed-{tenant}-{name}"
    seed = (
        f"grep '^{name} *=' {path} > {kept} || true; sed -i '/^{name} *=/d' {path};"
        f" printf '%s\\n' '{line}' >> {path}"
    )
    mend = f"sed -i '/^{name} *=/d' {path}; cat {kept} >> {path}; rm {kept}"
    return Deviation(f"{name} of {tenant} is changed", seed, mend, seen(f"odoo.{name}", tenant))


def mode(name: str, path: str, bad: str, good: str, *expected: str) -> Deviation:
    """Return a deviation by other rights on a file."""
    id_, *tenants = expected
    return Deviation(name, f"chmod {bad} {path}", f"chmod {good} {path}", seen(id_, *tenants))


def sql(name: str, seed: str, mend: str, *expected: str, database: str = "postgres") -> Deviation:
    """Return a deviation inside PostgreSQL."""
    id_, *tenants = expected
    path = "env PGOPTIONS='-c search_path=public'"  # a superuser's begins in the catalogue
    ask = f"runuser -u postgres -- {path} psql -XqAt -v ON_ERROR_STOP=1 -d {database} -c"
    return Deviation(name, f'{ask} "{seed}"', f'{ask} "{mend}"', seen(id_, *tenants))


def unit(tenant: str, line: str) -> Deviation:
    """Return a deviation by a line that weakens a tenant's unit."""
    name = line.partition("=")[0]
    path = DROP_IN.format(tenant, name)
    seed = f"printf '[Service]\\n{line}\\n' > {path}; chmod 0644 {path}; systemctl daemon-reload"
    mend = f"rm {path}; systemctl daemon-reload"
    return Deviation(f"{line} in {tenant}'s unit", seed, mend, seen(f"unit.{name}", tenant))


def hashed(password: str) -> str:
    """Return a password as Odoo keeps it, cheaply."""
    salt = b"0123456789abcdef"
    key = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, 1000)
    parts = [b64encode(part, b"./").decode().rstrip("=") for part in (salt, key)]
    return f"$pbkdf2-sha512$1000${parts[0]}${parts[1]}"


GUESSABLE = (
    "CREATE TABLE seed_kept AS SELECT id, password FROM res_users WHERE id = 2;"
    " UPDATE res_users SET password = 'HASH' WHERE id = 2"
).replace("HASH", hashed("admin").replace("$", "\\$"))
HBA = "/etc/postgresql/17/main/pg_hba.conf"
IDENT = "/etc/postgresql/17/main/pg_ident.conf"

SYSTEM = (
    ssh("SSH takes passwords", "PasswordAuthentication yes", "ssh.password"),
    ssh("SSH forwards X11", "X11Forwarding yes", "ssh.x11"),
    ssh("SSH lets one try on and on", "MaxAuthTries 20", "ssh.tries"),
    ssh("SSH offers a weak code", "MACs hmac-md5,hmac-sha2-256", "ssh.algorithms"),
    ssh("SSH forwards ports", "AllowTcpForwarding yes", "ssh.forwarding"),
    ssh("SSH logs nothing", "LogLevel QUIET", "ssh.log"),
    Deviation("an account has a journal of its own",
              "printf '[Journal]\\nSplitMode=uid\\n' > /etc/systemd/journald.conf.d/zz-seed.conf",
              "rm /etc/systemd/journald.conf.d/zz-seed.conf", seen("host.journal")),
    Deviation("root comes in by password", f"echo PermitRootLogin yes > {SSHD.format('r')}",
              f"rm {SSHD.format('r')}", seen("ssh.root")),
    Deviation("an unknown key opens root",
              "echo 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHNlZWRlZA stranger'"
              " >> ~root/.ssh/authorized_keys",
              "sed -i '/ stranger$/d' ~root/.ssh/authorized_keys", seen("ssh.keys")),
    Deviation("a second root", "useradd -o -u 0 -s /usr/sbin/nologin toor",
              "sed -i '/^toor:/d' /etc/passwd /etc/shadow /etc/group /etc/gshadow",
              seen("host.root_alone")),
    Deviation("an unknown person", "useradd -s /bin/bash eve", "userdel eve", seen("host.people")),
    Deviation("a password opens an account", "usermod -p '$6$a$b' games", "usermod -p '*' games",
              seen("host.passwords")),
    file("an unknown sudoer", "/etc/sudoers.d/seed", "games ALL=(ALL) NOPASSWD: ALL", "host.sudo",
         "0440"),
    Deviation("somebody reads the password hashes", "gpasswd -a games shadow > /dev/null",
              "gpasswd -d games shadow > /dev/null", seen("host.powerful_groups")),
    Deviation("a tenant in another tenant's group", "usermod -aG odoo-quayside odoo-harbour",
              "gpasswd -d odoo-harbour odoo-quayside > /dev/null",
              seen("host.tenant_account", "harbour")),
    Deviation("a program with root's power",
              "cp /usr/bin/id /usr/local/bin/seed; chmod 4755 /usr/local/bin/seed",
              "rm /usr/local/bin/seed", seen("host.suid")),
    file("a file that everybody writes", "/etc/phaseline/seed", "x", "host.writable", "0666"),
    file("an unknown cron job", "/etc/cron.d/seed", "* * * * * root true", "host.cron"),
    file("root has a crontab", "/var/spool/cron/crontabs/root", "* * * * * true", "host.crontabs",
         "0600"),
    file("an unknown unit", "/etc/systemd/system/seed.service", "[Service]", "host.units"),
    Deviation("a library in every program", ": > /etc/ld.so.preload", "rm /etc/ld.so.preload",
              seen("host.preload")),
    Deviation("a failed unit", "systemd-run -q --unit=seed-fails false; sleep 0.3",
              "systemctl reset-failed seed-fails", seen("host.failed_units")),
    Deviation("a changed program", "printf x >> /usr/sbin/visudo",
              "truncate -s -1 /usr/sbin/visudo", seen("host.programs")),
    Deviation("a secret in arguments",
              "systemd-run -q --unit=seed-secret bash -c 'sleep 900; true' x --password=hunter2xyz",
              "systemctl stop seed-secret", seen("host.secrets"), 0.5),
    file("no security updates", "/etc/apt/apt.conf.d/99seed",
         'APT::Periodic::Unattended-Upgrade "0";', "updates.unattended"),
    file("an unsigned source of packages", "/etc/apt/sources.list.d/seed.list",
         "# deb [trusted=yes] http://example.invalid x main", "updates.signed"),
    Deviation("routes may be redirected", "sysctl -qw net.ipv4.conf.all.accept_redirects=1",
              "sysctl -qw net.ipv4.conf.all.accept_redirects=0", seen("kernel.redirects")),
    edited("another environment's mark", "/etc/phaseline/host.json",
           "'s/\"testing\"/\"production\"/'", "host.marker"),
)  # fmt: skip

NETWORK = (
    # these two load nginx anew, so they stand before the edits that are only read
    edited("nginx's numbers for everybody", GROUND, "'s/listen 127.0.0.1:8060/listen 8060/'",
           "sockets.scope", then="systemctl restart nginx; sleep 1"),
    edited("browsers may come back without TLS", "/etc/nginx/phaseline/headers.conf",
           "s/max-age=31536000/max-age=60/", "web.transport", *BOTH,
           then="systemctl reload nginx; sleep 1"),
    Deviation("an opened port", "nft add rule inet phaseline inbound tcp dport 8443 accept",
              "nft -f /etc/nftables.conf", seen("firewall.inbound")),
    Deviation("everything may go out",
              "nft chain inet phaseline outbound '{ policy accept; }'",
              "nft -f /etc/nftables.conf", seen("firewall.policy_out")),
    Deviation("mail may go out", "nft insert rule inet phaseline outbound tcp dport 25 accept",
              "nft -f /etc/nftables.conf", seen("firewall.outbound")),
    Deviation("an unknown listener",
              "systemd-run -q --unit=seed-port python3 -m http.server -b 127.0.0.1 4444",
              "systemctl stop seed-port", seen("sockets.unknown"), 1.0),
    Deviation("the firewall is gone after a restart", "systemctl -q disable nftables",
              "systemctl -q enable nftables", seen("service.firewall")),
    Deviation("the guard is gone after a restart", "systemctl -q disable fail2ban",
              "systemctl -q enable fail2ban", seen("service.fail2ban")),
    Deviation("a stopped exporter", "systemctl stop prometheus-nginx-exporter",
              "systemctl start prometheus-nginx-exporter",
              (*seen("service.nginx_exporter"), *seen("monitoring.targets")), 20),
    Deviation("numbers of sites stand still",
              "systemctl stop phaseline-collector-sites.timer;"
              f" {WRITTEN} 1/' {COLLECTORS.format('sites')}",
              "systemctl start phaseline-collector-sites.timer phaseline-collector-sites.service",
              (*seen("service.site_numbers"), *seen("numbers.sites"))),
    edited("TLS 1.1 is offered", GROUND, "'s/ssl_protocols TLS/ssl_protocols TLSv1.1 TLS/'",
           "nginx.protocols"),
    edited("sessions are kept in tickets", GROUND, "'s/tickets off/tickets on/'", "nginx.tickets"),
    edited("nginx tells its version", GROUND, "'s/server_tokens off/server_tokens on/'",
           "nginx.server_tokens"),
    edited("RPC is open to everybody", GROUND, r"'s/^  default 0;/  0.0.0.0\/0 1;\n&/'",
           "nginx.rpc"),
    file("an unknown site", "/etc/nginx/conf.d/zz-seed.conf",
         "server { listen 127.0.0.1:80; server_name evil.example; }", "nginx.sites"),
    edited("files go out without Odoo", SITE.format("harbour"), "'/^ *internal;/d'",
           "nginx.filestore", "harbour"),
    edited("uploads have no limit", SITE.format("quayside"), "/client_max_body_size/d",
           "nginx.body_limit", "quayside"),
    edited("passwords are guessed quickly", SITE.format("harbour"), "/attempts.conf/d",
           "nginx.login_limit", "harbour"),
    edited("the database manager is open", SITE.format("quayside"), "'s/(database|tests)/(tests)/'",
           "nginx.database", "quayside"),
    Deviation("the certificate ends soon",
              "cd /etc/phaseline/tls/sites; cp -a harbour.testing.lab.test.crt /run/seed.crt;"
              " openssl req -x509 -key harbour.testing.lab.test.key -days 5 -subj /CN=harbour"
              " -addext subjectAltName=DNS:harbour.testing.lab.test > /run/seed.new 2>/dev/null;"
              " cat /run/seed.new > harbour.testing.lab.test.crt",
              "cat /run/seed.crt > /etc/phaseline/tls/sites/harbour.testing.lab.test.crt",
              seen("certificate.site_days", "harbour")),
)  # fmt: skip

DATA = (
    sql("an owner is superuser", "ALTER ROLE harbour_owner SUPERUSER",
        "ALTER ROLE harbour_owner NOSUPERUSER", "postgres.superusers"),
    sql("a tenant makes databases", "ALTER ROLE quayside CREATEDB",
        "ALTER ROLE quayside NOCREATEDB", "postgres.makers_of_databases"),
    sql("a tenant makes roles", "ALTER ROLE quayside CREATEROLE",
        "ALTER ROLE quayside NOCREATEROLE", "postgres.makers_of_roles"),
    sql("an unknown role", "CREATE ROLE seed NOLOGIN", "DROP ROLE seed", "postgres.roles"),
    sql("a setting behind the kit", "ALTER SYSTEM SET deadlock_timeout = '2s'",
        "ALTER SYSTEM RESET deadlock_timeout", "postgres.alter_system"),
    Deviation("connections are not logged",
              "echo 'log_connections = off' > /etc/postgresql/17/main/conf.d/zz-seed.conf;"
              " chmod 644 /etc/postgresql/17/main/conf.d/zz-seed.conf;"
              " systemctl reload postgresql; sleep 1",
              "rm /etc/postgresql/17/main/conf.d/zz-seed.conf; systemctl reload postgresql;"
              " sleep 1", seen("postgres.log_connections")),
    Deviation("PostgreSQL stays down after a crash",
              "printf '[Service]\\nRestart=no\\n'"
              " > /etc/systemd/system/postgresql@.service.d/zz-seed.conf;"
              " systemctl daemon-reload",
              "rm /etc/systemd/system/postgresql@.service.d/zz-seed.conf; systemctl daemon-reload",
              seen("service.postgres_returns")),
    edited("a rule of pg_hba trusts", HBA, "'$a local harbour harbour trust'", "pg_hba.methods"),
    edited("a rule of pg_hba without TLS", HBA,
           "'$a host harbour harbour 10.9.9.9/32 scram-sha-256'", "pg_hba.tls"),
    edited("a rule of pg_hba crosses tenants", HBA,
           "'$a hostssl quayside harbour 10.9.9.9/32 scram-sha-256'", "pg_hba.strangers"),
    edited("an account acts as a tenant", IDENT, "'$a phaseline games harbour'", "pg_hba.idents"),
    # Odoo then no longer finds its database in the list it may serve, which has to be seen, too
    Deviation("a tenant owns its database",
              "runuser -u postgres -- psql -qc 'ALTER DATABASE harbour OWNER TO harbour'",
              # the change of owner took the tenant's own grant with it
              "runuser -u postgres -- psql -qc 'ALTER DATABASE harbour OWNER TO harbour_owner'"
              " -c 'GRANT CONNECT, TEMPORARY ON DATABASE harbour TO harbour'",
              tuple((id_, "harbour") for id_ in ("database.owner", "health.login", "health.asset",
                                                 "health.websocket"))),
    sql("everybody creates in a schema", "GRANT CREATE ON SCHEMA public TO PUBLIC",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC", "database.schema", "quayside",
        database="quayside"),
    sql("a function lends its rights",
        "CREATE FUNCTION seed() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        "DROP FUNCTION seed()", "database.definers", "harbour", database="harbour"),
    sql("a tenant's operator before the catalogue's",
        "CREATE FUNCTION seed_same(oid, int4) RETURNS bool LANGUAGE sql AS 'SELECT true';"
        " CREATE OPERATOR public.= (LEFTARG = oid, RIGHTARG = int4, FUNCTION = seed_same)",
        "DROP FUNCTION seed_same CASCADE", "database.shadows", "harbour", database="harbour"),
    sql("a tenant's view for a table",
        "ALTER TABLE res_groups RENAME TO seed_groups;"
        " CREATE VIEW res_groups AS SELECT * FROM seed_groups;"
        " ALTER VIEW res_groups OWNER TO quayside",
        "DROP VIEW res_groups; ALTER TABLE seed_groups RENAME TO res_groups",
        "database.shadows", "quayside", database="quayside"),
    sql("a superuser looks into the tenants' schema first",
        "ALTER ROLE postgres IN DATABASE harbour SET search_path = public",
        "ALTER ROLE postgres IN DATABASE harbour RESET search_path", "postgres.paths"),
    sql("the address can be moved",
        "UPDATE ir_config_parameter SET value = 'False' WHERE key = 'web.base.url.freeze'",
        "UPDATE ir_config_parameter SET value = 'True' WHERE key = 'web.base.url.freeze'",
        "database.frozen", "harbour", database="harbour"),
    sql("everybody signs up",
        "UPDATE ir_config_parameter SET value = 'b2c' WHERE key = 'auth_signup.invitation_scope'",
        "UPDATE ir_config_parameter SET value = 'b2b' WHERE key = 'auth_signup.invitation_scope'",
        "database.signup", "quayside", database="quayside"),
    sql("demo data", "UPDATE ir_module_module SET demo = true WHERE name = 'base'",
        "UPDATE ir_module_module SET demo = false WHERE name = 'base'",
        "database.demo", "harbour", database="harbour"),
    sql("a half installed module",
        "UPDATE ir_module_module SET state = 'to upgrade' WHERE name = 'web'",
        "UPDATE ir_module_module SET state = 'installed' WHERE name = 'web'",
        "database.modules", "quayside", database="quayside"),
    sql("a guessable password",
        GUESSABLE,
        "UPDATE res_users u SET password = k.password FROM seed_kept k WHERE u.id = k.id;"
        " DROP TABLE seed_kept", "database.guessable", "quayside", database="quayside"),
    sql("who counts sees more", "GRANT SELECT ON res_users TO phaseline_collectors",
        "REVOKE SELECT ON res_users FROM phaseline_collectors", "database.seen", "quayside",
        database="quayside"),
    Deviation("a tenant's jobs are not looked at",
              f"systemctl stop phaseline-collector-database.timer;"
              f" sed -i '/quayside/d' {COLLECTORS.format('database')}",
              "systemctl start phaseline-collector-database.timer"
              " phaseline-collector-database.service",
              (*seen("numbers.database_tenant", "quayside"), *seen("service.database_numbers"))),
    Deviation("everybody enters a database",
              "runuser -u postgres -- psql -qc 'GRANT CONNECT ON DATABASE harbour TO PUBLIC'",
              "runuser -u postgres -- psql -qc 'REVOKE CONNECT ON DATABASE harbour FROM PUBLIC'",
              (*seen("database.public", "harbour"), *seen("database.guests", "harbour"),
               *seen("database.elsewhere", "quayside"))),
)  # fmt: skip

TENANTS = (
    option("harbour", "list_db", "list_db = True"),
    option("quayside", "dbfilter", "dbfilter = ^quayside"),
    option("harbour", "workers", "workers = 0"),
    option("quayside", "dev_mode", "dev_mode = all"),
    option("harbour", "admin_passwd", "admin_passwd = admin"),
    option("quayside", "limit_time_real", "limit_time_real = 0"),
    option("harbour", "proxy_mode", "proxy_mode = False"),
    option("quayside", "http_interface", "http_interface = 0.0.0.0"),
    option("harbour", "db_maxconn", "db_maxconn = 640"),
    option("quayside", "limit_memory_hard", "limit_memory_hard = 99999999999"),
    option("harbour", "db_password", "db_password = hunter2"),
    unit("harbour", "ProtectSystem=full"),
    unit("quayside", "NoNewPrivileges=no"),
    unit("harbour", "TasksMax=infinity"),
    unit("quayside", "MemoryMax=infinity"),
    unit("harbour", "ProtectHome=no"),
    mode("a readable odoo.conf", HARBOUR, "0644", "0640", "files.odoo_conf", "harbour"),
    mode("open data", "/var/lib/odoo/quayside", "0755", "0750", "files.odoo_home", "quayside"),
    mode("readable logs of sites", "/var/log/nginx", "0755", "0750", "files.nginx_logs"),
    mode("a readable key", "/etc/phaseline/tls/host.key", "0644", "0640", "files.tls_key"),
    mode("readable password hashes", "/etc/shadow", "0644", "0640", "files.shadow"),
    Deviation("a site's file is nginx's own", f"chown www-data {SITE.format('harbour')}",
              f"chown root {SITE.format('harbour')}", seen("files.nginx_site", "harbour")),
    Deviation("the filestore takes no files",
              "chown root /var/lib/odoo/quayside/filestore/quayside",
              "chown odoo-quayside /var/lib/odoo/quayside/filestore/quayside",
              seen("health.filestore", "quayside")),
    Deviation("a changed file of the release",
              "cd /opt/odoo/tenants/harbour/; file=$(sed -n '$s/^.\\{66\\}//p' files.sha256);"
              " printf x >> \"$file\"",
              "cd /opt/odoo/tenants/harbour/; file=$(sed -n '$s/^.\\{66\\}//p' files.sha256);"
              " truncate -s -1 \"$file\"", seen("release.content", *BOTH)),
)  # fmt: skip

BATCHES = {"system": SYSTEM, "network": NETWORK, "data": DATA, "tenants": TENANTS}
