"""What an environment declares: inventory, tenants, sizes, and secrets in plain text."""
