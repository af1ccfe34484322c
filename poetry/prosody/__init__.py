"""格律 (prosody): tones, rhyme groups, patterns and the checker."""
