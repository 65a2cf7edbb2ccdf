"""When the house works: hours, holidays, and how much working time lies between two moments (spec REP-2)."""
