"""Whether somebody watches, and what is collected for it."""
