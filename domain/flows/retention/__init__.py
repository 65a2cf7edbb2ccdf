"""Letting go of what is old."""
