"""Pure: what is wanted, what is there, the difference, and whether a stage may pass."""
