"""The human line nearest to each line of a poem, where the corpus is at hand."""

from collections.abc import Sequence
from pathlib import Path

from apps.texts import say
from charrnn_core.escape import escape
from poetry.corpus.lines import CorpusLines


class Nearest:
    """The lines of a corpus to compare with, or none."""

    def __init__(self, path: Path | None = None) -> None:
        """Of an encoded corpus. Raises UsageError when the file is none."""
        self._corpus: CorpusLines | None = None
        if path:
            from poetry.corpus import encoding

            self._corpus = CorpusLines.of(encoding.load(path))

    def describe(self, lines: Sequence[str]) -> str:
        """A list as HTML; empty without a corpus."""
        if not self._corpus:
            return ""
        items = []
        for line in lines:
            text, _, shared = self._corpus.nearest(line)
            if text:
                found = say("nearest", line=text, shared=shared)
                items.append(f'<li lang="zh-Hans">{escape(line)}：{escape(found)}</li>')
        return f'<ul class="nearest">{"".join(items)}</ul>'
