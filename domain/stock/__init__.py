"""Warehouses, stock levels with their moves, reservations."""
