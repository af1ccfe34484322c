"""Exercises that check themselves: solutions with blanks, slips that students make, marking in a child process."""
