"""Background work: the outbox relay, the scheduler and the actors."""
