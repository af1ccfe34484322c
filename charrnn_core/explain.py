"""解释 (explain): `python -m charrnn_core.explain "STARTER"` shows which weights make B follow A.

Three questions: which path does this starter take to the next character; with --similar, where else does a unit do
what it does along it; with --units, which hidden units track something readable.
"""

import argparse
import json
import os
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from charrnn_core.atomic import replacing, write_text
from charrnn_core.command import Parser, printable, run
from charrnn_core.errors import UsageError
from charrnn_core.lab.alphabet import show
from charrnn_core.lab.char_files import asked_for
from charrnn_core.lab.char_model import CharModel
from charrnn_core.lab.char_trainer import read_text
from charrnn_core.lab.explanation import CONTROLS, OWN_TEXT, alike, explain, explain_units, state_after
from charrnn_core.lab.interpret import starter_page
from charrnn_core.lab.interpret.page import page, picture
from charrnn_core.lab.writing import by_softmax, continue_text

EXAMPLES = """\
例 / examples:
  python -m charrnn_core.explain "MENENIUS:"
  python -m charrnn_core.explain --weights char-rnn-snapshot.npz --text shakespeare_train.txt "All:" --next " "
  python -m charrnn_core.explain --from-zero ":" --next "\\n "
  python -m charrnn_core.explain "MENENIUS:" --page starter.html
  python -m charrnn_core.explain "MENENIUS:" --similar 10
  python -m charrnn_core.explain --units --page units.html --picture units.png
"""


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(
        prog="charrnn_core.explain",
        description="哪些权重使 B 跟在 A 后面 / which weights make B follow A",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("starter", nargs="?", help="开头，最后一个字符是 A / the starter; its last character is A")
    add("--next", help="B，可以是几个字符，\\n 为换行 / B, one character or more, \\n a newline; else the likeliest")
    add("--from-zero", action="store_true", help="从零状态读，如练习那样 / read from the zero state, as the exercise")
    add("--weights", type=Path, help="权重或课程快照；省略则用随包权重 / weights or snapshot; else the shipped ones")
    add(
        "--text",
        type=Path,
        help="上下文取自此文本；省略则由网络写 / contexts from this text; else its own",
    )
    add("--controls", type=int, help="对照几个同类的部分 / how many other parts of each kind are the control")
    add("--top", type=int, default=5, help="列出几个单元 / how many units are listed")
    add("--similar", type=int, metavar="UNIT", help="哪些段落里这个单元也这样变 / passages where a unit does the same")
    add("--units", action="store_true", help="寻找可读的单元 / find units that track something readable")
    add("--page", type=Path, help="写出着色的 HTML / write the coloured text as HTML")
    add("--picture", type=Path, help="写出着色的 PNG / write it as PNG")
    add("--seed", type=int, default=0, help="随机种子 / seed")
    add("--json", action="store_true", help="输出 JSON / print JSON")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    _check(arguments)
    model, rng = asked_for(arguments.weights), np.random.default_rng(arguments.seed)
    if arguments.units:
        record, table = explain_units(model, _text(model, arguments.text, rng), rng), _units_table
        _draw(model, record, arguments)
    elif arguments.similar is not None:
        text = _text(model, arguments.text, rng)
        record, table = alike(model, text, arguments.starter, arguments.similar), _alike_table
    else:
        record, table = _explained(model, arguments, rng), _table
    if arguments.json:
        print(json.dumps({k: v for k, v in record.items() if k != "text"}, ensure_ascii=False))
    else:
        print(table(record))


def _check(arguments: argparse.Namespace) -> None:
    """Contradictions are told before any work."""
    if (arguments.starter is None) != arguments.units:
        raise UsageError("give a starter, or --units")
    if arguments.similar is not None and (arguments.units or arguments.from_zero or arguments.next or arguments.page):
        raise UsageError("--similar needs a starter, and neither --units, --from-zero, --next nor --page")
    if arguments.from_zero and (arguments.units or arguments.text):
        raise UsageError("--from-zero reads the starter and nothing else; leave --units and --text out")
    if arguments.picture and not arguments.units:
        raise UsageError("--picture colours the text by the units found; add --units")
    if arguments.picture and find_spec("matplotlib") is None:
        raise UsageError("--picture needs matplotlib; install it with `pip install matplotlib`, or write a --page")


def _explained(model: CharModel, arguments: argparse.Namespace, rng: np.random.Generator) -> dict[str, Any]:
    """The record of a starter, its page written."""
    H = model.parameters.H
    if not 1 <= arguments.top <= H:
        raise UsageError("--top must be between 1 and {units}, not {top}", units=H, top=arguments.top)
    controls = min(CONTROLS, H - 1) if arguments.controls is None else arguments.controls
    if not 1 <= controls < H:
        raise UsageError("--controls must be between 1 and {most}, not {controls}", most=H - 1, controls=controls)
    text = None if arguments.from_zero else _text(model, arguments.text, rng)
    following = arguments.next.replace("\\n", "\n") if arguments.next else None
    record = explain(model, arguments.starter, following, text, rng, top=arguments.top, others=controls)
    if arguments.page:
        before = None if text is None else state_after(model, text)
        write_text(arguments.page, starter_page.page(model, record, arguments.starter, before))
    return record


def _text(model: CharModel, path: Path | None, rng: np.random.Generator) -> str:
    if path:
        return read_text(path, is_bytes=model.alphabet.is_bytes)
    return continue_text(model, model.zero_state(), OWN_TEXT, by_softmax(0.8, rng))


def _draw(model: CharModel, record: dict[str, Any], arguments: argparse.Namespace) -> None:
    rows = [row for row in record["units"] if abs(row["correlation"]) > row["control"]][:4] or record["units"][:1]
    if arguments.page:
        sections = [(row["unit"], f"{row['feature']}, r = {row['correlation']:+.2f}") for row in rows]
        write_text(arguments.page, page(model, record["text"], sections, "Units of a character network"))
    if arguments.picture:
        figure = picture(model, record["text"], rows[0]["unit"], rows[0]["feature"])
        with replacing(arguments.picture) as temporary:
            figure.savefig(temporary, format="png", dpi=120)


def _alike_table(r: dict[str, Any]) -> str:
    rows = [f"passages in which h[{r['unit']}] does what it does along {printable(r['starter'])!r}, nearest first"]
    for one in r["passages"]:
        before, here, after = (printable(one[part]) for part in ("before", "passage", "after"))
        rows.append(f"  {one['distance']:.3f}  {before}⟪{here}⟫{after}")
    return "\n".join(rows)


def _table(r: dict[str, Any]) -> str:
    a, b = show(r["last"]), " + ".join(map(show, r["next"]))
    rows = [f"p({b} | ... {a}) = {r['probability']:.4f}"]
    if r["head"] != {"name": "softmax", "temperature": 1.0}:
        rows.append(
            "through the head {name}, T = {temperature:g}; what follows are the logits before it".format(**r["head"])
        )
    rows += ["", f"units that raise {b} most above the average logit:"]
    rows.append("   unit   Wxh[j,A]   Whh h    bh      h[j]   Why[B,j]  Why h   above average")
    rows += [
        f"  h[{u['unit']:3d}]  {u['Wxh']:+8.3f} {u['carried']:+8.3f} {u['bias']:+6.2f}  {u['h']:+6.3f}"
        f"  {u['Why']:+7.3f} {u['contribution']:+7.3f}  {u['above_average']:+7.3f}"
        for u in r["units"]
    ]
    return "\n".join(
        [
            *rows,
            *_source_rows(r["strongest_input"], r["next"], a),
            *_ablation_rows(r["ablation"], a, b),
            *_mask_rows(r, b),
        ]
    )


def _source_rows(source: dict[str, Any], following: str, a: str) -> list[str]:
    j, i = source["index"]
    raises = [f"{show(o['character'])} Why[{o['index'][0]}, {j}] = {o['Why']:.4f}" for o in source["raises"]]
    rows = ["", f"the weight that {a} drives hardest: Wxh[{j}, {i}] = {source['Wxh']:.4f}"]
    rows.append("  that unit raises: " + ", ".join(raises))
    for character, one in zip(following, source["Why_next"], strict=True):
        rows.append(f"  and {show(character)}: Why[{one['index'][0]}, {j}] = {one['Why']:.4f}")
    return rows


KINDS = {"units": "units silenced", "Wxh": "weights of the same column of Wxh", "Why": "weights of the same row of Why"}


def _ablation_rows(cut: dict[str, Any], a: str, b: str) -> list[str]:
    where = f"over {cut['contexts']} contexts that end in {a}" if cut["contexts"] > 1 else "after this starter alone"
    rows = ["", f"ablation {where}: mean p({b}) = {cut['before']:.4f}"]
    for part, after in (cut["without"] | cut["without_weight"] | cut["without_column"]).items():
        rank = "  rank {} of {}".format(*cut["ranks"][part]) if part in cut["ranks"] else ""
        rows.append(f"  without {part:14s} {after:.4f}  ({after - cut['before']:+.4f}){rank}")
    for kind, control in cut["controls"].items():
        rows.append(
            f"  control, {control['parts']} other {KINDS[kind]}: mean |change| {control['mean_absolute_change']:.4f},"
            f" largest {control['largest_change']:+.4f}"
        )
    return rows


def _mask_rows(r: dict[str, Any], b: str) -> list[str]:
    mask = r["response_mask"]
    on = ", ".join(map(show, mask["outputs"])) or "none"
    return [
        "",
        f"response mask |x|, |h|, p > 0.5: {len(mask['units'])} units on, outputs on: {on}; these units carry",
        f"  {mask['share']:.0%} of the effect; with them alone p({b}) = {mask['probability']:.4f}",
    ]


def _units_table(r: dict[str, Any]) -> str:
    rows = [f"units over {r['characters']} characters; control = largest |r| of any unit with the feature shifted"]
    rows.append(f"saturated, |h| > 0.9: {r['saturated']:.1%} of all activations")
    rows.append("  feature                     unit      r    control   rise of nats where it holds, elsewhere; random")
    rows += [
        f"  {u['feature']:26s} h[{u['unit']:3d}]  {u['correlation']:+.2f}   {u['control']:.2f}     "
        f"{u['inside']:+.3f}  {u['outside']:+.3f}  {u['random_inside']:+.3f} +- {u['random_spread']:.3f}"
        for u in r["units"]
    ]
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
