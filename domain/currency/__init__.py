"""Currencies: the rates of each day, and what an amount is in another currency (spec CUR-1)."""
