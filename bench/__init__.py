"""Benchmarks: what we cost against a floor that is taken in the same run. `python -m bench --help`."""
