"""Applications over the library: widgets, no logic of their own."""
