"""Several poems of one request, no two alike."""

from collections.abc import Iterator

from poetry.writing.poem import Poem
from poetry.writing.request import Request
from poetry.writing.writer import Writer

TRIES = 20  # seeds tried for a poem that differs from the others


def different(writer: Writer, request: Request, seed: int, count: int) -> Iterator[Poem]:
    """The poems, each when it is written, from the seeds `seed`, `seed` + 1 and so on; fewer than `count` where there
    are no more: at temperature 0 there is one."""
    written: set[str] = set()
    for _ in range(count):
        for _ in range(TRIES if request.sampling.temperature or not written else 0):
            poem = writer.write(request, seed)
            seed += 1
            if poem.text not in written:
                break
        else:
            return
        written.add(poem.text)
        yield poem
