"""Data files: template, validate, load, reconcile, migrate."""
