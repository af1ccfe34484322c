"""From the downloaded files to clean, split, encoded poems."""
