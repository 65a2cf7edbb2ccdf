"""The types of the schema, one module per noun."""
