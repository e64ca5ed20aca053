"""Edge: one Odoo, through one port."""
