"""Releases built, packed, verified and described."""
