"""Rules over parsed rows, references between them, and the verdict."""
