"""Edge: the disk. YAML with places, tables, journal, rendering."""
