"""The questions to PostgreSQL: read-only, no value of a secret in any answer."""

from __future__ import annotations

CLUSTER = {
    "settings": "SELECT name, setting, unit, source, pending_restart FROM pg_settings",
    "roles": (
        "SELECT rolname AS name, rolsuper, rolcreatedb, rolcreaterole, rolreplication,"
        " rolbypassrls, rolcanlogin, rolconnlimit FROM pg_roles WHERE rolname !~ '^pg_'"
    ),
    "members": (
        "SELECT r.rolname AS role, m.rolname AS member FROM pg_auth_members a"
        " JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member"
    ),
    "passwords": (
        "SELECT rolname AS name, coalesce(left(rolpassword, 13), '') AS kind FROM pg_authid"
        " WHERE rolcanlogin"
    ),
    "hba": (
        "SELECT line_number, type, database, user_name, address, netmask, auth_method, options,"
        " error FROM pg_hba_file_rules ORDER BY line_number"
    ),
    "idents": "SELECT map_name, sys_name, pg_username, error FROM pg_ident_file_mappings",
    "databases": (
        "SELECT d.datname AS name, r.rolname AS owner, d.datistemplate, d.datallowconn,"
        " has_database_privilege('public', d.datname, 'CONNECT') AS public_connect,"
        " has_database_privilege('public', d.datname, 'CREATE') AS public_create,"
        " has_database_privilege('public', d.datname, 'TEMP') AS public_temp,"
        " coalesce(d.datacl::text, '') AS acl FROM pg_database d"
        " JOIN pg_roles r ON r.oid = d.datdba"
    ),
    "connects": (
        "SELECT d.datname AS database, r.rolname AS role FROM pg_database d, pg_roles r"
        " WHERE r.rolcanlogin AND NOT r.rolsuper AND d.datallowconn"
        " AND has_database_privilege(r.oid, d.oid, 'CONNECT')"
    ),
    "connections": (
        "SELECT a.usename AS role, a.datname AS database, a.client_addr, s.ssl"
        " FROM pg_stat_activity a LEFT JOIN pg_stat_ssl s USING (pid) WHERE a.datname IS NOT NULL"
    ),
    "file_settings": (
        "SELECT sourcefile AS file, name || '=' || setting AS setting FROM pg_file_settings"
        " WHERE sourcefile LIKE '%postgresql.auto.conf'"
    ),
    "archiver": "SELECT failed_count, last_archived_time, last_failed_time FROM pg_stat_archiver",
}

TENANT = {
    "schema": (
        "SELECT has_schema_privilege('public', 'public', 'CREATE') AS public_create,"
        " (SELECT rolname FROM pg_roles WHERE oid = nspowner) AS owner,"
        " coalesce(nspacl::text, '') AS acl FROM pg_namespace WHERE nspname = 'public'"
    ),
    "extensions": "SELECT extname AS name FROM pg_extension",
    "seen": (
        "SELECT c.relname || '.' || a.attname AS name FROM pg_class c JOIN pg_attribute a"
        " ON a.attrelid = c.oid, aclexplode(a.attacl) g"
        " WHERE g.grantee = (SELECT oid FROM pg_roles WHERE rolname = 'phaseline_collectors')"
        " UNION SELECT c.relname || '.*' FROM pg_class c, aclexplode(c.relacl) g"
        " WHERE g.grantee = (SELECT oid FROM pg_roles WHERE rolname = 'phaseline_collectors')"
    ),
    "functions": (
        "SELECT p.proname AS name, p.prosecdef, p.provolatile FROM pg_proc p"
        " JOIN pg_namespace n ON n.oid = p.pronamespace"
        " WHERE n.nspname = 'public' AND (p.prosecdef OR p.proname = 'unaccent')"
    ),
    "parameters": (
        "SELECT key, value FROM ir_config_parameter WHERE key IN ('web.base.url',"
        " 'web.base.url.freeze', 'auth_signup.invitation_scope', 'database.uuid',"
        " 'report.url', 'auth_signup.reset_password', 'sessions.max_inactivity_seconds',"
        " 'auth_password_policy.minlength', 'database.is_neutralized')"
    ),
    "modules": "SELECT name, state, latest_version, demo FROM ir_module_module"
    " WHERE state <> 'uninstalled' AND state <> 'uninstallable'",
    "crons": (
        "SELECT c.id, s.name AS name, c.active, c.interval_number, c.interval_type,"
        " c.failure_count, extract(epoch FROM now() AT TIME ZONE 'UTC' - c.lastcall) AS ago,"
        " extract(epoch FROM now() AT TIME ZONE 'UTC' - c.nextcall) AS late"
        " FROM ir_cron c JOIN ir_act_server s ON s.id = c.ir_actions_server_id WHERE c.active"
    ),
    "users": (
        "SELECT id, login, active, share, password IS NULL OR password = '' AS empty FROM res_users"
    ),
    "keys": (
        "SELECT u.login, k.name, k.scope, k.expiration_date FROM res_users_apikeys k"
        " JOIN res_users u ON u.id = k.user_id"
    ),
    "foreign": (
        "SELECT c.relname AS name, r.rolname AS owner FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.oid = c.relowner"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v', 'S')"
        " AND r.rolname NOT IN (current_database(), current_database() || '_owner', 'postgres')"
        " LIMIT 5"
    ),
}
