"""文本 (text): Hanzi, forms, lines and the vocabulary; knows nothing of tones, networks or files of poems."""
