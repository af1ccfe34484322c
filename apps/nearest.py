"""The human line nearest to each line of a poem, where the corpus is at hand."""

from collections.abc import Sequence
from pathlib import Path

from apps.texts import say
from charrnn_core.escape import escape
from poetry.corpus.lines import CorpusLines

_current: list["Nearest"] = []


def use_corpus(path: Path) -> None:
    """Let this process compare with the lines of an encoded corpus. Raises UsageError when the file is none."""
    from poetry.corpus import encoding

    _current[:] = [Nearest(CorpusLines.of(encoding.load(path)))]


def describe(lines: Sequence[str]) -> str:
    """What is nearest in the corpus of this process; empty where it has none."""
    return _current[0].describe(lines) if _current else ""


class Nearest:
    """The lines of a corpus, to compare with."""

    def __init__(self, corpus: CorpusLines) -> None:
        self.corpus = corpus

    def describe(self, lines: Sequence[str]) -> str:
        """A list as HTML."""
        items = []
        for line in lines:
            text, _, shared = self.corpus.nearest(line)
            if text:
                found = say("nearest", line=text, shared=shared)
                items.append(f'<li lang="zh-Hans">{escape(line)}：{escape(found)}</li>')
        return f'<ul class="nearest">{"".join(items)}</ul>'
