"""The journal's history and the report."""
