"""The demo: every step of a first rollout, done once."""
