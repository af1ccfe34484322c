"""Text coloured by a number at each character, as a piece of HTML: a unit's activation, a gate, a gradient's length."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apps import figures
from apps.texts import say
from charrnn_core.escape import escape
from charrnn_core.lab.interpret import drawing
from charrnn_core.lab.interpret.page import colour

Numbers = Sequence[float] | np.ndarray

FLOOR = 1e-6  # of the longest gradient: what is shorter is white


@dataclass(frozen=True)
class Strip:
    """A number at each character of a text, and how it is shown: a shade in -1 .. 1 from blue over white to red."""

    heading: str
    values: np.ndarray  # (T,)
    shades: np.ndarray  # (T,)
    legend: tuple[tuple[float, str], ...]  # some shades, and what they mean

    @classmethod
    def of_unit(cls, heading: str, values: np.ndarray) -> "Strip":
        """The activation of a unit, -1 .. 1."""
        legend = ((1.0, "+1"), (0.0, "0"), (-1.0, "−1"), (0.0, say("colour_legend")))
        return cls(heading, values, values, legend)

    @classmethod
    def between(cls, heading: str, values: np.ndarray, low: float, high: float) -> "Strip":
        """Numbers in low .. high, blue to red; all white where these are the same."""
        width = high - low
        shades = (2 * values - low - high) / width if width > 0 else np.zeros(len(values))
        return cls(heading, values, shades, ((1.0, f"{high:.2f}"), (0.0, ""), (-1.0, f"{low:.2f}")))

    @classmethod
    def of_lengths(cls, heading: str, values: np.ndarray) -> "Strip":
        """Lengths over many powers of ten: red the longest, white a millionth of it and less."""
        longest = max(float(values.max()), np.finfo(float).tiny)
        shades = 1 - np.log10(np.maximum(values / longest, FLOOR)) / np.log10(FLOOR)
        return cls(heading, values, shades, ((1.0, f"{longest:.2g}"), (0.0, f"≤ {longest * FLOOR:.2g}")))


def coloured(text: str, strips: Sequence[Strip], *, name: str, language: str) -> str:
    """A text once for each strip, each character on its colour; pointing at it shows the number."""
    if not text:
        return ""
    sections = "".join(_section(text, strip, language) for strip in strips)
    heads = [say("character_read"), *(strip.heading for strip in strips)]
    rows = [(character, *(float(strip.values[t]) for strip in strips)) for t, character in enumerate(text)]
    drawings = [drawing.coloured(text, strip.shades, heading=strip.heading) for strip in strips]
    return sections + figures.kept(name, [heads, *rows], drawings)


@dataclass(frozen=True)
class Passage:
    """A passage and what stands around it, what a unit is along it, and how far that is from the pattern looked for."""

    before: str
    text: str
    after: str
    values: Numbers  # (L,) -1 .. 1
    distance: float = 0.0


def passages(found: Sequence[Passage], *, name: str, language: str) -> str:
    """Passages one under the other, each coloured by the unit, with its distance."""
    items = "".join(
        f'<li><span class="value">{each.distance:.3f}</span> <span lang="{language}">{_plain(each.before)}'
        f"{_cells(each.text, each.values, each.values).replace('<br>', '')}{_plain(each.after)}</span></li>"
        for each in found
    )
    heads = say("alike_table").split("|")
    rows = [(f"{each.distance:.3f}", each.before, each.text, each.after) for each in found]
    drawings = [
        drawing.coloured(each.text, each.values, heading=f"{each.distance:.3f}  {each.before}…{each.after}")
        for each in found
    ]
    return f'<ol class="coloured alike">{items}</ol>{figures.kept(name, [heads, *rows], drawings)}'


def _section(text: str, strip: Strip, language: str) -> str:
    legend = " ".join(_legend(shade, meaning) for shade, meaning in strip.legend if meaning)
    cells = _cells(text, strip.values, strip.shades)
    return (
        f'<section class="coloured"><h2>{escape(strip.heading)}</h2><p lang="{language}">{cells}</p>'
        f'<p class="legend">{legend}</p></section>'
    )


def _cells(text: str, values: Numbers, shades: Numbers) -> str:
    """The characters, each on the colour of its shade."""
    return "".join(
        f'<span style="background:{_rgb(float(shade))}" title="{value:+.3g}">{shown}</span>'
        for shown, value, shade in zip(map(_shown, text), values, shades, strict=True)
    )


def _shown(character: str) -> str:
    return "¶<br>" if character == "\n" else "&nbsp;<wbr>" if character == " " else escape(character)


def _plain(text: str) -> str:
    """What stands around a passage, in one line."""
    return escape(text.replace("\n", "¶"))


def _legend(shade: float, meaning: str) -> str:
    return f'<span style="background:{_rgb(shade)}">{escape(meaning)}</span>' if shade else escape(meaning)


def _rgb(shade: float) -> str:
    return "rgb({},{},{})".format(*colour(shade))
