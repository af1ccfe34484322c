"""训练 (train): `python -m charrnn_core.train FILE` trains a vanilla RNN on any text file."""

import argparse
import os
import signal
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # products this small gain nothing from more threads

import numpy as np
from tqdm import tqdm

from charrnn_core.atomic import write_text
from charrnn_core.command import Parser, printable, run
from charrnn_core.errors import CharRNNError, UsageError
from charrnn_core.lab import char_files
from charrnn_core.lab.alphabet import Alphabet
from charrnn_core.lab.char_model import CharModel
from charrnn_core.lab.char_trainer import CHECKPOINT, CharTrainer, TrainConfig, metrics, read_text
from charrnn_core.lab.heads import HEADS
from charrnn_core.lab.interpret import training_page
from charrnn_core.lab.writing import by_softmax, continue_text

SAMPLE = 200  # characters of a sample on the way
LOGS = 10  # lines of metrics between two checkpoints
PAGE = "training.html"

EXAMPLES = """\
例 / examples:
  python -m charrnn_core.train 莎士比亚.txt --out runs/shakespeare
  python -m charrnn_core.train text.txt --out runs/t --steps 50000 --temperature 2
  python -m charrnn_core.train text.txt --out runs/t --resume --steps 100000
"""


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(
        prog="charrnn_core.train",
        description="用 numpy 训练普通 RNN / train a vanilla RNN in numpy",
        epilog=EXAMPLES,
    )
    add = parser.add_argument
    add("file", type=Path, help="任何文本文件 / any text file")
    add("--out", type=Path, required=True, help="运行目录 / the run's folder")
    add("--steps", type=int, default=50_000, help="共训练多少个窗口 / how many windows in all")
    add("--hidden", type=int, default=100, help="隐藏单元数 / hidden units")
    add("--window", type=int, default=25, help="BPTT 窗口的字符数 / characters a window")
    add("--rate", type=float, default=0.1, help="Adagrad 学习率 / learning rate")
    add("--clip", type=float, default=5.0, help="梯度截断 / gradients are clipped to this")
    add("--head", choices=HEADS, help="损失前的变换，默认 softmax / what stands before the loss; default softmax")
    add("--temperature", type=float, help="训练时的温度 T，默认 1 / temperature in training; default 1")
    add("--alpha", type=float, help="另一种写法：alpha = 1/T / the same written otherwise")
    add("--dtype", choices=("float64", "float32"), default="float64", help="精度 / precision")
    add("--seed", type=int, default=0, help="随机种子 / seed")
    add("--holdout", type=float, default=0.0, help="末尾留出多大比例作验证 / share at the end kept for validation")
    add("--bytes", action="store_true", help="按字节读 / read bytes instead of characters")
    add("--init", type=Path, help="从权重或课程快照开始 / start from weights or the course's snapshot")
    add("--resume", action="store_true", help="接着中断处训练 / go on where the run stopped")
    add("--every", type=int, default=5000, help="每多少步存盘、抽样 / steps between checkpoints and samples")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    if arguments.steps < 1 or arguments.every < 1:
        raise UsageError("--steps and --every must be at least 1")
    if not 0 <= arguments.holdout < 1:
        raise UsageError("--holdout must be at least 0 and below 1, not {holdout}", holdout=arguments.holdout)
    text = read_text(arguments.file, is_bytes=arguments.bytes)
    kept = round(len(text) * (1 - arguments.holdout))
    start = char_files.load(arguments.init) if arguments.init else None
    config = TrainConfig(
        hidden=start.parameters.H if start else arguments.hidden,
        window=arguments.window,
        rate=arguments.rate,
        clip=arguments.clip,
        head=arguments.head or (start.head.name if start else "softmax"),
        temperature=_temperature(arguments, start),
        dtype=arguments.dtype,
        seed=arguments.seed,
    )
    alphabet = Alphabet.of(text, is_bytes=arguments.bytes) if text else Alphabet((" ",))
    trainer = CharTrainer(text[:kept], alphabet, config, start)
    exists = (arguments.out / CHECKPOINT).exists()
    if exists and not arguments.resume:
        raise UsageError("{out} holds a run already; add --resume to go on, or choose another --out", out=arguments.out)
    arguments.out.mkdir(parents=True, exist_ok=True)
    if exists:
        trainer.resume(arguments.out)
    stopped = train(trainer, arguments.out, arguments.steps, arguments.every)
    held_out = trainer.model().nats(text[kept:]) if len(text) - kept > 1 else None
    trainer.export(arguments.out, {"held_out_nats": held_out, "held_out_share": arguments.holdout})
    if held_out is not None:
        print(f"held-out text: {held_out:.4f} nats per character", file=sys.stderr)
    write_text(arguments.out / PAGE, training_page.page(metrics(arguments.out), arguments.out.name))
    if not trainer.smooth <= 2 * trainer.ignorance:
        raise CharRNNError(
            "the loss rose to {loss:.4g}, more than twice that of knowing nothing ({ignorance:.4g}); "
            "lower --rate in another --out",
            loss=trainer.smooth,
            ignorance=trainer.ignorance,
        )
    state = "stopped; go on with --resume" if stopped else "done"
    print(f"{state}: {trainer.iteration} windows, loss {trainer.smooth:.3f}, {arguments.out}", file=sys.stderr)


def _temperature(arguments: argparse.Namespace, start: CharModel | None) -> float:
    """T of the training: as asked for, else that of the network it starts from, else 1."""
    if arguments.alpha is not None:
        if arguments.temperature is not None:
            raise UsageError("give --temperature or --alpha, not both: alpha = 1 / T")
        if not 0 < arguments.alpha < float("inf"):
            raise UsageError("--alpha must be positive, not {alpha}", alpha=arguments.alpha)
        return 1 / arguments.alpha
    if arguments.temperature is not None:
        return float(arguments.temperature)
    return start.head.T if start else 1.0


def train(trainer: CharTrainer, folder: Path, steps: int, every: int) -> bool:
    """Train up to `steps` windows in all; True when SIGINT or SIGTERM ended it (the state is saved)."""
    asked: list[int] = []
    previous = {s: signal.signal(s, lambda number, _: asked.append(number)) for s in (signal.SIGINT, signal.SIGTERM)}
    try:
        with tqdm(total=steps, initial=min(trainer.iteration, steps), unit="step", mininterval=0.5) as bar:
            while trainer.iteration < steps and not asked:
                coming = trainer.iteration + 1
                saved = coming % every == 0
                logged = saved or coming % max(1, every // LOGS) == 0
                trainer.step(measured=logged)
                bar.update()
                if trainer.iteration % 200 == 0:
                    bar.set_postfix_str(f"loss {trainer.smooth:.3f}", refresh=False)
                sample = _sample(trainer) if saved else None
                if logged:
                    trainer.log(folder, sample)
                if sample is not None:
                    trainer.save(folder)
                    bar.write(_shown(trainer, sample), file=sys.stderr)
        trainer.save(folder)
        return bool(asked)
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _sample(trainer: CharTrainer) -> str:
    rng = np.random.default_rng([trainer.config.seed, trainer.iteration])
    return continue_text(trainer.model(), trainer.h, SAMPLE, by_softmax(1.0, rng))


def _shown(trainer: CharTrainer, sample: str) -> str:
    shown = "\n".join(printable(line) for line in sample.split("\n"))
    return f"-- {trainer.iteration}: loss {trainer.smooth:.3f}\n{shown}"


if __name__ == "__main__":
    sys.exit(main())
