"""Courier accounts, shipments (AWBs) and their tracking."""
