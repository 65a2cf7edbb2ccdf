"""The engine room: what follows from a change is carried out here, at least once, and in effect once.

    outbox row → relay → Redis (ids only) → worker → the row is deleted in the transaction that holds the effect

`relay`, `worker` and `scheduler` are processes (`python -m jobs.relay`); any number of each may run, and any of them
may die at any statement. See `work` for what a piece of work promises, and `consumers` for what there is to do.
"""
