"""The registry of data files: address, sha256 and licence of each (registry.json)."""
