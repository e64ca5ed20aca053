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
    "paths": (
        "SELECT r.rolname AS role, coalesce(d.datname, '') AS database, one AS setting"
        " FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole"
        " LEFT JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) one"
        " WHERE one LIKE 'search_path=%'"
    ),
    "archiver": "SELECT failed_count, last_archived_time, last_failed_time FROM pg_stat_archiver",
}

# What a tenant can lay before or under what the system and Odoo have: objects with the name of one
# of the catalogue's, views for tables, and code of its own that runs when a table is only read.
# Extensions are the cluster's; of those a tenant may create none brings such objects.
SHADOWS = """
WITH ours AS (
  SELECT oid FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
), system AS (
  SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema')
), brought AS (
  SELECT classid, objid FROM pg_depend WHERE deptype = 'e'
), code AS (
  SELECT p.oid, p.proname, p.pronamespace FROM pg_proc p
   WHERE p.oid >= 16384 AND ('pg_proc'::regclass, p.oid) NOT IN (SELECT * FROM brought)
)
SELECT * FROM (
  SELECT 'function' AS kind, c.proname::text AS name FROM code c
   WHERE EXISTS (SELECT FROM pg_proc s WHERE s.proname = c.proname AND s.oid < 16384)
  UNION SELECT 'operator', o.oprname FROM pg_operator o
   WHERE o.oid >= 16384 AND ('pg_operator'::regclass, o.oid) NOT IN (SELECT * FROM brought)
  UNION SELECT 'cast', format('%s to %s', c.castsource::regtype, c.casttarget::regtype)
    FROM pg_cast c
   WHERE c.oid >= 16384 AND ('pg_cast'::regclass, c.oid) NOT IN (SELECT * FROM brought)
  UNION SELECT 'type', t.typname FROM pg_type t
   WHERE t.typnamespace IN (SELECT * FROM ours) AND t.typelem = 0
     AND EXISTS (SELECT FROM pg_type s WHERE s.typname = t.typname AND s.oid < 16384)
  UNION SELECT 'relation', c.relname FROM pg_class c
   WHERE c.relnamespace IN (SELECT * FROM ours)
     AND EXISTS (SELECT FROM pg_class s WHERE s.relname = c.relname
                    AND s.relnamespace IN (SELECT * FROM system))
  UNION SELECT 'collation', c.collname FROM pg_collation c WHERE c.oid >= 16384
  UNION SELECT 'operator class', c.opcname FROM pg_opclass c
   WHERE c.oid >= 16384 AND ('pg_opclass'::regclass, c.oid) NOT IN (SELECT * FROM brought)
  UNION SELECT 'conversion', c.conname FROM pg_conversion c WHERE c.oid >= 16384
  UNION SELECT 'event trigger', e.evtname FROM pg_event_trigger e
  UNION SELECT 'rule', format('%s on %s', r.rulename, r.ev_class::regclass) FROM pg_rewrite r
   WHERE r.oid >= 16384 AND r.rulename <> '_RETURN'
  UNION SELECT 'policy', format('%s on %s', p.polname, p.polrelid::regclass) FROM pg_policy p
  UNION SELECT 'table replaced by a view', c.relname FROM pg_class c
   WHERE c.relnamespace IN (SELECT * FROM ours) AND c.relkind NOT IN ('r', 'p')
     AND c.relname IN ('ir_act_server', 'ir_attachment', 'ir_config_parameter', 'ir_cron',
       'ir_model', 'ir_model_data', 'ir_module_module', 'mail_mail', 'res_company',
       'res_groups', 'res_partner', 'res_users', 'res_users_apikeys')
  UNION SELECT 'code under', pg_describe_object(d.classid, d.objid, 0) FROM pg_depend d
    JOIN code c ON d.refclassid = 'pg_proc'::regclass AND d.refobjid = c.oid
   WHERE d.classid IN ('pg_class'::regclass, 'pg_constraint'::regclass, 'pg_policy'::regclass,
                       'pg_statistic_ext'::regclass, 'pg_rewrite'::regclass)
) found ORDER BY 1, 2 LIMIT 50
"""

TENANT = {
    "shadows": SHADOWS,
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
        "SELECT key, value FROM public.ir_config_parameter WHERE key IN ('web.base.url',"
        " 'web.base.url.freeze', 'auth_signup.invitation_scope', 'database.uuid',"
        " 'report.url', 'auth_signup.reset_password', 'sessions.max_inactivity_seconds',"
        " 'auth_password_policy.minlength', 'database.is_neutralized')"
    ),
    "modules": "SELECT name, state, latest_version, demo FROM public.ir_module_module"
    " WHERE state <> 'uninstalled' AND state <> 'uninstallable'",
    "crons": (
        "SELECT c.id, s.name AS name, c.active, c.interval_number, c.interval_type,"
        " c.failure_count, extract(epoch FROM now() AT TIME ZONE 'UTC' - c.lastcall) AS ago,"
        " extract(epoch FROM now() AT TIME ZONE 'UTC' - c.nextcall) AS late"
        " FROM public.ir_cron c JOIN public.ir_act_server s ON s.id = c.ir_actions_server_id"
        " WHERE c.active"
    ),
    "users": (
        "SELECT id, login, active, share, password IS NULL OR password = '' AS empty"
        " FROM public.res_users"
    ),
    "keys": (
        "SELECT u.login, k.name, k.scope, k.expiration_date FROM public.res_users_apikeys k"
        " JOIN public.res_users u ON u.id = k.user_id"
    ),
    "foreign": (
        "SELECT c.relname AS name, r.rolname AS owner FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.oid = c.relowner"
        " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'v', 'S')"
        " AND r.rolname NOT IN (current_database(), current_database() || '_owner', 'postgres')"
        " LIMIT 5"
    ),
}
