"""Text as people write it, made what the package reads."""
