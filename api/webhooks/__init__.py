"""The door for what far sides send: checked, stored, answered."""
