"""Use cases that span nouns."""
