"""Character-level recurrent networks in numpy: cells, sampling, decoding, weights files.

Nothing in this package imports torch; importing it does no work.
"""

from charrnn_core.command import end_at_ctrl_c

end_at_ctrl_c()
