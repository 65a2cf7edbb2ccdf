"""The sync diary: what did not simply go well, why, and what to do."""
