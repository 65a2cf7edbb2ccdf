"""What arrives: the inbox, its outcomes, and the state of each external order."""
