"""The recipe and the locks of a release."""
