"""Exercises: solutions are right, every planted slip is found with its hint, students' code is held in bounds."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch

from charrnn_core import exercises
from charrnn_core.lab.exercises import marking, package
from charrnn_core.lab.exercises.slips import SLIPS
from charrnn_core.lab.exercises.tasks import BY_NAME, TASKS, H, T
from charrnn_core.lab.gradcheck import worst_error

I = 4  # noqa: E741


def _module(task: str):
    return marking._module(package.source(task))


def _run(arguments: list[str], capsys) -> tuple[int, str, str]:
    try:
        code = exercises.main(arguments)
    except SystemExit as error:
        code = int(error.code or 0)
    return code, *capsys.readouterr()


# The references are right.


def _cell(task: str, seed: int):
    gates, rng = {"gru": 3, "lstm": 4}[task], np.random.default_rng(seed)
    shapes = ((gates * H, I), (gates * H, H), (gates * H,), (gates * H,))
    return [rng.normal(0, 0.5, s) for s in shapes], rng.normal(size=I), rng.normal(size=H), rng.normal(size=H)


@pytest.mark.parametrize("task", ["gru", "lstm"])
def test_cells_equal_torch_and_their_gradients_too(task):
    module, (weights, x, h, c) = _module(task), _cell(task, 0)
    d, dc = np.random.default_rng(1).normal(size=(2, H))
    cell = {"gru": torch.nn.GRUCell, "lstm": torch.nn.LSTMCell}[task](I, H, dtype=torch.float64)
    with torch.no_grad():
        for parameter, value in zip((cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh), weights, strict=True):
            parameter.copy_(torch.tensor(value))
    tx, th, tc = (torch.tensor(a[None], requires_grad=True) for a in (x, h, c))
    if task == "gru":
        new, kept = module.forward(x, h, *weights)
        out = cell(tx, th)
        (out[0] * torch.tensor(d)).sum().backward()
        dx, dh, *grads = module.backward(d, kept, x, h, *weights[:2])
    else:
        new, memory, kept = module.forward(x, h, c, *weights)
        out, out_c = cell(tx, (th, tc))
        assert np.allclose(memory, out_c[0].detach().numpy(), atol=1e-12)
        ((out * torch.tensor(d)).sum() + (out_c * torch.tensor(dc)).sum()).backward()
        dx, dh, d_memory, *grads = module.backward(d, dc, kept, x, h, c, *weights[:2])
        assert np.allclose(d_memory, tc.grad[0].numpy(), atol=1e-12)
    assert np.allclose(new, out[0].detach().numpy(), atol=1e-12)
    assert np.allclose(dx, tx.grad[0].numpy(), atol=1e-12) and np.allclose(dh, th.grad[0].numpy(), atol=1e-12)
    for gradient, parameter in zip(grads, (cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh), strict=False):
        assert np.allclose(gradient, parameter.grad.numpy(), atol=1e-12)


@pytest.mark.parametrize("task", ["gru", "lstm"])
def test_gradients_of_a_sequence_meet_finite_differences(task):
    """The loss that the task weighs the states with, by the recurrent weights."""
    module, results = _module(task), marking.solved(BY_NAME[task])
    from charrnn_core.lab.exercises import tasks

    rng, weights, xs, ds = tasks._cell_case({"gru": 3, "lstm": 4}[task])
    h0, c0 = rng.normal(0, 0.5, H), rng.normal(0, 0.5, H)

    def loss(flat):
        changed = [weights[0], flat.reshape(weights[1].shape), *weights[2:]]
        h, c, total = h0, c0, 0.0
        for x, d in zip(xs, ds, strict=True):
            if task == "gru":
                h, _ = module.forward(x, h, *changed)
            else:
                h, c, _ = module.forward(x, h, c, *changed)
            total += float(d @ h)
        return total

    assert len(xs) == T
    assert worst_error(loss, weights[1].ravel(), results["dW_hh"].ravel(), np.random.default_rng(0)) < 1e-7


def test_the_reference_of_bptt_is_the_laboratorys():
    from charrnn_core.lab import vanilla
    from charrnn_core.lab.exercises import tasks
    from charrnn_core.lab.heads import PLAIN

    rng = tasks._rng()
    Wxh, Whh, Why, bh, by = tasks._weights(rng)
    inputs, targets, h0 = rng.integers(0, tasks.V, T), rng.integers(0, tasks.V, T), rng.normal(0, 0.5, H)
    p = vanilla.views(np.concatenate([a.ravel() for a in (Wxh.T, Whh, Why, bh, by)]), tasks.V, H)
    g = p.like(np.zeros_like(p.flat))
    loss, _ = vanilla.loss_and_gradients(p, g, inputs, targets, h0, PLAIN, vanilla.Window(p, T))
    results = marking.solved(BY_NAME["bptt"])
    assert results["loss"] == pytest.approx(loss)
    for name in vanilla.NAMES:
        assert np.allclose(results["d" + name], getattr(g, name), atol=1e-12), name


def test_the_verse_task_meets_the_end_token_and_the_limit():
    lengths = {len(row) - 1 for row in marking.solved(BY_NAME["verse"]).values()}
    assert 20 in lengths and min(lengths) < 20


# Marking.


def test_solutions_score_full_marks(tmp_path, capsys):
    assert _run(["solve", str(tmp_path / "answers")], capsys)[0] == 0
    code, out, _ = _run(["check", str(tmp_path / "answers"), "--json"], capsys)
    score = json.loads(out)
    assert code == 0 and score["score"] == score["of"] == len(TASKS)
    assert all(task["worst_error"] < 1e-12 for task in score["tasks"])
    assert "BLANK" not in (tmp_path / "answers" / "bptt.py").read_text(encoding="utf-8")


def test_a_new_package_holds_no_answer_and_is_not_done(tmp_path, capsys):
    folder = tmp_path / "mine"
    assert _run(["new", str(folder)], capsys)[0] == 0
    for task in TASKS:
        text = (folder / f"{task.name}.py").read_text(encoding="utf-8")
        compile(text, task.name, "exec")
        assert "raise NotImplementedError" in text and "BLANK" not in text and "# END" not in text
        for slip in SLIPS:
            if slip.task == task.name and slip.right.startswith(("np.", "(1", "Whh.T", "d = ", "dc = ")):
                assert slip.right not in text.split('"""', 2)[2], slip.right
    mark = marking.mark(BY_NAME["gru"], folder / "gru.py")
    assert not mark.passed and "NotImplementedError" in mark.error and "not done" in mark.hint
    code, _, error = _run(["new", str(folder)], capsys)
    assert code == 2 and "choose a new one" in error
    for bad in (["check", str(tmp_path / "absent")], ["mend", "x"], ["check", str(folder), "--seconds", "0"]):
        code, _, error = _run(bad, capsys)
        assert code == 2 and error.count("\n") == 1


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: f"{slip.task}: {slip.wrong[:30]}")
def test_every_planted_slip_is_found_with_its_hint(slip):
    """In this process: what the child would write. Twelve are asked for."""
    assert len(SLIPS) >= 12
    task, results = BY_NAME[slip.task], marking.slipped(slip)
    assert slip.right in package.source(slip.task)
    first = marking._parts_at(task, results)
    assert first is not None, "the slip changes nothing that is asked"
    assert marking.hint(task, results, first) == slip.hint


def test_a_slip_in_a_students_file_is_told(tmp_path, capsys):
    (tmp_path / "bptt.py").write_text(package.solution("bptt").replace("Whh.T @ d", "Whh @ d"), encoding="utf-8")
    code, out, _ = _run(["check", str(tmp_path)], capsys)
    assert code == 0 and "missing transpose" in out and "parts at dbh" in out and out.endswith("0 / 9\n")


def test_an_unknown_mistake_is_placed_but_not_guessed(tmp_path):
    text = package.solution("gru").replace("np.tanh(a[2 * H :]", "np.sin(a[2 * H :]")
    (tmp_path / "gru.py").write_text(text, encoding="utf-8")
    mark = marking.mark(BY_NAME["gru"], tmp_path / "gru.py")
    assert (mark.first, mark.hint) == ("h[1]", None) and mark.relative_error > 1e-3


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("while True: pass", "an endless loop"),
        ("x = bytearray(6 << 30)", "MemoryError"),
        ("import os; os._exit(3)", "exit code 3"),
        ("def forward(:", "forward.py:1: SyntaxError"),
        ("raise SystemExit", "SystemExit"),
        ("def softmax(y): return 1 / 0\ndef forward(*a): return softmax(0)", "forward.py:1: ZeroDivisionError"),
        ("x = 1", "AttributeError"),
        ("open('big', 'wb').write(b'0' * (32 << 20))", "OSError"),
        ("print('x' * 10_000_000)", "AttributeError"),
    ],
)
def test_what_students_code_does_is_held_and_told_in_a_line(code, told, tmp_path):
    file = tmp_path / "forward.py"
    file.write_text(code, encoding="utf-8")
    mark = marking.mark(BY_NAME["forward"], file, seconds=3 if "while" in code else 60)
    assert not mark.passed and told in mark.error and "\n" not in mark.error
    assert sorted(os.listdir(tmp_path)) == ["forward.py"]


def test_results_are_read_without_unpickling(tmp_path):
    out = tmp_path / "r.npz"
    np.savez(out, names=np.array(["a"], dtype=object), r0=np.zeros(1))
    assert "cannot be read" in marking._read(out, Path("x.py"))
    out.write_bytes(b"rubbish")
    assert "cannot be read" in marking._read(out, Path("x.py"))
