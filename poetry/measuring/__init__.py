"""评测 (measuring): how good poems are, and how probable, in numbers and pictures."""
