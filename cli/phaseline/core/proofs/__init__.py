"""What a proof expects, and how an answer is judged."""
