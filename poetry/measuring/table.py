"""The figures of an evaluation as a table for people."""

from typing import Any

ABOUT = {
    "poems": "首数 / poems",
    "failed": "没有写成的行 / rows without a poem",
    "duplicates": "重复的诗 / poems that were there before",
    "with_fault": "不合律的诗 / poems with a fault",
    "lines_of_the_corpus": "语料中有的句 / lines the corpus has",
    "perplexity": "每字困惑度 / perplexity per Hanzi",
    "with_tones_and_rhyme": "给出平仄与韵 / told tones and rhyme",
    "with_key_words": "给出主题词 / told key words",
    "with_title": "给出题目 / told the title",
    "the_same_without_title": "同上，不给题目 / the same poems, not told",
    "four_forms": "四种诗体 / in the four forms",
    "no_fault": "合律 / no fault",
    "tones": "平仄合 / tones without fault",
    "rhyme": "押韵合 / rhyme without fault",
    "narrow_rhyme": "窄韵 / a rhyme of few words",
    "distinct_1": "distinct-1",
    "distinct_2": "distinct-2",
    "repeats_within_a_line": "句内重字 / a character twice in a line",
    "repeats_across_lines": "句间重字 / a character in two lines",
    "copied_lines": "抄袭的句 / lines of the training part",
    "copied_5_grams": "抄袭的五字 / its 5-grams",
    "theme_fit": "十题中认出本题 / its own title of ten",
}


def table(figures: dict[str, dict[str, Any]]) -> str:
    """The figures as a Markdown table, a column for every set."""
    names = [name for name in ABOUT if any(name in column for column in figures.values())]
    rows = [["", *figures], ["---", *("---:" for _ in figures)]]
    rows += [[ABOUT[name], *(_shown(column.get(name)) for column in figures.values())] for name in names]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:.4g}" if isinstance(value, float) else str(value)
