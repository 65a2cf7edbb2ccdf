"""Who changed what decides for others: settings, roles, keys, people, rules; and who took data out (spec SEC-1)."""
