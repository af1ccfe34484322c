"""解释 (explain): `python -m charrnn_core.explain "STARTER"` shows which weights make B follow A.

Two questions: which path does this starter take to the next character, and, with --units, which hidden
units track something readable.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from charrnn_core.atomic import replacing, write_text
from charrnn_core.command import Parser, run
from charrnn_core.errors import UsageError
from charrnn_core.lab.alphabet import show
from charrnn_core.lab.char_files import asked_for
from charrnn_core.lab.char_model import CharModel
from charrnn_core.lab.char_trainer import read_text
from charrnn_core.lab.explanation import OWN_TEXT, explain, explain_units
from charrnn_core.lab.interpret.page import page, picture
from charrnn_core.lab.writing import by_softmax, continue_text

EXAMPLES = """\
例 / examples:
  python -m charrnn_core.explain "MENENIUS:"
  python -m charrnn_core.explain --weights char-rnn-snapshot.npz --text shakespeare_train.txt "All:" --next " "
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
    add("--next", help="B；省略则取最可能的 / B; left out: the likeliest")
    add("--weights", type=Path, help="权重或课程快照；省略则用随包权重 / weights or snapshot; else the shipped ones")
    add(
        "--text",
        type=Path,
        help="上下文取自此文本；省略则由网络写 / contexts from this text; else its own",
    )
    add("--top", type=int, default=5, help="列出几个单元 / how many units are listed")
    add("--units", action="store_true", help="寻找可读的单元 / find units that track something readable")
    add("--page", type=Path, help="写出着色的 HTML / write the coloured text as HTML")
    add("--picture", type=Path, help="写出着色的 PNG / write it as PNG")
    add("--seed", type=int, default=0, help="随机种子 / seed")
    add("--json", action="store_true", help="输出 JSON / print JSON")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    if (arguments.starter is None) != arguments.units:
        raise UsageError("give a starter, or --units")
    if (arguments.page or arguments.picture) and not arguments.units:
        raise UsageError("--page and --picture colour the text by the units found; add --units")
    model = asked_for(arguments.weights)
    if not 1 <= arguments.top <= model.parameters.H:
        raise UsageError(f"--top must be between 1 and {model.parameters.H}, not {arguments.top}")
    rng = np.random.default_rng(arguments.seed)
    if arguments.units:
        record = explain_units(model, _text(model, arguments.text, rng), rng)
        _draw(model, record, arguments)
    else:
        text = _text(model, arguments.text, rng)
        record = explain(model, arguments.starter, arguments.next, text, rng, arguments.top)
    if arguments.json:
        print(json.dumps({k: v for k, v in record.items() if k != "text"}, ensure_ascii=False))
    else:
        print(_units_table(record) if arguments.units else _table(record))


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
        try:
            figure = picture(model, record["text"], rows[0]["unit"], rows[0]["feature"])
        except ModuleNotFoundError as error:
            raise UsageError("--picture needs matplotlib; install it with `pip install matplotlib`") from error
        with replacing(arguments.picture) as temporary:
            figure.savefig(temporary, format="png", dpi=120)


def _table(r: dict[str, Any]) -> str:
    a, b = show(r["last"]), show(r["next"])
    source, cut = r["strongest_input"], r["ablation"]
    rows = [f"p({b} | ... {a}) = {r['probability']:.4f}", "", f"units that raise {b} most above the average logit:"]
    rows.append("   unit   Wxh[j,A]   Whh h    bh      h[j]   Why[B,j]  Why h   above average")
    rows += [
        f"  h[{u['unit']:3d}]  {u['Wxh']:+8.3f} {u['carried']:+8.3f} {u['bias']:+6.2f}  {u['h']:+6.3f}"
        f"  {u['Why']:+7.3f} {u['contribution']:+7.3f}  {u['above_average']:+7.3f}"
        for u in r["units"]
    ]
    j, i = source["index"]
    rows += ["", f"the weight that {a} drives hardest: Wxh[{j}, {i}] = {source['Wxh']}"]
    rows.append(
        "  that unit raises: "
        + ", ".join(f"{show(o['character'])} Why[{o['index'][0]}, {j}] = {o['Why']:.4f}" for o in source["raises"])
    )
    k = source["Why_next"]["index"][0]
    rows.append(f"  and {b}: Why[{k}, {j}] = {source['Why_next']['Why']}")
    rows += ["", f"ablation over {cut['contexts']} contexts that end in {a}: mean p({b}) = {cut['before']:.4f}"]
    for part, after in (cut["without"] | cut["without_weight"]).items():
        rows.append(f"  without {part:14s} {after:.4f}  ({after - cut['before']:+.4f})")
    control = cut["random_units"]
    rows.append(
        f"  control, {control['units']} random units: {control['mean_change']:+.4f} +- {control['deviation']:.4f},"
        f" largest {control['largest_change']:+.4f}"
    )
    mask = r["response_mask"]
    rows += [
        "",
        f"response mask |h| > 0.5, |Why h| > 0.5: {len(mask['units'])} units, {mask['share']:.0%} of the",
    ]
    rows.append(f"  effect; with these alone p({b}) = {mask['probability']:.4f}")
    return "\n".join(rows)


def _units_table(r: dict[str, Any]) -> str:
    rows = [f"units over {r['characters']} characters; control = largest |r| of any unit with the feature shifted"]
    rows.append("  feature                     unit      r    control   rise of nats where it holds, elsewhere; random")
    rows += [
        f"  {u['feature']:26s} h[{u['unit']:3d}]  {u['correlation']:+.2f}   {u['control']:.2f}     "
        f"{u['inside']:+.3f}  {u['outside']:+.3f}  {u['random_inside']:+.3f} +- {u['random_spread']:.3f}"
        for u in r["units"]
    ]
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
