"""声调 (tones): what verse tells apart, level and oblique."""

from enum import IntEnum


class Tone(IntEnum):
    """声调 (tone) a slot needs."""

    ANY = 0
    LEVEL = 1  # 平
    OBLIQUE = 2  # 仄
