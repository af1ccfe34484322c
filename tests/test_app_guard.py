"""The door of every event: language, deadline, and one polite line on failure."""

from types import SimpleNamespace

import gradio as gr
import pytest

from apps.current import check_time, language
from apps.guard import guarded
from apps.presence import Presence
from apps.shared import shared
from charrnn_core.errors import UsageError, WeightsError


def _asked(language: str) -> SimpleNamespace:
    """A request of an app of its own."""
    state = SimpleNamespace(shared=SimpleNamespace(presence=Presence()))
    return SimpleNamespace(headers={"accept-language": language}, session_hash="a", state=state)


ENGLISH, CHINESE = _asked("en"), _asked("zh-CN")


def test_an_event_speaks_the_language_of_its_request():
    speak = guarded(lambda word, request: f"{word} {language()}")
    assert speak("a", ENGLISH) == "a en"
    assert speak("a", request=CHINESE) == "a zh"


def test_every_step_of_a_generator_does():
    def steps(request):
        for _ in range(3):
            yield language()

    english, chinese = guarded(steps)(ENGLISH), guarded(steps)(CHINESE)
    assert [word for pair in zip(english, chinese, strict=True) for word in pair] == ["en", "zh"] * 3


def test_an_event_shares_what_its_app_does_and_no_other():
    def steps(request):
        while True:
            yield shared()

    english, chinese = ENGLISH.state.shared, CHINESE.state.shared
    alone = guarded(lambda request: shared())
    assert alone(ENGLISH) is english and alone(CHINESE) is chinese
    found = zip(guarded(steps)(ENGLISH), guarded(steps)(CHINESE), strict=True)
    assert all(next(found) == (english, chinese) for _ in range(3))


def test_a_generator_that_is_left_is_closed():
    closed = []

    def steps(request):
        try:
            yield 1
            yield 2
        finally:
            closed.append(True)

    running = guarded(steps)(ENGLISH)
    assert next(running) == 1
    running.close()
    assert closed == [True]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (UsageError("no <b>\nsuch thing"), "no &lt;b&gt; such thing"),
        (WeightsError("cannot read /secret/path"), "something went wrong inside; try another wish"),
        (RuntimeError("/secret/path"), "something went wrong inside; try another wish"),
        (MemoryError(), "something went wrong inside; try another wish"),
    ],
)
def test_failures_are_one_polite_line(error, said, capfd):
    def work(request):
        raise error

    def steps(request):
        yield 1
        raise error

    with pytest.raises(gr.Error) as once:
        guarded(work)(ENGLISH)
    running = guarded(steps)(ENGLISH)
    next(running)
    with pytest.raises(gr.Error) as later:
        next(running)
    for raised in (once, later):
        assert raised.value.message == said and raised.value.__cause__ is None


def test_time_is_up_when_it_is_up():
    def work(request):
        check_time()
        return "in time"

    assert guarded(work)(ENGLISH) == "in time"
    with pytest.raises(gr.Error, match="too long"):
        guarded(work, seconds=-1)(ENGLISH)
