"""Mappings from a source system: named pure transforms and what they make."""
