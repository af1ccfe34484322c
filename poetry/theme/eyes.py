"""题眼 (the eye of a title): the word of a title that its poem is likeliest to name.

eyes.tsv holds words of one and two Hanzi with the share of poems, among those whose title has the word, that have it,
too, and the share of all poems that have it. Of a title's words the eye is the one for which share log(share / of all)
is greatest: 洞庭 of 怀洞庭, 梅 of 正朝摘梅.

Many a title is named by none of its own words: poems of 七夕 speak of 鹊 and 河, of 元夕 of 灯, of 昭君 of 汉宫 and 胡.
subjects.tsv holds what poems under titles with two or three such Hanzi say more than others do; where a title has one,
its words stand for these Hanzi. `python -m poetry.theme.build_eyes` writes both tables.
"""

import math
from functools import cache
from importlib.resources import files

FILE, SUBJECTS = "eyes.tsv", "subjects.tsv"
WIDER = 0.5  # of its worth must a word of two Hanzi have to stand for one of them


@cache
def _worth() -> dict[str, float]:
    rows = files("poetry.theme").joinpath(FILE).read_text(encoding="utf-8").splitlines()
    return {word: worth(float(share), float(of_all)) for word, share, of_all in (row.split("\t") for row in rows)}


def worth(share: float, of_all: float) -> float:
    """How much a word of a title says of its poem: nats a poem."""
    return share * math.log(share / of_all)


@cache
def _subjects() -> dict[str, dict[str, float]]:
    text = files("poetry.theme").joinpath(SUBJECTS).read_text(encoding="utf-8")
    rows = (row.split("\t") for row in text.splitlines())
    return {title: {word: float(worth) for word, worth in map(str.split, said)} for title, *said in rows}


def words(title: str) -> dict[str, float]:
    """The words that a poem of the title is likely to name, with their worth; the longer ones first."""
    known, subjects, found = _worth(), _subjects(), dict[str, float]()
    rest = title
    for part in (title[k : k + n] for n in (3, 2) for k in range(len(title) - n + 1)):
        if part in subjects and part in rest:
            found |= subjects[part]
            rest = rest.replace(part, " " * len(part))
    found |= {part: known[part] for n in (2, 1) for k in range(len(rest) - n + 1) if (part := rest[k : k + n]) in known}
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


def eye(title: str) -> str:
    """The title's word that its poem most likely names, "" if there is none."""
    known = words(title)
    best = max(known, key=lambda word: known[word], default="")
    wider = [word for word in known if best in word and known[word] > WIDER * known[best]]
    return max(wider, key=len, default="")  # 樱桃 rather than 樱
