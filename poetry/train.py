"""训练 (train): `python -m poetry.train --cell lstm` learns from an encoded corpus or a plain-text file.

Under `torchrun --nproc-per-node N -m poetry.train ...` N processes share each batch (docs/distributed.md).
Input: an encoded corpus (`python -m poetry.corpus encode`) or a text, UTF-8 or GB18030, one poem a
line. Output: a run folder with checkpoints, metrics and curves; `python -m poetry.export` turns it into a weights file.
"""

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from charrnn_core.cells import CELLS
from charrnn_core.command import Parser, require_torch, run
from charrnn_core.errors import UsageError

if TYPE_CHECKING:
    from poetry.corpus.encoding import Encoded
    from poetry.training.network import NetworkConfig
    from poetry.training.ranks import Ranks
    from poetry.training.trainer import TrainingConfig


def main(argv: list[str] | None = None) -> int:
    """Entry point; returns the exit code."""
    parser = Parser(prog="poetry.train", description="训练 RNN、GRU 或 LSTM / train an RNN, GRU or LSTM on poems")
    add = parser.add_argument
    add("--cell", choices=[*CELLS], default="lstm", help="循环单元 / the recurrent cell")
    add(
        "--data",
        type=Path,
        default=Path("data/cache/corpus.npz"),
        help="编码好的语料 .npz 或纯文本 / encoded corpus or plain text",
    )
    add(
        "--sources",
        default="tang,song",
        help="tang, song 或 own，逗号分隔，写两次算两份；第一个作验证 / twice counts double; the first is validated",
    )
    add("--out", type=Path, required=True, help="运行目录 / the run's folder")
    add("--init", type=Path, help="从检查点或权重文件开始 / start from a checkpoint or a weights file")
    add("--resume", action="store_true", help="接着中断处训练 / go on where this run stopped")
    add("--steps", type=int, default=20000, help="步数 / number of updates")
    add("--embedding", type=int, default=384, help="字向量维数 / size of a character's vector")
    add("--hidden", type=int, default=768, help="隐藏层维数 / size of the hidden layer")
    add("--attention", type=int, default=128, help="注意力维数，0 为没有 / size of the attention; 0: none")
    add("--dropout", type=float, default=0.1, help="随机失活 / dropout")
    add("--batch-tokens", type=int, default=3600, help="每步约多少字符 / about how many tokens a step")
    add("--learning-rate", type=float, default=2e-3, help="学习率 / learning rate")
    add("--warmup", type=int, default=300, help="升温步数 / steps of warm-up")
    add("--decay", type=float, default=1.0, help="最后多大比例的步数线性降到零 / share of the steps with linear decay")
    add("--validate-every", type=int, default=500, help="每多少步验证并存盘 / steps between validations")
    add("--patience", type=int, default=0, help="几次验证无进步就停，0 为不停 / early stopping; 0 never")
    add("--seed", type=int, default=1, help="随机种子 / seed")
    add("--device", choices=("cpu", "cuda"), default="cpu", help="设备 / device")
    add("--threads", type=int, default=0, help="线程数，0 为自动 / threads; 0 automatic")
    return run(parser, _work, argv)


def _work(arguments: argparse.Namespace) -> None:
    require_torch()
    from poetry.training import data
    from poetry.training.network import NetworkConfig
    from poetry.training.ranks import launched
    from poetry.training.trainer import TrainingConfig

    corpus = data.load(arguments.data)
    sources = tuple(arguments.sources.split(",")) if arguments.data.suffix == ".npz" else ("own",)
    config = TrainingConfig(
        sources=sources,
        steps=arguments.steps,
        batch_tokens=arguments.batch_tokens,
        learning_rate=arguments.learning_rate,
        warmup=arguments.warmup,
        decay=arguments.decay,
        validate_every=arguments.validate_every,
        patience=arguments.patience,
        seed=arguments.seed,
        device=arguments.device,
        threads=arguments.threads,
    )
    network = NetworkConfig(
        arguments.cell,
        len(corpus.vocabulary),
        arguments.embedding,
        arguments.hidden,
        arguments.dropout,
        attention=arguments.attention,
    )
    with launched(config.device) as ranks:
        _train(arguments, corpus, network, config, ranks)


def _train(
    arguments: argparse.Namespace, corpus: "Encoded", network: "NetworkConfig", config: "TrainingConfig", ranks: "Ranks"
) -> None:
    from poetry.training import curves
    from poetry.training.trainer import CHECKPOINT, Trainer

    existing = (arguments.out / CHECKPOINT).exists()
    if existing and not arguments.resume:
        raise UsageError("{out} holds a run already; add --resume to go on, or choose another --out", out=arguments.out)
    arguments.out.mkdir(parents=True, exist_ok=True)
    trainer = Trainer(arguments.out, corpus, network, config, ranks)
    if existing:
        trainer.resume()
    elif arguments.init:
        trainer.start_from(arguments.init)
    trainer.run()
    if ranks.first:
        curves.draw([arguments.out])
        state = "stopped; go on with --resume" if trainer.interrupted else "done"
        print(f"{state}: step {trainer.progress.step}, checkpoint in {arguments.out}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
