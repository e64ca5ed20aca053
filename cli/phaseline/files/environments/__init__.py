"""Inventory, tenants, variables, secrets and locks of environments on disk."""
