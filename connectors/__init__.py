"""The built-in connectors, each a folder like a third-party package."""
