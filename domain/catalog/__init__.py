"""Products, their variants, and the listings that tie a channel's variant to ours."""
