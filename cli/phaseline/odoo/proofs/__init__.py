"""Proofs run on one Odoo, as the person whose work it is."""
