"""Erasing a person: asked for in one transaction, carried out in batches, and kept up when old orders arrive again."""
