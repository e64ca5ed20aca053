"""Programs sent to hosts to read facts: standard library only."""
