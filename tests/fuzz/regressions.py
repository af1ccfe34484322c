"""Inputs that once ended in a traceback: (reader, content). Found with tests/fuzz/run.py or tests/test_fuzz.py."""

REGRESSIONS: list[tuple[str, bytes]] = []
