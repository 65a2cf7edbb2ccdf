"""Orders: status table, lines, totals, history."""
