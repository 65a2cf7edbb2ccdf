"""The ground that every noun stands on: ids, time, money, actors, refusals, the database, outbox and settings."""
