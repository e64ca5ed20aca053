"""`phaseline tenant`: one verb a module."""
