"""Stages: plan, apply, verify, sign, drift, status."""
