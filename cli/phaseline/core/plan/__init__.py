"""What a stage would change: actual and desired values compared, operations, limits."""
