"""Trade discounts and vouchers: rules, the engine that applies them, their uses and their log."""
