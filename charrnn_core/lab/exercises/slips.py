"""Slips that students make, each as a change of one piece of the solution, with the hint that it calls for.

A student whose results equal those of a slip has very likely made it.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Slip:
    """In the solution of `task`, `right` replaced by `wrong`."""

    task: str
    right: str
    wrong: str
    hint: str


SLIPS = (
    Slip(
        "forward",
        "Whh @ hs[-1]",
        "Whh @ h0",
        "每一步都用了 h0：要用上一步的状态 / h0 at every step: use the state of the step before",
    ),
    Slip("forward", "hs[-1] + bh)", "hs[-1])", "漏了偏置 bh / the bias bh is missing"),
    Slip(
        "forward",
        "np.exp(y - y.max())",
        "np.exp(y)",
        "exp 溢出：先减去最大值 / exp overflows: subtract the maximum first",
    ),
    Slip("bptt", "Whh.T @ d", "Whh @ d", "dh_next 少了转置：Whhᵀ d / a missing transpose: Whh^T d"),
    Slip(
        "bptt",
        "Why.T @ dy + dh_next",
        "Why.T @ dy",
        "dh 里漏了从后一步来的 dh_next / dh lacks dh_next, what comes from the step after",
    ),
    Slip(
        "bptt",
        "ps[t].copy()",
        "ps[t]",
        "dy = ps[t] 只是别名，改 dy 就改了概率：要 copy / an alias: changing dy changes p; copy it",
    ),
    Slip(
        "bptt", "dy[targets[t]] -= 1", "dy[targets[t]] += 1", "符号：目标处要减 1 / the sign: subtract 1 at the target"
    ),
    Slip(
        "bptt",
        "dy = ps[t].copy()",
        "dy = ys[t].copy()",
        "dy 从概率 p 来，不是从分数 y / dy comes from p, not from the scores y",
    ),
    Slip("bptt", "(1 - hs[t + 1] ** 2)", "(1 - hs[t + 1])", "tanh 的导数是 1 - h² / the derivative of tanh is 1 - h^2"),
    Slip(
        "bptt",
        "np.outer(d, hs[t])",
        "np.outer(d, hs[t + 1])",
        "dWhh 用前一步的状态 h[t-1] / dWhh takes the state before, h[t-1]",
    ),
    Slip(
        "temperature", "dy / T", "dy", "z = y / T，所以导数要除以 T / z = y / T, so that the derivative is divided by T"
    ),
    Slip("temperature", "dy / T", "dy * T", "导数要除以 T，不是乘 / divide the derivative by T; do not multiply"),
    Slip(
        "temperature",
        "(y - y.max()) / T",
        "(y - y.max()) * T",
        "alpha = 1 / T：分数要除以 T / alpha = 1 / T: divide the scores by T",
    ),
    Slip(
        "gumbel",
        "y + noise(u)))",
        "y + noise(u[0])))",
        "一个噪声加给所有类等于没加：每类各一个 / one noise for all classes changes nothing: one for each",
    ),
    Slip("gumbel", "-np.log(-np.log(u))", "np.log(-np.log(u))", "符号：g = -log(-log u) / the sign: g = -log(-log u)"),
    Slip("gumbel", "(ds - s @ ds) / tau", "(ds - s @ ds)", "反向也要除以 tau / the derivative is divided by tau too"),
    Slip(
        "complete",
        "h = encode(Wxh, Whh, bh, starter)",
        "h = encode(Wxh, Whh, bh, [*starter, starter[-1]])",
        "开头的最后一个字符读了两遍 / the starter's last character is read twice",
    ),
    Slip(
        "complete",
        "Whh @ h + bh)\n    # END\n    return written",
        "bh)\n    # END\n    return written",
        "写的时候丢了状态 / the state is lost while writing",
    ),
    Slip(
        "colon",
        "np.argmax(Wxh[:, a])",
        "np.argmax(Wxh[a])",
        "x 独热，所以看 Wxh 的第 a 列，不是第 a 行 / x is one-hot: column a of Wxh, not row a",
    ),
    Slip("colon", "Why[:, j]", "Why[j]", "单元 j 的去向是 Why 的第 j 列 / what unit j raises is column j of Why"),
    Slip(
        "gru",
        "new = (1 - z) * n + z * h",
        "new = (1 - z) * h + z * n",
        "z 与 1 - z 换了位置（有的书这样写，torch 不是） / z and 1 - z are exchanged: torch has it otherwise",
    ),
    Slip(
        "gru",
        "r * c[2 * H :]",
        "(W_hh[2 * H :] @ (r * h) + b_hh[2 * H :])",
        "重置门要在乘积之后：r * (U h + c) / the reset gate comes after the product: r * (U h + c)",
    ),
    Slip("gru", " + d_new * z", "", "dh 漏了直接传下来的一项 z / dh lacks the term that z passes straight on"),
    Slip(
        "lstm",
        "i, f, g, o = np.split(",
        "i, f, o, g = np.split(",
        "门的次序是 i f g o / the gates come in the order i f g o",
    ),
    Slip("lstm", "dc = d * f", "dc = dc_new * f", "dc 漏了从 h' 来的一项 / dc lacks what comes through h'"),
    Slip(
        "lstm",
        "d = dc_new + dh_new",
        "d = dh_new",
        "漏了从后一步来的 dc：记忆的路断了 / dc of the step after is missing: the memory's path is cut",
    ),
    Slip("verse", "    _, state = step(state, start)\n", "", "没有先读起始符 / the start token is not read"),
    Slip("verse", "if chosen == end:", "if chosen is None:", "没有停在结束符 / it does not stop at the end token"),
)
