"""The doors inward: GraphQL, webhooks, health, console and the command line."""
