"""Read poems from files: the chinese-poetry JSON layout, or a user's own plain text.

Input: a folder or a file. Output: RawPoem records in a stable order. Text is left as it stands;
poetry.corpus.clean decides what of it is verse.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from charrnn_core.errors import DataError
from charrnn_core.progress import progress
from poetry.text.decoding import decoded

TANG, SONG, OWN = "tang", "song", "own"


@dataclass(frozen=True)
class RawPoem:
    """A poem as the source has it: `text` with its punctuation, usually in traditional script."""

    source: str
    title: str
    author: str
    text: str


def read_json(path: Path, source: str) -> Iterator[RawPoem]:
    """The poems of one chinese-poetry file, a JSON list of {title, author, paragraphs}.

    Raises DataError naming the file when it is missing, damaged or of another layout.
    """
    try:
        records = json.loads(path.read_bytes())
        for record in records:
            poem = RawPoem(source, record["title"], record["author"], "".join(record["paragraphs"]))
            if not (isinstance(poem.title, str) and isinstance(poem.author, str)):
                raise TypeError("a title and an author are text")
            yield poem
    except OSError as error:
        raise DataError(
            "cannot read {path}: {why}; fetch it with `python -m poetry.corpus fetch`", path=path, why=error.strerror
        ) from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DataError("{path} is damaged or not a list of poems; fetch it again", path=path) from error


def read_corpus(folder: Path, paths: list[str]) -> Iterator[RawPoem]:
    """The poems of the registered files `paths` under `folder`: all Tang files first, then Song.

    Tang goes first so that a poem printed in both collections counts as Tang.
    """

    def order(path: str) -> tuple[int, int]:
        _, dynasty, number, _ = Path(path).name.split(".")
        return (0 if dynasty == TANG else 1, int(number))

    for path in progress(sorted(paths, key=order), "读 / reading", "file"):
        yield from read_json(folder / path, Path(path).name.split(".")[1])


def read_plain(path: Path) -> Iterator[RawPoem]:
    """A user's own corpus: a text, one poem a line, as `text` or `title:text` (either colon).

    Raises DataError naming the file and, where there is one, the line; UsageError when it is no text.
    """
    try:
        content = decoded(path.read_bytes(), str(path))
    except OSError as error:
        raise DataError(
            "cannot read {path}: {why}; give a text file, one poem a line", path=path, why=error.strerror
        ) from error
    found = False
    for line in content.splitlines():
        if not line.strip():
            continue
        found = True
        head, colon, body = line.replace("：", ":").partition(":")
        title, text = (head, body) if colon else ("", line)
        yield RawPoem(OWN, title.strip(), "", text.strip())
    if not found:
        raise DataError("{path} holds no poem; put one poem on a line", path=path)
