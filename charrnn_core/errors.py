"""The error tree. Every error a user can meet is one line: what, why, what to do."""


class CharRNNError(Exception):
    """A failure of the work itself (a full disk, a damaged download): exit code 1."""

    exit_code = 1


class UsageError(CharRNNError, ValueError):
    """Wrong use (a bad argument, a file that is not what it should be): exit code 2."""

    exit_code = 2


class WeightsError(UsageError):
    """A weights file that is missing, truncated, foreign or of an unknown version."""


class DataError(UsageError):
    """A corpus or table file that is missing, damaged or malformed."""
