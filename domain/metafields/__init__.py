"""Metafields: fields of a house's own on orders, lines, customers and products, declared and typed (spec EXT-1)."""
