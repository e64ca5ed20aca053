"""`phaseline lab`: one verb a module."""
