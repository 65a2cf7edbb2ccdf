"""How long what arrived, and what was noted by the way, is kept (spec SEC-4)."""
