"""槽位 (slots): what each token of a poem must be, from a wish to the characters that fit."""
