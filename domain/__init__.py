"""The business: nouns, the flows that span them, and the reads that join them."""
