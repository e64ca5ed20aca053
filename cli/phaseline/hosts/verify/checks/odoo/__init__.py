"""A tenant's configuration, release and files."""
