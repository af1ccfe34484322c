"""The human line nearest to each line of a poem, where the corpus is at hand."""

from collections.abc import Sequence
from pathlib import Path

from apps.texts import say
from charrnn_core.escape import escape
from poetry.corpus.lines import CorpusLines

_corpus: list[CorpusLines] = []


def use_corpus(path: Path) -> None:
    """Compare with the lines of an encoded corpus. Raises UsageError when the file is none."""
    from poetry.corpus import encoding

    _corpus[:] = [CorpusLines.of(encoding.load(path))]


def describe(lines: Sequence[str]) -> str:
    """A list as HTML; empty without a corpus."""
    if not _corpus:
        return ""
    items = []
    for line in lines:
        text, _, shared = _corpus[0].nearest(line)
        if text:
            items.append(f'<li lang="zh-Hans">{escape(line)}：{escape(say("nearest", line=text, shared=shared))}</li>')
    return f'<ul class="nearest">{"".join(items)}</ul>'
