"""The change feed: what happened to orders and in the diary, in one gap-free order (spec SYN-10)."""
