"""What a blueprint is and resolves to: answers, expressions, records, order, privileges."""
