"""Text coloured by the activation of a unit, as a piece of HTML: red is +1, blue is -1."""

from collections.abc import Iterable

from apps.texts import say
from charrnn_core.escape import escape
from charrnn_core.lab.interpret.page import colour


def coloured(text: str, values: Iterable[float], *, heading: str, language: str) -> str:
    """Each character of `text` on the colour of its value; pointing at it shows the number."""
    cells = "".join(_cell(character, float(value)) for character, value in zip(text, values, strict=True))
    return (
        f'<section class="coloured"><h2>{escape(heading)}</h2><p lang="{language}">{cells}</p>'
        f'<p class="legend"><span style="background:{_rgb(1)}">+1</span> <span>0</span> '
        f'<span style="background:{_rgb(-1)}">−1</span> {escape(say("colour_legend"))}</p></section>'
    )


def _cell(character: str, value: float) -> str:
    shown = "¶<br>" if character == "\n" else "&nbsp;<wbr>" if character == " " else escape(character)
    return f'<span style="background:{_rgb(value)}" title="{value:+.2f}">{shown}</span>'


def _rgb(value: float) -> str:
    return "rgb({},{},{})".format(*colour(value))
