"""The app: the page, its endpoints, their server and its door. What verse is, they ask of the library."""

from charrnn_core.command import end_at_ctrl_c

end_at_ctrl_c()
