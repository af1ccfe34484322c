"""The app's limits hold on the server, and say in one line of the reader's language what is wrong."""

import re
import time

import pytest

from apps import limits, service
from apps.current import TimeUpError, check_time, preferred, serving
from apps.texts import TEXTS, say
from charrnn_core.errors import UsageError
from charrnn_core.escape import escape

HOSTILE = ["\ud800", "春\x00", "a\x1bb", "x\u2028y", "\x7f", "一\n二", "<script>", "../../etc/passwd", "'; --"]


@pytest.mark.parametrize("value", HOSTILE)
def test_only_hanzi_pass_as_hanzi(value):
    with pytest.raises(UsageError) as error:
        service.order(head=value)
    assert "\n" not in str(error.value) and "\ud800" not in str(error.value)


@pytest.mark.parametrize("value", [5, 1.5, True, [], {}, ["春"], b"x", object()])
def test_only_text_passes_as_text(value):
    with pytest.raises(UsageError):
        limits.text(value, "head", 40)


def test_text_is_cleaned_and_cut_short_of_nothing():
    assert limits.text(None, "head", 5) == ""
    assert limits.text("  a b  ", "head", 3) == "a b"
    assert limits.text("a\r\nb", "text", 3, lines=True) == "a\nb"
    assert limits.text("  a", "text", 3, strip=False) == "  a"
    assert service.order(head=" 風 ").request.given == "风"


@pytest.mark.parametrize("length", [8, 2_000, 1_000_000])
def test_too_much_text_is_refused(length):
    with pytest.raises(UsageError, match=str(length)):
        limits.text("春" * length, "head", limits.HEAD)


@pytest.mark.parametrize(
    "value", [0, 7, 1.5, float("nan"), float("inf"), -1, True, "3", None, [1], 10**400], ids=lambda v: repr(v)[:9]
)
def test_numbers_outside_bounds_are_refused(value):
    with pytest.raises(UsageError):
        limits.whole(value, "count", 1, 6)


def test_choices_and_flags():
    assert limits.choice("a", "form", ("a", "b")) == "a"
    for value in ("c", None, 3, ["a"], {"a": 1}):
        with pytest.raises(UsageError):
            limits.choice(value, "form", ("a", "b"))
    assert limits.flag(None, "kind") is False
    with pytest.raises(UsageError):
        limits.flag("yes", "kind")


def test_messages_follow_the_language():
    with serving("en", float("inf")):
        assert "at most 7" in _message()
    with serving("zh", float("inf")):
        assert "至多 7" in _message()


def _message() -> str:
    with pytest.raises(UsageError) as error:
        limits.text("春" * 8, "head", limits.HEAD)
    return str(error.value)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-US,en;q=0.9,zh;q=0.8", "en"),
        ("en;q=0.2,zh-TW;q=0.7", "zh-Hant"),
        ("fr,de;q=0.5", "en"),
        ("", "en"),
        (None, "en"),
        (";;q=,zh;q=x" * 1000, "en"),
    ],
)
def test_the_header_names_the_language(header, language):
    assert preferred(header) == language


def test_every_text_is_there_in_both_languages():
    assert all(len(pair) == 2 and all(pair) for pair in TEXTS.values())
    for key, pair in TEXTS.items():
        chinese, english = (set(re.findall(r"{(\w+)", text)) for text in pair)
        assert chinese == english, key


def test_time_runs_out():
    check_time()
    with serving("en", time.monotonic() - 1), pytest.raises(TimeUpError, match="too long"):
        check_time()
    check_time()


def test_escaping_leaves_nothing_that_a_page_or_a_template_reads():
    escaped = escape("""<script>"'&{{x}}${y}`""")
    assert not set("<>\"'{}$`") & set(escaped)


def test_say_speaks_chinese_by_default():
    assert say("write") == "作诗"
