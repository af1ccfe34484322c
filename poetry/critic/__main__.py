"""评家 (critic): `python -m poetry.critic wishes` says what to write for it, `train` trains it; docs/critic.md."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from charrnn_core import atomic
from charrnn_core.command import Parser, require_torch, run
from charrnn_core.errors import UsageError
from poetry.corpus import encoding
from poetry.critic.critic import Critic, Sizes, save
from poetry.text.vocab import Vocabulary

if TYPE_CHECKING:
    from torch import Tensor

MOST = 1_000_000


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(
        prog="poetry.critic", description="评家：分辨人写的与机器写的 / tells human verse from the writer's"
    )
    commands = parser.add_subparsers(dest="command", required=True, parser_class=Parser)
    wishing = commands.add_parser("wishes", help="要机器写什么，供批量写诗 / what to write, for poetry.batch")
    wishing.add_argument("--count", type=int, default=6000, help="几首 / how many poems")
    training = commands.add_parser(
        "train", help="训练 / train, choose on the validation part, measure on the test part"
    )
    training.add_argument(
        *("--machine",), type=Path, nargs="+", required=True, help="机器写的诗，JSON 行 / the writer's poems"
    )
    start = training.add_mutually_exclusive_group()
    start.add_argument(
        *("--weights",), type=Path, help="从其字向量开始 / start from its embedding; the shipped LSTM unless said"
    )
    start.add_argument("--init", type=Path, help="从已有的评家开始 / start from an earlier critic")
    training.add_argument("--steps", type=int, default=3000, help="步数 / number of updates")
    training.add_argument(
        "--as-rare", action="store_true", help="人的诗取用字同样生僻的 / against human poems of Hanzi as rare"
    )
    for command in (wishing, training):
        command.add_argument("--data", type=Path, required=True, help="编码好的语料 / the encoded corpus")
        command.add_argument("--seed", type=int, default=1, help="随机种子 / seed")
        command.add_argument("-o", "--out", type=Path, required=True, help="输出 / the output")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    for name, value in (("--count", getattr(arguments, "count", 1)), ("--steps", getattr(arguments, "steps", 1))):
        if not 1 <= value <= MOST:
            raise UsageError("{name} must be between 1 and {most}, not {value}", name=name, most=MOST, value=value)
    if arguments.seed < 0:
        raise UsageError("--seed must be 0 or more, not {seed}", seed=arguments.seed)
    atomic.ensure_writable(arguments.out)
    if arguments.command == "train":
        _train(arguments)
        return
    from poetry.training.critic.wishes import wishes

    rows = wishes(encoding.load(arguments.data), arguments.count, arguments.seed)
    atomic.write_text(arguments.out, "\n".join(rows) + "\n")


def _train(arguments: argparse.Namespace) -> None:
    require_torch()
    import torch

    from poetry.corpus.split import PARTS, TEST, VALIDATION
    from poetry.text.forms import REGULATED
    from poetry.training.critic import examples
    from poetry.training.critic.loop import Material, measure, train
    from poetry.training.critic.network import Network

    corpus = encoding.load(arguments.data)
    sizes = Sizes(len(corpus.vocabulary))
    torch.manual_seed(arguments.seed)
    network = Network(sizes)
    network.load_state_dict(_start(arguments, corpus.vocabulary, sizes), strict=False)
    material = Material(
        {(form.name, part): examples.human(corpus, form, part) for form in REGULATED for part in PARTS},
        examples.machine(arguments.machine, corpus.vocabulary),
        tuple(path.stem for path in arguments.machine),
    )
    trained = train(material, network, steps=arguments.steps, seed=arguments.seed, as_rare=arguments.as_rare)
    note = {"steps": arguments.steps, "seed": arguments.seed, "as_rare": arguments.as_rare, "validation": trained.log}
    save(arguments.out, trained.arrays, sizes, corpus.vocabulary, note)
    critic = Critic.load(arguments.out, corpus.vocabulary)  # as it is used: in int8
    figures = {part: measure(critic, material, part) for part in (VALIDATION, TEST)}
    print(json.dumps({"bytes": arguments.out.stat().st_size, **figures}, ensure_ascii=False))
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.2f} MB", file=sys.stderr)


def _start(arguments: argparse.Namespace, vocabulary: Vocabulary, sizes: Sizes) -> "dict[str, Tensor]":
    """What is known before: all of an earlier critic, or the table, from a writer's embedding. Raises UsageError when
    they know another vocabulary than the corpus."""
    import torch

    from charrnn_core.stepper import NumpyStepper
    from poetry.training.critic.network import projected
    from poetry.writing import model

    if arguments.init:
        arrays = Critic.load(arguments.init, vocabulary).arrays
        return {name: torch.from_numpy(array) for name, array in arrays.items()}
    writer = model.load(arguments.weights) if arguments.weights else model.shipped()
    if writer.vocabulary.tokens != vocabulary.tokens:
        raise UsageError(
            "{data} has another vocabulary than the weights; encode the corpus they learned from", data=arguments.data
        )
    assert isinstance(writer.stepper, NumpyStepper)
    return {"table": projected(torch.from_numpy(writer.stepper.embedding), sizes.channels)}


if __name__ == "__main__":
    sys.exit(main())
