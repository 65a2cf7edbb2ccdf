"""What a channel should know of an order, and what it was last known to know."""
