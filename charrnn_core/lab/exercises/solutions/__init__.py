"""One file a task, numpy alone. What stands between `# BLANK` and `# END` is left out of a student's copy."""
