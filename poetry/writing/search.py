"""Search by half-line: at each pause (顿) and line's end the best of a request's rows go on, no two alike, each in
several copies; between them more of them do, but not all, for most of the time is spent on reading what differs.

A row's worth is

    log p(text), a token, for the reader (poetry.writing.reader)
    + TASTE (the mark of a line that taste gives, the mean of those that are finished)
    + NEAR (cosine of the meaning of a line and the title's, their mean)
    + TAKEN_UP (share of the title that is taken up)
    + MATTER (how far the title's subjects, and the key words that a person gives, are named)
    + SCANS (share of the finished lines that scan), where no rules are asked for
    + critic_weight critic(text, title), of a network that has no taste

how natural its lines are to one who is told the title and the plan alone; how a reader would mark them
(poetry.writing.taste); how near the title they stay (poetry.theme.vectors), and how much of the title's words they have
named, each weighed by how surely poems name it (poetry.theme.eyes); how far they keep rules that they are not held to
(poetry.writing.scansion); and what the critic (poetry.critic) thinks of them: the log of the probability that its heads
give; that is of the text, not of a token, and of whole lines alone. The weights follow what agrees best with what
panels said of earlier poems (benchmarks.readings, docs/panel.md).

Choosing among finished poems, one good line is lost with the bad one after it; choosing on the way, it goes on. The
pause stands before a line's last three Hanzi.
"""

from collections.abc import Sequence

import numpy as np

from poetry.critic.critic import COUPLET, TITLE, Critic
from poetry.text.vocab import Vocabulary
from poetry.theme import eyes, vectors
from poetry.writing.candidates import Job
from poetry.writing.model import Model
from poetry.writing.reader import Reader, Reading
from poetry.writing.scansion import Scansion

# Rows that go on; of more at a pause or an end the best poem is a worse one, of fewer all are alike.
AT_PAUSE, AT_END, BETWEEN = 8, 4, 24
AFTER_PAUSE = 3  # Hanzi
TASTE, NEAR, TAKEN_UP, MATTER, SCANS = 2.5, 2.0, 0.6, 3.0, 3.0
# Beside `title`, `human` agrees with readers no better than chance, and `whole` adds nothing (benchmarks.readings).
HEADS = {TITLE: 1.0}
COUPLETS = 0.5  # the weight of `couplet` in poems of more lines than a quatrain, whose couplets need not be parallel
QUATRAIN = 4


class LineSearch:
    """The choice among rows of jobs of one kind, `candidates` a job. After the last line `worth` and `scores` (log p)
    are the rows', (B,) a token."""

    def __init__(self, model: Model, jobs: Sequence[Job], reader: Reader) -> None:
        self._reader = reader
        self.request, self.form = jobs[0].request, jobs[0].request.form
        self._jobs, self._critic = jobs, model.critic if self.request.critic_weight and not model.taste else None
        self._titles = _titles([job.request.title for job in jobs], model.vocabulary)
        self._words = [title_words(job.request.title, model.vocabulary) for job in jobs]
        self._tokens = model.vocabulary.tokens
        scans = not jobs[0].ruled and self.form.length in (5, 7)
        self._scansion = Scansion(self.form, model.sets(False)) if scans else None
        self._known: dict[tuple[str, tuple[int, ...]], float] = {}  # cosines of titles and lines
        self.worth = self.scores = np.zeros(0)

    def rows(self, state: Reading, of: np.ndarray, ids: np.ndarray) -> np.ndarray | None:
        """(B,) the rows to go on with after (T, B) ids, None to go on with all; see charrnn_core.decoding.decode."""
        T, width, R = len(ids), self.form.length + 1, self.request.candidates
        ends, pauses = T % width == 0, T % width == self.form.length - AFTER_PAUSE
        kept = AT_END if ends else AT_PAUSE if pauses else BETWEEN
        last = width * self.form.lines == T
        if kept >= R and not last:
            return None
        self.worth = self.scores = state.counted(ids[-1], of) / T
        if R == 1:
            return None
        if self.request.title:
            self.worth = self.worth + NEAR * self._nearness(ids) + TAKEN_UP * self._taken_up(ids)
        self.worth = self.worth + MATTER * self._matter(ids)
        if self._reader.taste and state.line:
            marks = self._reader.marks(state, ids[-1], of) if ends else state.line.earlier[of]
            self.worth = self.worth + TASTE * marks / (state.line.number + 1)
        if self._scansion and (lines := self._finished(ids)).size:
            self.worth = self.worth + SCANS * self._scansion.share(lines)
        if ends and self._critic:
            opinion = self._opinion(self._critic, ids.reshape(-1, width, ids.shape[1]))
            self.worth = self.worth + self.request.critic_weight * opinion
        return None if last else self._best_apart(kept, ids, even=ends or pauses)

    def _best_apart(self, kept: int, ids: np.ndarray, even: bool) -> np.ndarray:
        """(B,) rows: of each job the best `kept` of (T, B) ids that differ, each as often. Unless `even`, a job that
        has no more than these goes on as it is, with what is likely drawn oftener."""
        groups = np.arange(len(self.worth)).reshape(len(self._jobs), -1)
        for group in groups:
            _, first = np.unique(ids[:, group], axis=1, return_index=True)
            if even or len(first) > kept:
                apart = group[np.sort(first)]
                best = apart[np.argsort(-self.worth[apart], kind="stable")][:kept]
                group[:] = best[np.arange(len(group)) * len(best) // len(group)]
        return groups.ravel()

    def best(self) -> np.ndarray:
        """(G,) the best row of each job."""
        ranks = self.worth.reshape(len(self._jobs), -1)
        return ranks.argmax(axis=1) + self.request.candidates * np.arange(len(ranks))

    def _taken_up(self, ids: np.ndarray) -> np.ndarray:
        """(B,) the share of its title's words, by their worth, that each row of (T, B) ids has."""
        groups = np.split(ids, len(self._jobs), axis=1)
        return np.concatenate([share_of(words, group) for words, group in zip(self._words, groups, strict=True)])

    def _matter(self, ids: np.ndarray) -> np.ndarray:
        """(B,) how far each row of (T, B) ids has named its title's subjects: of each, by its worth, 1 - 1/2 for the
        first line that does, 1 - 1/4 for the second, where two are enough; 0 without subjects."""
        found, width = [], self.form.length + 1
        for job, group in zip(self._jobs, np.split(ids, len(self._jobs), axis=1), strict=True):
            lines = job.matter.enough[:, None]
            named = np.minimum(job.matter.named(group, width), lines)  # (S, R)
            found.append(job.matter.worth @ (1 - 0.25 ** (named / lines)) / max(1.0, job.matter.worth.sum()))
        return np.concatenate(found)

    def _nearness(self, ids: np.ndarray) -> np.ndarray:
        """(B,) how near to the title's the meaning of the lines is that each row of (T, B) ids has ended, on average:
        the cosine."""
        B, R, lines = ids.shape[1], self.request.candidates, self._finished(ids)
        if not len(lines):
            return np.zeros(B)
        titles = [job.request.title for job in self._jobs]
        total = [sum(self._near(titles[b // R], line[:, b]) for line in lines) for b in range(B)]
        return np.array(total) / len(lines)

    def _finished(self, ids: np.ndarray) -> np.ndarray:
        """(L, n, B) of (T, B) ids: the lines that have ended, without their marks."""
        width = self.form.length + 1
        return ids[: len(ids) // width * width].reshape(-1, width, ids.shape[1])[:, :-1]

    def _near(self, title: str, line: np.ndarray) -> float:
        key = title, tuple(line)
        if key not in self._known:
            words, text = vectors.shipped(), "".join(self._tokens[i] for i in line)
            self._known[key] = float(words.sense(text) @ words.sense(title))
        return self._known[key]

    def _opinion(self, critic: Critic, lines: np.ndarray) -> np.ndarray:
        """(B,) the critic's log-probabilities, weighed, of (L, n + 1, B) ids of lines with their marks."""
        titles = np.repeat(self._titles, self.request.candidates, axis=0)
        opinions = critic.scores(lines[:, :-1].transpose(2, 0, 1), titles)
        heads = HEADS if self.form.lines == QUATRAIN else HEADS | {COUPLET: COUPLETS}
        return np.asarray(sum(weight * _log_sigmoid(opinions[:, head]) for head, weight in heads.items()))


def title_words(title: str, v: Vocabulary) -> list[tuple[list[int], float]]:
    """Ids and worth of the title's words that poems name."""
    return [(v.ids(word), worth) for word, worth in eyes.words(title).items() if all(c in v for c in word)]


def share_of(words: list[tuple[list[int], float]], ids: np.ndarray) -> np.ndarray:
    """(R,) how much of the words' worth the rows (T, R) have; 0 where there are none."""
    found = np.zeros(ids.shape[1])
    for word, worth in words:
        ends = len(ids) - len(word) + 1
        found += worth * np.all([ids[k : k + ends] == c for k, c in enumerate(word)], axis=0).any(axis=0)
    return found / max(sum(worth for _, worth in words), 1e-9)


def _log_sigmoid(x: np.ndarray) -> np.ndarray:
    return -np.logaddexp(0, -x)


def _titles(titles: Sequence[str], v: Vocabulary) -> np.ndarray:
    """(G, I) ids, padded with 0."""
    rows = [[v.id(c) for c in title if c in v] for title in titles]
    found = np.zeros((len(rows), max(1, *map(len, rows)) if rows else 1), dtype=np.int64)
    for row, ids in zip(found, rows, strict=True):
        row[: len(ids)] = ids
    return found
