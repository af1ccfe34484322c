"""新意 (novelty): no line that stands in the corpus is written again."""
