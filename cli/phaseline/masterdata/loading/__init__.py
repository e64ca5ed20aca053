"""Rows into batches, compared with what Odoo has, and reconciled afterwards."""
