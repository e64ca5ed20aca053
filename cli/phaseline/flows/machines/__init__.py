"""Releases, sandbox and lab of this machine."""
