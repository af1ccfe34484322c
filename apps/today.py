"""The poem of the day, with which the page opens: titled by the solar term (节气) it falls in, its seed the date.

Written once a day, whoever asks first, and kept.
"""

import threading
from datetime import date
from typing import Any

from apps import service
from apps.jobs import Jobs
from poetry.writing.poem import Poem

# The day on which each term begins, give or take one; they follow the sun.
TERMS = (
    *(
        (1, 5, "小寒"),
        (1, 20, "大寒"),
        (2, 4, "立春"),
        (2, 19, "雨水"),
        (3, 5, "惊蛰"),
        (3, 20, "春分"),
        (4, 4, "清明"),
    ),
    *(
        (4, 20, "谷雨"),
        (5, 5, "立夏"),
        (5, 21, "小满"),
        (6, 5, "芒种"),
        (6, 21, "夏至"),
        (7, 7, "小暑"),
        (7, 22, "大暑"),
    ),
    *((8, 7, "立秋"), (8, 23, "处暑"), (9, 7, "白露"), (9, 23, "秋分"), (10, 8, "寒露"), (10, 23, "霜降")),
    *((11, 7, "立冬"), (11, 22, "小雪"), (12, 7, "大雪"), (12, 21, "冬至")),
)


def wishes(day: date) -> dict[str, Any]:
    """What the poem of a day is asked for."""
    begun = [name for month, first, name in TERMS if (month, first) <= (day.month, day.day)]
    return {"title": begun[-1] if begun else TERMS[-1][2], "seed": int(f"{day:%Y%m%d}")}


class Today:
    """The poem of the day of one app, written by its workers."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self._kept: dict[date, Poem] = {}
        self._writing = threading.Lock()

    def poem(self, day: date) -> Poem:
        """The poem of a day. Raises as apps.jobs does."""
        with self._writing:
            if day not in self._kept:
                (written,) = self._jobs.results(service.poems, wishes(day))
                self._kept = {day: written}
            return self._kept[day]
