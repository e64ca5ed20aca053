"""The command line: options, one flow, one renderer, one exit code."""
