"""Edge: machines. Releases, sandbox."""
