"""Mappings of source systems, decoded with the place of every fault."""
