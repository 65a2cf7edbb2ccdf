"""Channels whose stored settings or credentials do not fit their connector."""

UNFIT = "settings"
"""The cause under which the diary tells of it."""
