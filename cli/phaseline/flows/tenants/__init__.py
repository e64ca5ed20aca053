"""Tenants: add, list, retire."""
