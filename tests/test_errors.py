"""Errors carry a sentence and what fills its gaps, and every sentence is there in both languages."""

import ast
import pickle
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.chinese import CHINESE_OF
from charrnn_core.errors import LIST, CharRNNError, Phrase, UsageError

ROOT = Path(__file__).parents[1]
RAISED = {"CharRNNError", "UsageError", "WeightsError", "DataError", "BrokenRuleError", "ColumnError", "Phrase"}
CATALOGUES = {"chinese.py", "reasons.py"}  # a sentence that stands there is not yet said
HANDED_ON = {"prompt.error", "wish.error", "said"}  # phrases that were made elsewhere


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Every making of an error or a phrase."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RAISED and node.args:
            yield node


def _sentences(call: ast.Call) -> list[str]:
    """The sentence, or both of a choice; none where it is handed on or said by the app itself."""
    said = call.args[0]
    if ast.unparse(said) in HANDED_ON or (isinstance(said, ast.Call) and ast.unparse(said.func) == "say"):
        return []
    parts = [said.body, said.orelse] if isinstance(said, ast.IfExp) else [said]
    assert all(isinstance(part, ast.Constant) for part in parts), f"a sentence with gaps, not: {ast.unparse(call)}"
    return [str(part.value) for part in parts if isinstance(part, ast.Constant)]


def _gaps(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def _wrong(tree: ast.AST) -> list[str]:
    """What is missing of the sentences of a module."""
    found = []
    for call in _calls(tree):
        values = {keyword.arg for keyword in call.keywords}
        for sentence in _sentences(call):
            if sentence not in CHINESE_OF:
                found.append(f"no Chinese: {sentence}")
            elif values and _gaps(sentence) != values:
                found.append(f"the gaps are not {values}: {sentence}")
    return found


def _modules() -> list[Path]:
    return [path for top in ("apps", "charrnn_core", "poetry") for path in (ROOT / top).rglob("*.py")]


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_error_has_its_values_and_its_chinese(path: Path) -> None:
    assert _wrong(ast.parse(path.read_text(encoding="utf-8"))) == []


def test_the_check_above_can_fail() -> None:
    for code in ("raise UsageError('a new one')", "Phrase('no gap', n=1)", "UsageError('there are {count} poems')"):
        assert len(_wrong(ast.parse(code))) == 1
    with pytest.raises(AssertionError, match="not: UsageError"):
        _wrong(ast.parse("raise UsageError(f'no {n}')"))
    assert sum(len(list(_calls(ast.parse(path.read_text(encoding="utf-8"))))) for path in _modules()) > 200


def test_both_languages_have_the_same_gaps_and_every_chinese_sentence_is_said() -> None:
    assert not [english for english, chinese in CHINESE_OF.items() if not _gaps(chinese) <= _gaps(english)]
    said = {
        sentence
        for path in _modules()
        for call in _calls(ast.parse(path.read_text(encoding="utf-8")))
        for sentence in _sentences(call)
    }
    used = {node.value for path in _modules() for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and path.name not in CATALOGUES}  # fmt: skip
    assert not CHINESE_OF.keys() - said - used - {LIST}


def test_an_error_is_said_in_the_language_of_a_catalogue() -> None:
    place = Phrase("line {n}", n=2)
    error = UsageError("{place}: {names} or {character!r}", place=place, names=["a", "b"], character="月")
    chinese = {
        "line {n}": "第 {n} 句",
        "{place}: {names} or {character!r}": "{place}：{names}、“{character}”",
        LIST: "、",
    }
    assert str(error) == "line 2: a b or '月'"
    assert error.phrase.said(chinese) == "第 2 句：a、b、“月”"
    assert error.phrase.said({}) == str(error)
    assert (error.key, error.values["names"]) == ("{place}: {names} or {character!r}", ["a", "b"])


def test_a_sentence_without_values_may_hold_braces() -> None:
    assert str(UsageError('give {"head": "春"}')) == 'give {"head": "春"}'


def test_an_error_survives_the_way_from_another_process_whatever_it_tells_of() -> None:
    cause = type("Odd", (Exception,), {"__reduce__": lambda self: 1 / 0})("why")
    error = UsageError("{path}: {why}", path=Path("a"), why=cause)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), again.phrase) == (UsageError, "a: why", error.phrase)
    assert isinstance(error, CharRNNError) and error.exit_code == 2
