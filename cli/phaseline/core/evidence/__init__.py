"""What the journal's events say: the state of stages, gates, the summary of the report."""
