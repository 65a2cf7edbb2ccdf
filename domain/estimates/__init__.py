"""Estimates: what an agent offers a customer, until it becomes an order."""
