"""Sealed values: where they are kept, and how they are brought to another secret key."""
