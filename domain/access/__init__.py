"""Who may call: API keys now, people and roles with part 3."""
