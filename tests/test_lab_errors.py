"""What a teacher found wrong in the laboratory: each mended fault keeps a test that fails on the old code."""

import json
import pickle
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch

from charrnn_core import complete, explain, sample, train, weights
from charrnn_core.errors import UsageError, WeightsError
from charrnn_core.lab import char_files, vanilla
from charrnn_core.lab.alphabet import Alphabet
from charrnn_core.lab.char_model import CharModel, named
from charrnn_core.lab.char_trainer import WEIGHTS, CharTrainer, TrainConfig
from charrnn_core.lab.gradcheck import worst_error
from charrnn_core.lab.gumbel import gumbel_softmax
from charrnn_core.lab.heads import HEADS, make_head
from charrnn_core.lab.interpret import ablation, paths, reach
from charrnn_core.lab.optim import adagrad, fresh_memory
from charrnn_core.numerics import log_softmax, softmax

ROOT = Path(__file__).parents[1]
TEXT = "the king and the queen: go\nmy lord, good night. what news?\n" * 12


def _trained(head: str = "softmax", temperature: float = 1.0, steps: int = 300) -> CharTrainer:
    config = TrainConfig(hidden=20, seed=1, head=head, temperature=temperature)
    trainer = CharTrainer(TEXT, Alphabet.of(TEXT), config)
    for _ in range(steps):
        trainer.step()
    return trainer


def _run(main, arguments: list[str], capsys) -> tuple[int, str, str]:
    try:
        code = main(arguments)
    except SystemExit as error:
        code = int(error.code or 0)
    return code, *capsys.readouterr()


# A network is used through the head and the temperature it was trained with.


@pytest.mark.parametrize(("head", "temperature"), [("softmax", 3.0), *((name, 2.0) for name in HEADS[1:])])
def test_the_head_travels_in_the_weights_file_and_is_used(head, temperature, tmp_path, capsys):
    trainer = _trained(head, temperature)
    trainer.export(tmp_path, {})
    model = char_files.load(tmp_path / WEIGHTS)
    assert (model.head.name, model.head.T) == (head, temperature)

    # GIVEN the loss that the training itself minimised, window by window
    ids = model.alphabet.encode(TEXT)
    hidden = model.read(TEXT)
    logprobs = log_softmax(
        make_head(head, temperature).forward(hidden[1:-1] @ model.parameters.Why.T + model.parameters.by)
    )
    own = -logprobs[np.arange(len(ids) - 1), ids[1:]].mean()

    # THEN the held-out loss is that, and a greedy sample is the likeliest character under it
    assert model.nats(TEXT) == pytest.approx(own, abs=1e-9)
    assert own < 2.3  # it learned: ln 24 = 3.2
    arguments = ["--weights", str(tmp_path / WEIGHTS), "the king", "--temperature", "0", "-n", "1"]
    code, out, _ = _run(complete.main, arguments, capsys)
    likeliest = model.alphabet.characters[int(logprobs[7].argmax())]
    assert code == 0 and out[:-1].endswith(likeliest)


def test_the_loss_that_train_prints_is_that_of_its_head(tmp_path, capsys):
    path = tmp_path / "t.txt"
    path.write_text(TEXT, encoding="utf-8")
    command = [str(path), "--out", str(tmp_path / "run"), "--hidden", "20", "--steps", "1000", "--holdout", "0.2"]
    code, _, error = _run(train.main, [*command, "--alpha", "0.5"], capsys)
    assert code == 0
    model = char_files.load(tmp_path / "run" / WEIGHTS)
    assert model.head.T == 2.0
    held_out = TEXT[round(len(TEXT) * 0.8) :]
    assert f"{model.nats(held_out):.4f}" in error
    assert model.nats(held_out) < 1  # through T = 1 it would be sharper than it learned to be

    # and a training that starts from it goes on with its head
    again = [str(path), "--out", str(tmp_path / "more"), "--steps", "5", "--init", str(tmp_path / "run" / WEIGHTS)]
    assert _run(train.main, again, capsys)[0] == 0
    assert char_files.load(tmp_path / "more" / WEIGHTS).head.T == 2.0
    for bad in (["--alpha", "0"], ["--alpha", "2", "--temperature", "2"]):
        assert _run(train.main, [str(path), "--out", str(tmp_path / "x"), *bad], capsys)[0] == 2


def test_samples_at_temperature_one_come_from_the_trained_distribution(tmp_path, capsys):
    trainer = _trained("softmax", 4.0)
    trainer.export(tmp_path, {})
    command = ["--weights", str(tmp_path / WEIGHTS), "--temperatures", "1", "--start", "the k", "-n", "1"]
    found = [_run(sample.main, [*command, "--seed", str(seed)], capsys)[1].splitlines()[-1] for seed in range(60)]
    model = trainer.model()
    p = softmax(model.scores(model.read("the k")[-1]))[model.alphabet.id("i")]
    assert abs(found.count("i") / 60 - p) < 0.2
    sharp = softmax(model.logits(model.read("the k")[-1]))[model.alphabet.id("i")]
    assert sharp - p > 0.02  # through T = 1 it would be surer than the network was taught to be


@pytest.mark.parametrize(
    ("settings", "name", "T"),
    [
        ({"head": "softmax", "temperature": 2.0}, "softmax", 2.0),
        ({"head": "gumbel-density", "temperature": 5.0}, "unshifted-density", 5.0),
        (None, "softmax", 1.0),
    ],
)
def test_files_of_the_first_layout_are_upgraded(settings, name, T, tmp_path):
    model = _trained(steps=1).model()
    old = {"kind": char_files.KIND, "characters": list(model.alphabet.characters), "is_bytes": False, "hidden": 20}
    old |= {"settings": settings} if settings else {}
    weights.save(tmp_path / "old.safetensors", named(model.parameters), old)
    loaded = char_files.load(tmp_path / "old.safetensors")
    assert (loaded.head.name, loaded.head.T) == (name, T)
    assert loaded.header["layout"] == char_files.LAYOUT
    weights.save(tmp_path / "new.safetensors", named(model.parameters), old | {"layout": 99})
    with pytest.raises(WeightsError, match="newer"):
        char_files.load(tmp_path / "new.safetensors")


# What each head is.


def test_the_gumbel_density_is_the_logarithm_of_the_density():
    y = np.linspace(-3, 4, 50)
    density = np.exp(-y) * np.exp(-np.exp(-y))  # of the law with distribution function exp(-exp(-y))
    assert np.allclose(make_head("gumbel-density", 1).forward(y), np.log(density))
    assert make_head("gumbel-density", 1).forward(np.array([1.0]))[0] == pytest.approx(-1.368, abs=1e-3)
    assert make_head("unshifted-density", 1).forward(np.array([1.0]))[0] == pytest.approx(-3.718, abs=1e-3)


@pytest.mark.parametrize("name", HEADS)
@pytest.mark.parametrize("T", [1.0, 5.0])
def test_every_head_meets_finite_differences_and_torch(name, T):
    head, rng = make_head(name, T), np.random.default_rng(0)
    y, target = rng.normal(0, 2, (4, 9)), rng.integers(0, 9, 4)

    def loss(flat):
        return -float(log_softmax(head.forward(flat.reshape(4, 9)))[np.arange(4), target].sum())

    dz = softmax(head.forward(y))
    dz[np.arange(4), target] -= 1
    gradient = head.backward(dz, y)
    # Of a step of 1e-5 rounding alone can be 1.2e-6, where a slope is small and exp is another processor's.
    assert worst_error(loss, y.ravel(), gradient.ravel(), rng, e=1e-4) < 1e-6

    t = torch.tensor(y, requires_grad=True)
    u = t - t.max(dim=-1, keepdim=True).values
    z = {
        "softmax": t,
        "scalar-noise": t + 3.7,
        "gumbel-density": -t - torch.exp(-t),
        "report-density": -u - torch.exp(u),
        "unshifted-density": -t - torch.exp(t),
    }[name]
    torch.nn.functional.cross_entropy(z / T, torch.tensor(target), reduction="sum").backward()
    assert np.allclose(gradient, t.grad.numpy(), atol=1e-12)


def test_one_noise_for_all_classes_trains_the_same_network():
    one, other = _trained("softmax", steps=40), _trained("scalar-noise", steps=40)
    assert np.abs(one.parameters.flat - other.parameters.flat).max() < 1e-6


def test_a_temperature_in_training_is_the_rate_and_the_start_of_the_output_layer():
    """Adagrad divides the 1/T of the gradient out again: what stays is Why and by at 1/T of their start and rate."""
    rng, T, V, H = np.random.default_rng(0), 2.0, 11, 12
    inputs, targets = rng.integers(0, V, (30, 25)), rng.integers(0, V, (30, 25))

    def train_(head, shrink):
        p = vanilla.initial(V, H, np.random.default_rng(1))
        p.Why[:] /= shrink
        g, memory, scratch = p.like(np.zeros_like(p.flat)), fresh_memory(p.flat), np.zeros_like(p.flat)
        memory[:] = 1e-30  # no epsilon
        rates = p.like(np.full_like(p.flat, 0.1))
        rates.Why[:] /= shrink
        rates.by[:] /= shrink
        h, window = np.zeros(H), vanilla.Window(p, 25)
        for x, target in zip(inputs, targets, strict=True):
            _, h = vanilla.loss_and_gradients(p, g, x, target, h, head, window)
            adagrad(p.flat, g.flat, memory, rate=rates.flat, clip=np.inf, scratch=scratch)  # a rate for each
        return p

    warm, plain = train_(make_head("softmax", T), 1), train_(make_head("softmax", 1), T)
    assert np.allclose(warm.Why / T, plain.Why, rtol=1e-6, atol=1e-9)
    assert np.allclose(warm.Whh, plain.Whh, rtol=1e-6, atol=1e-9)


def test_relaxed_samples_come_from_the_command(tmp_path, capsys):
    trainer = _trained("softmax", 2.0)
    trainer.export(tmp_path, {})
    command = ["--weights", str(tmp_path / WEIGHTS), "--start", "the k", "--seed", "4", "--gumbel-softmax", "0.1,100"]
    code, out, _ = _run(sample.main, command, capsys)
    head, *rows = out.splitlines()
    assert code == 0 and len(rows) == 3 and head.split()[-1] == "rest"
    values = np.array([[float(x) for x in row[12:].split()] for row in rows])
    assert np.allclose(values.sum(axis=1), 1, atol=1e-3)
    scores = trainer.model().scores(trainer.model().read("the k")[-1])
    relaxed = gumbel_softmax(scores, np.random.default_rng(4), 0.1)[1]
    assert values[1].max() == pytest.approx(relaxed.max(), abs=1e-4)
    assert values[1].max() > values[2].max()  # small tau is nearly one-hot, large tau nearly flat
    assert _run(sample.main, [*command[:-1], "0"], capsys)[0] == 2


def test_a_pickled_snapshot_is_refused_unread_with_advice(tmp_path, capsys):
    alarm = tmp_path / "alarm"
    path = tmp_path / "char-rnn-snapshot.pkl"
    path.write_bytes(pickle.dumps(Bomb(alarm)))
    code, _, error = _run(sample.main, ["--weights", str(path)], capsys)
    assert code == 2 and ".npz" in error and "run any code" in error and not alarm.exists()


class Bomb:
    """Unpickling it would create a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


# Explaining.


def test_the_response_mask_is_the_reports():
    # GIVEN two units on, one of them with no say, and one just below the line
    alphabet = Alphabet.of("ab:\n")
    p = vanilla.views(np.zeros(vanilla.count(4, 3)), 4, 3)
    a, b = alphabet.id(":"), alphabet.id("\n")
    p.columns[a] = [2.0, -3.0, 0.4]
    p.Why[b, 0] = 9.0
    model = CharModel(p, alphabet)
    mask = paths.response_mask(model, model.read(":")[-1], "\n")
    assert mask.units == (0, 1) and mask.outputs == "\n"
    assert mask.share == pytest.approx(1) and mask.probability > 0.99


def test_a_control_shows_the_size_of_changes_that_differ_in_sign():
    changes = [0.3, -0.3, 0.2, -0.2]
    control = ablation.Control.of(lambda j: ablation.Effect(f"h[{j}]", 0.5, 0.5 + changes[j]), range(4))
    assert control.mean == pytest.approx(0.25)  # the mean of the signed changes is zero
    assert [control.rank(ablation.Effect("x", 0.5, after)) for after in (0.9, 0.25, 0.4)] == [1, 3, 5]


def test_weights_are_controlled_by_weights_of_their_own_column_and_row(tmp_path, capsys):
    trainer = _trained()
    trainer.export(tmp_path, {})
    command = ["--weights", str(tmp_path / WEIGHTS), "--json", "--controls", "10"]
    (tmp_path / "t.txt").write_text(TEXT, encoding="utf-8")
    code, out, _ = _run(explain.main, [*command, "--text", str(tmp_path / "t.txt"), "the king"], capsys)
    cut = json.loads(out)["ablation"]
    assert code == 0 and set(cut["controls"]) == {"units", "Wxh", "Why"}
    g = trainer.alphabet.id("g")
    whole = ablation.Ablation(trainer.model(), trainer.alphabet.encode("the king")[None], " ")
    nothing = trainer.parameters.like(trainer.parameters.flat.copy())
    nothing.columns[g] = 0
    without = CharModel(nothing, trainer.alphabet)
    space = trainer.alphabet.id(" ")
    expected = softmax(without.logits(without.read("the king")[-1]))[space]
    assert whole.input_column(g).after == pytest.approx(expected)
    nothing = trainer.parameters.like(trainer.parameters.flat.copy())
    nothing.Why[space, 7] = 0
    expected = softmax(CharModel(nothing, trainer.alphabet).logits(trainer.model().read("the king")[-1]))[space]
    assert whole.output_weight(7).after == pytest.approx(expected)


def test_from_zero_reads_the_starter_alone_and_several_characters_add_up(tmp_path, capsys):
    model = _trained().model()
    record = [
        json.loads(_explained(model, tmp_path, capsys, "--from-zero", ":", "--next", following))
        for following in (" ", "\\n", " \\n")
    ]
    assert record[0]["probability"] == pytest.approx(softmax(model.scores(model.read(":")[-1]))[model.alphabet.id(" ")])
    assert record[2]["probability"] == pytest.approx(record[0]["probability"] + record[1]["probability"])
    assert record[2]["next"] == " \n" and record[2]["ablation"]["contexts"] == 1
    assert record[2]["ablation"]["before"] == pytest.approx(record[2]["probability"])


def _explained(model: CharModel, folder: Path, capsys, *arguments: str) -> str:
    char_files.save(folder / "w.safetensors", model, {})
    code, out, _ = _run(
        explain.main, ["--weights", str(folder / "w.safetensors"), "--json", "--controls", "5", *arguments], capsys
    )
    assert code == 0
    return out


def test_a_picture_that_cannot_be_drawn_is_refused_before_the_work(tmp_path):
    (tmp_path / "matplotlib.py").write_text("raise ModuleNotFoundError('hidden')")
    code = (
        "import sys, importlib.util\nfrom charrnn_core import explain\n"
        "explain.find_spec = lambda name: None\n"
        "explain.explain_units = lambda *_: sys.exit('it worked first')\n"
        "sys.exit(explain.main(['--units', '--picture', 'x.png']))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "needs matplotlib" in done.stderr and done.stderr.count("\n") == 1


# Gradients that vanish, and some that explode.


def test_the_jacobian_is_the_derivative_of_a_step_and_its_norm_is_no_less_than_one_by_nature():
    p = vanilla.initial(5, 6, np.random.default_rng(0))
    p.flat[:] *= 60
    x, before = 3, np.random.default_rng(1).normal(0, 0.5, 6)

    def step(h):
        return np.tanh(p.columns[x] + p.Whh @ h + p.bh)

    numeric = np.stack([(step(before + 1e-6 * e) - step(before - 1e-6 * e)) / 2e-6 for e in np.eye(6)], axis=1)
    assert np.allclose(reach.jacobian(p, step(before)), numeric, atol=1e-8)

    # 1 - h^2 <= 1 bounds nothing: with Whh = 1.5 and a state at 0, ten steps make the gradient 1.5^10 as long
    quiet = vanilla.views(np.zeros(vanilla.count(5, 1)), 5, 1)
    quiet.Whh[0, 0] = 1.5
    hidden = CharModel(quiet, Alphabet.of("abcde")).read("a" * 10)
    assert reach.product_norms(quiet, hidden)[-1] == pytest.approx(1.5**10)
    quiet.bh[0] = 3  # saturated, it vanishes
    hidden = CharModel(quiet, Alphabet.of("abcde")).read("a" * 10)
    assert reach.product_norms(quiet, hidden)[-1] < 1e-12
    assert np.allclose(reach.step_norms(quiet, hidden), 1.5 * (1 - hidden[1:, 0] ** 2))


@pytest.mark.parametrize(("head", "T"), [("softmax", 1.0), ("report-density", 2.0)])
def test_the_reach_of_a_characters_gradient_equals_torch(head, T):
    model = _trained(head, T).model()
    text, p = "my lord, the king", model.parameters
    x = torch.nn.functional.one_hot(torch.tensor(model.alphabet.encode(text[:-1])), p.V).double().requires_grad_()
    h = torch.zeros(p.H, dtype=torch.float64)
    for row in x:
        h = torch.tanh(torch.tensor(p.Wxh.copy()) @ row + torch.tensor(p.Whh) @ h + torch.tensor(p.bh))
    y = torch.tensor(p.Why) @ h + torch.tensor(p.by)
    u = y - y.max()
    z = y / T if head == "softmax" else (-u - torch.exp(u)) / T
    (-torch.log_softmax(z, 0)[model.alphabet.id(text[-1])]).backward()
    assert np.allclose(reach.back_from(model, text, len(text) - 2), x.grad.norm(dim=1).numpy(), atol=1e-12)
    with pytest.raises(UsageError):
        reach.back_from(model, text, len(text) - 1)


def test_settings_of_a_run_name_the_head_they_mean():
    assert asdict(TrainConfig(head="report-density", temperature=5))["head"] == "report-density"
    with pytest.raises(UsageError, match="choose one of"):
        TrainConfig(head="gumbel")
