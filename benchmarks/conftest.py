"""Fixtures of the tests, for the tests of benchmarks, which stand beside what they test."""

from tests.conftest import tiny_weights, vocabulary

__all__ = ["tiny_weights", "vocabulary"]
