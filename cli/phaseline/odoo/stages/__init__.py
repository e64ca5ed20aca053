"""Stages on one Odoo: read, write, settings, modules, markers."""
