"""One use case a file: read, decide, do, record."""
