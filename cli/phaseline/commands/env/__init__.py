"""`phaseline env`: one verb a module."""
