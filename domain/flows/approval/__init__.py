"""Approval of orders (spec APR-1 to APR-3): asked for when an order enters and when it is changed, then decided."""
