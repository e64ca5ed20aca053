"""The system under everything: accounts, SSH, files, services."""
