"""Saved views of the queue, and the screens that every house has."""
