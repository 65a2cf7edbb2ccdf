"""Delivery notes, packing lists and parcels."""
