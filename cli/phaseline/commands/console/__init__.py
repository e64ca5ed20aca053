"""What commands share: errors, help, options, output, progress."""
