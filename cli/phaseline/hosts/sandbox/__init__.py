"""The sandbox: one Odoo and one PostgreSQL as processes of this machine."""
