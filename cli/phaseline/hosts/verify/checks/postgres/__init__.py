"""The server, who may connect, and what is in the databases."""
