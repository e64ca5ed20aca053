"""YAML to nodes that know file, line and column, and the reader of their schema."""
