"""What callers follow: subscriptions, by WebSocket and by server-sent events (spec ORD-9).

    the change feed → tail (one reader per process) → follow (a place of each follower's own) → stream → door

Nobody's backlog is kept: whoever is slow reads on from the place he is at.
"""
