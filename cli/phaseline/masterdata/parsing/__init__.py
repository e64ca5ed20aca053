"""Text and cells to values: numbers, dates, codes and their check digits."""
