"""Processes, accounts, files and mirrors of this machine."""
