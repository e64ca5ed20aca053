"""`phaseline sandbox`: one verb a module."""
