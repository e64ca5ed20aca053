"""The double of an Odoo in memory; it passes the same suite as a real one."""
