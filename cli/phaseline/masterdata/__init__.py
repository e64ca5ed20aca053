"""Pure: what a data file must look like, whether it does, and what of it differs."""
