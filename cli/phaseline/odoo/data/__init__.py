"""Rows into one Odoo: read in bulk, created, updated, and counted on both sides."""
