"""Benchmarks: each a command `python -m benchmarks.NAME` that compares in one run and ends in one JSON line."""
