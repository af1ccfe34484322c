"""Benchmarks: each a command `python -m benchmarks.NAME` that compares in one run and ends in one JSON line."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as the commands themselves do: see poetry/generate.py
