"""Applications over the library: widgets, no logic of their own."""

from charrnn_core.command import end_at_ctrl_c

end_at_ctrl_c()
