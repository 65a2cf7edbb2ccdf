"""Price lists, and which price a customer sees."""
