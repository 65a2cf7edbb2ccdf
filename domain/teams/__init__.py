"""Teams: whose people and keys work with which channels (spec SEC-1)."""
