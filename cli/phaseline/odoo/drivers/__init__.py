"""Ways to talk to one Odoo: JSON-2, a web session, RPC, all over one HTTP transport."""
