"""Sales channels: where orders come from, with their settings and mappings."""
