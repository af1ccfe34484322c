"""What the library says reaches a reader in their language: no sentence is missing, and real ones read well."""

import ast
import random
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import gradio as gr
import pytest

from apps import api, messages, report, service
from apps.current import CHINESE, serving
from apps.guard import guarded
from apps.phrasebook import Phrasebook
from apps.presence import present
from apps.texts import TEXTS
from charrnn_core.errors import CharRNNError, UsageError, WeightsError
from charrnn_core.lab.interpret import units
from poetry.prosody import patterns
from poetry.prosody.judge import POLICIES, check
from poetry.prosody.table import BOOKS, pingshui
from poetry.slots.regulated import draw_plans
from poetry.text.forms import QIJUE, WUJUE
from poetry.writing import trace
from poetry.writing.rewriting import request_to_rewrite

ROOT = Path(__file__).parents[1]
TOWER = "白日依山尽，黄河入海流。欲穷千里目，更上一层楼。"  # 王之涣 (688-742)
SHOWN = {"CharRNNError", "UsageError", "DataError"}  # a WeightsError is never shown: it names a path
FILES = {  # read when the app starts, by whoever started it
    "charrnn_core.atomic",
    "poetry.corpus.read",
    "poetry.corpus.registry",
    "poetry.corpus.encoding",
    "poetry.training.curves",
}
COMMANDS = {  # functions that only commands call
    "check_length",
    "find_form",
    "given_lines",
    "hanzi",
    "poem_to_rewrite",
    "read_text",
    "resume",
    "_file",
    "_forced",
    "_short",
}


def _file_of(module: str) -> Path | None:
    path = ROOT / module.replace(".", "/")
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file()), None)


def _reached() -> dict[str, ast.Module]:
    """Every module of the library that the app imports, at once or within a function, with its tree."""
    trees: dict[str, ast.Module] = {}
    todo = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in (ROOT / "apps").rglob("*.py")]
    while todo:
        module = todo.pop()
        path = _file_of(module)
        if module.split(".")[0] not in ("apps", "poetry", "charrnn_core") or module in trees or path is None:
            continue
        trees[module] = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(trees[module]):
            if isinstance(node, ast.ImportFrom) and node.module:
                todo += [node.module, *(f"{node.module}.{name.name}" for name in node.names)]
            elif isinstance(node, ast.Import):
                todo += [name.name for name in node.names]
    return {module: tree for module, tree in trees.items() if module.split(".")[0] != "apps"}


def _template(node: ast.expr) -> str | None:
    """A text with {} for what is filled in; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def _raised(tree: ast.AST, function: ast.FunctionDef | None = None) -> Iterator[str]:
    """The templates of the errors that a module raises, except in what commands do with their arguments."""
    for node in ast.iter_child_nodes(tree):
        inside = node if isinstance(node, ast.FunctionDef) else function
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
            names = {a.arg for a in inside.args.args} if inside else set()
            ours = inside is None or (inside.name not in COMMANDS and "arguments" not in names)
            if node.exc.func.id in SHOWN and ours:
                template = _template(node.exc.args[0])
                assert template is not None, f"write the message where it is raised: {ast.unparse(node)}"
                yield template
        yield from _raised(node, inside)


def _composed(tree: ast.Module) -> set[str]:
    """All templates of a module that put its sentences together, names of files and the like left out."""
    found = {_template(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)}
    return {template for template in found if template and re.search(r"[^\W\d]|；|。", template.replace("{}", ""))}


def test_every_error_that_can_be_shown_has_its_chinese() -> None:
    known = {english for english, _ in messages.ERRORS}
    raised = {(module, said) for module, tree in _reached().items() if module not in FILES for said in _raised(tree)}
    assert len(raised) > 40
    assert not [f"{module}: {said}" for module, said in sorted(raised) if said not in known]


@pytest.mark.parametrize(
    ("module", "table"),
    [
        ("poetry.slots.regulated", messages.ERRORS),
        ("poetry.writing.rewriting", messages.ERRORS),
        ("poetry.prosody.judge", messages.ERRORS + messages.REMARKS),
    ],
)
def test_every_part_of_a_composed_sentence_has_its_translation(module: str, table: tuple) -> None:
    known = [source for source, _ in table]
    parts = _composed(_reached()[module])
    assert parts and not [part for part in parts if not any(part in source or source in part for source in known)]


def test_the_checks_above_can_fail() -> None:
    tree = ast.parse("def f(n):\n    if n:\n        raise UsageError(f'no {n!r} ' f'at all; give {n + 1}')")
    assert list(_raised(tree)) == ["no {} at all; give {}"] and _composed(tree) == {"no {} at all; give {}"}
    assert list(_raised(ast.parse("def f(arguments):\n    raise UsageError('x')"))) == []


def test_what_is_left_to_commands_is_not_called_by_the_app() -> None:
    own = {"hanzi", "read_text"}  # limits.hanzi, Path.read_text
    for path in (ROOT / "apps").rglob("*.py"):
        called = {
            node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute)
        }
        assert not called & (COMMANDS - own), path


def test_gaps_agree_on_both_sides() -> None:
    for source, said in messages.ERRORS + messages.REMARKS:
        count = source.count("{}")
        assert set(re.findall(r"{(\d)}", said)) <= {str(n) for n in range(count)} and "{}" not in said, source


def test_a_phrasebook_prefers_what_says_most_and_translates_what_fills_the_gaps() -> None:
    book = Phrasebook([("{}; {}", "{0}；{1}"), ("no {} of {}", "{1}没有{0}"), ("a.b", "点")])
    assert book.say("no a.b of c; axb") == "c没有点；axb"  # a point is a point
    assert book.say("no x; y of c; d") == "c；d没有x；y"
    assert book.say("{0} {} %s") == "{0} {} %s"


BADLY = [
    (
        {"head": "春", "acrostic": "月山水"},
        "七绝的藏头要 4 字，这里是 3 字；绝句四字，律诗八字",
        "needs 4 characters, 3",
    ),
    ({"head": "春", "acrostic": "月山水花"}, "第 1 句第 1 字：又要“春”又要“月”，请舍去一个", "both 春 and 月"),
    (
        {"head": "山川草木花鸟", "form": "五绝"},
        "五绝第 1 句没有第 6 字；请少写几字，或换个位置",
        "no character 6 in line 1",
    ),
    (
        {"acrostic": "月山月江", "at": -1, "rhyme": "一东"},
        "第 2 句第 7 字：韵脚“山”属十五删，不属一东（出韵）；哪一种格律都不合，请换字或换韵",
        "the rhyme word 山 belongs to 十五删, not to 一东 (出韵); no pattern admits it",
    ),
    (
        {"head": "月出东山上", "form": "五绝", "pattern": "平起首句入韵"},
        "第 1 句第 1 字：“月”是仄声，而平起首句入韵这里须用平声；改用仄起首句不入韵就可以",
        "character 1: 月 is 仄 (oblique), but 平起首句入韵 needs 平 (level) there",
    ),
    ({"theme": "qwerty"}, "主题里没有可写的东西；请用中文说出一物、一地或一种心情", "names nothing to write about"),
]


def _said(work, language: str, **values) -> str:
    asked = SimpleNamespace(headers={"accept-language": language}, session_hash="a", state=SimpleNamespace())
    with present.listening("a"), pytest.raises(gr.Error) as refused:
        guarded(work)(request=asked, **values)
    return refused.value.message


@pytest.mark.parametrize(("wish", "chinese", "english"), BADLY)
def test_a_wish_that_cannot_be_fulfilled_is_explained_in_both_languages(wish, chinese, english) -> None:
    assert _said(api.generate, "zh-CN", **wish) == chinese
    assert english in _said(api.generate, "en", **wish)


@pytest.mark.parametrize(
    ("values", "chinese", "english"),
    [
        ({"gap": "9"}, "“9”不是诗里的一句；请写 3，或写 3:2-4（第 2 到 4 字）", "the gap '9' names no line"),
        ({"gap": "1:9"}, "第 1 句只有第 1 到 5 字，没有 1:9", "line 1 has characters 1 to 5, not 1:9"),
        ({}, "没有说改哪里；请指明一句或几个字，或在诗里写 □", "no gap; name a line"),
    ],
)
def test_a_rewriting_that_cannot_be_is_explained_in_both_languages(values, chinese, english) -> None:
    assert _said(api.rewrite, "zh", text=TOWER, **values) == chinese
    assert english in _said(api.rewrite, "en", text=TOWER, **values)


def test_text_without_verse_is_explained_in_both_languages() -> None:
    assert _said(api.check, "zh", text="abc") == "文字里没有诗句；请给一首诗"
    assert _said(api.check, "en", text="abc") == "there is no Chinese verse in the text; give a poem"


def test_no_english_is_left_in_whatever_is_wrong_with_a_wish() -> None:
    """Wishes drawn at random, most of which cannot be fulfilled; what Chinese readers see holds no English word."""
    draw, known, said = random.Random(0), sorted(pingshui()), set()
    names = [pattern.name for pattern in patterns.patterns(7)]
    with serving("zh", float("inf")):
        for _ in range(300):
            form = draw.choice(["五绝", "七绝", "五律", "七排", "其他"])
            count = draw.choice([4, 4, 8, 3])
            wish = {
                "form": form,
                "head": "".join(draw.choices(known, k=draw.choice([0, 1, 7]))),
                "acrostic_text": "".join(draw.choices(known, k=count)) if draw.random() < 0.7 else "",
                "at": draw.choice([1, -1, 5, -7]),
                "pattern": draw.choice(["", *names]),
                "rhyme": draw.choice(["", *service.RHYMES]),
            }
            try:
                order = service.order(**wish)
                sets = service.networks.writer(order.cell).model.sets()
                draw_plans(order.request.wish, sets, service.np.random.default_rng(0), 1)
            except CharRNNError as error:
                said.add(messages.error_line(error))
            except AttributeError:  # free verse has no wish
                assert form == "其他"
    assert len(said) > 50
    assert not [line for line in said if re.search("[A-Za-z]{2}", line)]


def test_no_chinese_sentence_is_left_in_the_checkers_remarks_for_english_readers() -> None:
    """Nonsense, which breaks every rule, judged by every book and policy."""
    draw, known, names = random.Random(1), sorted(pingshui()), set()
    with serving("en", float("inf")):
        for number in range(400):
            form = (WUJUE, QIJUE)[number % 2]
            lines = ["".join(draw.choices(known, k=form.length)) for _ in range(draw.choice([4, 8]))]
            if number % 5 == 0:
                lines[3] = lines[3][:-1] + lines[1][-1]
            found = check(lines, POLICIES[number % 3], BOOKS[number // 3 % 3])
            for one in (*found.faults, *found.notes):
                names.add(one.name)
                assert not re.search("[，：；“”]|第.句|相|须", messages.remark(one.why)), one.why
    assert len(names) > 10


def test_a_remark_in_both_languages() -> None:
    reports = [check(["日照香炉生紫烟", "遥看瀑布挂前川", "飞流直下三千尺", "疑是银河落九天"], "strict")]
    with serving("zh", float("inf")):
        assert "全诗没有" not in report.describe(reports) and "strictly" not in report.describe(reports)
    with serving("en", float("inf")):
        assert re.search(r"line \d, character \d, ., should be (level|oblique)", report.describe(reports))


def test_errors_that_are_not_for_readers_tell_nothing() -> None:
    with serving("zh", float("inf")):
        for error in (WeightsError("cannot read /secret"), OSError("/secret")):
            assert messages.error_line(error) == "程序出错，没有写成；请换个要求再试"


def test_an_unknown_line_is_shown_as_it_is() -> None:
    with serving("zh", float("inf")):
        assert messages.error_line(UsageError("a new sentence,\n in English")) == "a new sentence, in English"


def test_a_gap_outside_the_poem_is_said_in_chinese() -> None:
    sets = service.networks.writer("lstm").model.sets()
    with serving("zh", float("inf")), pytest.raises(UsageError) as refused:
        request_to_rewrite(["白日依山尽", "黄河入海流", "欲穷千里目", "更上一层楼"], [(4, 0)], sets)
    with serving("zh", float("inf")):
        assert messages.error_line(refused.value).startswith("诗里没有第 5 句第 1 字；请指明一句")


def test_every_feature_a_unit_may_track_has_its_name() -> None:
    assert not [name for name in units.FEATURES if f"feature_{name}" not in TEXTS]
    assert not [name for name in trace._needs([]) if name not in TEXTS]


def test_what_became_of_a_theme_is_said_in_both_languages() -> None:
    with serving("zh", float("inf")):
        assert service.understood("手机") == "主题取作：手机→音书" and service.understood("") == ""
    with serving("en", float("inf")):
        assert service.understood("我想写一首江边送别的诗").startswith("the theme is taken as 送别、")


@pytest.mark.parametrize(
    ("line", "chinese"),
    [
        ('the row is no JSON object; give such as {"head": "春"}', "这一行不是 JSON 对象；请一行写一个对象"),
        ("temperature must be a number; mend it or leave it out", "temperature 须是数；请改正或不写"),
        ("the row has 9 cells, but there are 3 columns; mend it", "这一行有 9 格，列只有 3 个；请改正"),
    ],
)
def test_what_is_wrong_with_a_row_of_a_batch(line: str, chinese: str) -> None:
    with serving(CHINESE, float("inf")):
        assert messages.error_line(UsageError(line)) == chinese
