"""Vertical verse cards as HTML: columns from right to left, with title, tones, rhyme words and pinyin on demand."""

from collections.abc import Collection
from itertools import pairwise

from apps.pinyin import sounds_of
from apps.texts import say
from charrnn_core.escape import escape
from poetry.prosody.heard import tone_set
from poetry.prosody.judge import Report
from poetry.text.hanzi import to_traditional
from poetry.writing.poem import Poem

TONES, RHYMES, PINYIN, TRADITIONAL = "tones", "rhymes", "pinyin", "traditional"
ROW = 4  # columns that stay together
SHOWN = (TONES, RHYMES, PINYIN, TRADITIONAL)
_TONE_NAMES = ("？", "平", "仄", "◎")  # by poetry.prosody.judge.tone_set


def title_of(poem: Poem) -> str:
    """What the person called it, its title, or as was the custom for poems without one, its first two characters."""
    return poem.name or poem.title or poem.lines[0][:2]


def card(
    poem: Poem,
    report: Report,
    *,
    show: Collection[str] = (),
    number: int = 1,
    chosen: bool = False,
) -> str:
    """One poem as a card."""
    traditional = TRADITIONAL in show
    heading = title_of(poem)
    verdict = " · ".join(filter(None, [report.form, report.pattern, report.verdict]))
    rhyme = say("rhymes_in", group=report.group) if report.group else ""
    unknown = say("unknown_characters", characters=poem.unknown) if poem.unknown else ""
    columns = [_column(i, line, report, show, poem.unknown) for i, line in enumerate(_lines(poem, traditional))]
    classes = " ".join(["columns", *(each for each in (TONES, PINYIN) if each in show)])
    shown_heading = to_traditional(heading) if traditional else heading
    language = "zh-Hant" if traditional else "zh-Hans"
    return (
        f'<article class="verse{" chosen" if chosen else ""}" lang="{language}"'
        f' aria-label="{escape(say("card_of", n=number))}">'
        f'<h2 class="verse-title">{escape(shown_heading)}</h2><div class="{classes}">{_grouped(columns)}</div>'
        f'<footer><span class="seal" aria-hidden="true">{number}</span>'
        f"<span>{escape(verdict)}</span><span>{escape(rhyme)}</span><span>{escape(unknown)}</span></footer></article>"
    )


def deck(cards: list[str], show: Collection[str] = ()) -> str:
    """Cards side by side, and what the marks on them mean."""
    legend = f'<p class="legend">{escape(say("tone_marks"))}</p>' if TONES in show else ""
    return f'{legend}<div class="deck">{"".join(cards)}</div>'


def _grouped(columns: list[str]) -> str:
    """Columns that stay together where a card is too narrow for all: by two couplets, the last group perhaps by
    three, so that no row of columns is left with one couplet."""
    cuts = [*range(0, max(len(columns) - 2, 1), ROW), len(columns)]
    return "".join(f'<div class="group">{"".join(columns[a:b])}</div>' for a, b in pairwise(cuts))


def _lines(poem: Poem, traditional: bool) -> list[str]:
    """The lines with their marks."""
    text = to_traditional(poem.text) if traditional else poem.text
    parts = text.replace("。", "。\n").replace("，", "，\n").split("\n")
    return [part for part in parts if part]


def _column(index: int, line: str, report: Report, show: Collection[str], unknown: str) -> str:
    original = report.lines[index].text
    rhyming = RHYMES in show and original[-1] in [word for word, _ in report.rhymes] and rhymes_at(index, report)
    sounds = sounds_of(report.lines[index]) if PINYIN in show else [""] * len(original)
    cells = []
    for position, character in enumerate(line):
        if position >= len(original):
            cells.append(f'<span class="mark">{escape(character)}</span>')
            continue
        sound = f"<small>{escape(sounds[position])}</small>" if PINYIN in show else ""
        tone = f"<i>{_TONE_NAMES[tone_set(original[position])]}</i>" if TONES in show else ""
        classes = "zi rhyme" if rhyming and position == len(original) - 1 else "zi"
        classes += " unknown" if original[position] in unknown else ""
        cells.append(f'<span class="{classes}">{sound}<b>{escape(character)}</b>{tone}</span>')
    return f'<div class="column">{"".join(cells)}</div>'


def rhymes_at(index: int, report: Report) -> bool:
    """Whether a line is one of those that rhyme: the even ones, and the first where there is one rhyme more."""
    return index % 2 == 1 or (index == 0 and len(report.rhymes) > len(report.lines) // 2)
