"""The walk through the schema: every root field, asked for by every kind of caller (spec SEC-1)."""
