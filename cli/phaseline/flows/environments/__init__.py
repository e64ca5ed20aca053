"""Environments: provision, verify, size, lint."""
