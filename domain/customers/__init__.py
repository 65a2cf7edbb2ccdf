"""Customers, and the ids by which channels know them."""
