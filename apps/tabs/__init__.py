"""The tabs: widgets and their events, one tab a file."""
