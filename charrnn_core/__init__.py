"""Character-level recurrent networks in numpy: cells, sampling, decoding, weights files.

Nothing in this package imports torch; importing it does no work.
"""
