"""`phaseline release`: one verb a module."""
