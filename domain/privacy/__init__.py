"""Personal data: what is erased of a person, and what is remembered so that it does not come back (spec SEC-4)."""
