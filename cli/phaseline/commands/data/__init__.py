"""`phaseline data`: one verb a module."""
