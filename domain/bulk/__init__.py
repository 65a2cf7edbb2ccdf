"""One action on many orders, with a result for each (spec ORD-7)."""
