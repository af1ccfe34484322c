"""作诗 (writing): from a request to poems, one or many at once; needs no torch."""
