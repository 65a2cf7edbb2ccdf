"""Questions that join several nouns."""
