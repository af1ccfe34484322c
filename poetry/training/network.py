"""The network in torch: tied embedding, slot features, two recurrent layers of one cell.

For a token x[t] and the features f[t] of the slot that the NEXT token fills (a row of five ones):

    e[t] = sqrt(D) (E[x[t]] + sum_k E[n[t, k]] N_in[k] + f[t] F_in)       E: (V, D), N[k]: (D, D), F: (F, D)
    h[t] = layer_1(e)[t]                                                  D -> H
    v[t] = layer_2(h + attention(h) O)[t] + f[t] F_out                    H -> D, O: (A, H)
    u[t] = v[t] + sum_k (1 + v[t] . g[k] / sqrt(D)) E[n[t, k]] N_out[k]
    logits[t, c] = u[t] . E[c] + b[c] + (u[t] . r / sqrt(D) + r_0) [c used]

The state of a recurrent network forgets. What verse needs is therefore looked up: the title, the plan of key words and
the poem so far by attention (charrnn_core.attention), between the layers, so that the second has what was found in its
state; the tokens n[t, k] near that slot directly: above it, at its place one and two lines before
(charrnn_core.memory), on which couplets (对仗, parallelism: a noun under a noun, a number under a number) and the rhyme
are built, and what is still wanted of its line's word in the plan; and which characters the poem has used, for it
seldom uses one again. docs/training-log.md has what each is worth.

The factor sqrt(D) gives the first layer inputs of unit size though E, tied to the output, is small. It
matters more than any other choice of the recipe: see docs/training-log.md. 1 / sqrt(D) keeps one update of w or r,
which meet all D elements at once, from throwing a gate about.

The layers are torch.nn.RNN / GRU / LSTM, so gate order (LSTM i f g o; GRU r z n) and the two bias
vectors are torch's. charrnn_core.cells computes the same in numpy; a test holds the two equal.
"""

from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from charrnn_core.attention import HEAD
from charrnn_core.errors import UsageError
from charrnn_core.memory import ABOVE
from charrnn_core.stepper import LATER
from charrnn_core.stepper import WORD as WORD_TOKENS
from poetry.slots.features import FEATURE_SIZES, FEATURES, PLACE, WORD
from poetry.training.memory import still_wanted, tokens_above, tokens_used

CELLS: dict[str, Any] = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}


@dataclass(frozen=True)
class Entered:
    """What the network reads of T steps of B texts."""

    tokens: Tensor  # (T, B)
    slots: Tensor  # (T, B, 7)
    near: Tensor  # (T, B, ABOVE + 2): the tokens near each slot
    heard: Tensor  # the same shape: whether there is one
    used: Tensor  # (T, B, K)

    def part(self, steps: slice, texts: slice = slice(None)) -> "Entered":
        """Some steps of some texts."""
        return Entered(*(array[steps, texts] for array in vars(self).values()))


class Before(NamedTuple):
    """The state after some steps of B texts; before the first step there is nothing."""

    first: Any = None  # the layers' states, as torch.nn.LSTM has them
    second: Any = None
    seen: Tensor | None = None  # (2, B, heads, T, HEAD): keys and values of attention

    def repeated(self, copies: int) -> "Before":
        """Each text so many times."""
        seen = None if self.seen is None else self.seen.repeat_interleave(copies, dim=1)
        return Before(_repeated(self.first, copies), _repeated(self.second, copies), seen)


def _repeated(state: Any, copies: int) -> Any:
    """A layer's state (1, B, H), of an LSTM two of them, with each text so many times."""
    if isinstance(state, tuple):
        return tuple(part.repeat_interleave(copies, dim=1) for part in state)
    return state.repeat_interleave(copies, dim=1)


@dataclass(frozen=True)
class NetworkConfig:
    """Sizes of a network. Without `memory` it looks nothing up: what its cells keep is all it knows of the poem, which
    is how cells are compared. Raises UsageError for an impossible one."""

    cell: str
    vocabulary: int
    embedding: int
    hidden: int
    dropout: float = 0.1
    memory: bool = True
    attention: int = 128  # A, a multiple of charrnn_core.attention.HEAD; 0: none

    def __post_init__(self) -> None:
        if self.cell not in CELLS:
            raise UsageError("unknown cell {cell!r}; choose one of {choices}", cell=self.cell, choices=[*CELLS])
        if min(self.vocabulary, self.embedding, self.hidden) < 1 or not 0 <= self.dropout < 1:
            raise UsageError("sizes must be positive and dropout at least 0 and below 1")
        if not self.memory:
            object.__setattr__(self, "attention", 0)
        if self.attention < 0 or self.attention % HEAD:
            raise UsageError(
                "the size of the attention must be a multiple of {head}, not {attention}",
                head=HEAD,
                attention=self.attention,
            )

    def as_dict(self) -> dict[str, Any]:
        """The configuration as JSON-able data."""
        return asdict(self)


class Network(nn.Module):
    """See the module's docstring. Inputs are time first: tokens (T, B), slots (T, B, 7)."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        make = CELLS[config.cell]
        self.embedding = nn.Embedding(config.vocabulary, config.embedding)
        self.features_in = nn.Parameter(torch.empty(sum(FEATURE_SIZES), config.embedding))
        self.features_out = nn.Parameter(torch.empty(sum(FEATURE_SIZES), config.embedding))
        self.above_in = nn.Parameter(torch.zeros(ABOVE * config.embedding, config.embedding))
        self.above_out = nn.Parameter(torch.zeros(ABOVE * config.embedding, config.embedding))
        self.above_gate = nn.Parameter(torch.zeros(ABOVE, config.embedding))
        self.word_in = nn.Parameter(torch.zeros(WORD_TOKENS * config.embedding, config.embedding))
        self.word_out = nn.Parameter(torch.zeros(WORD_TOKENS * config.embedding, config.embedding))
        self.word_gate = nn.Parameter(torch.zeros(WORD_TOKENS, config.embedding))
        self.attention_in = nn.Parameter(torch.empty(config.hidden, 3 * config.attention))
        self.attention_out = nn.Parameter(torch.zeros(config.attention, config.hidden))
        self.repeat = nn.Parameter(torch.zeros(config.embedding))
        self.repeat_bias = nn.Parameter(torch.zeros(1))
        self.layers = nn.ModuleList([make(config.embedding, config.hidden), make(config.hidden, config.embedding)])
        self.bias = nn.Parameter(torch.zeros(config.vocabulary))
        self.drop = nn.Dropout(config.dropout)
        offsets = [sum(FEATURE_SIZES[:i]) for i in range(len(FEATURE_SIZES))]
        self.offsets: Tensor
        self.register_buffer("offsets", torch.tensor(offsets), persistent=False)
        self._initialise()
        for name in LATER if not config.memory else ():
            getattr(self, name).requires_grad_(False)  # they stay zero

    def _initialise(self) -> None:
        """Small embeddings (they are the output layer too); LSTM forget gates open (Jozefowicz et al. 2015)."""
        scale = self.config.embedding**-0.5
        nn.init.normal_(self.embedding.weight, std=scale)
        nn.init.normal_(self.features_in, std=0.5 * scale)
        nn.init.normal_(self.features_out, std=0.5 * scale)
        nn.init.normal_(self.attention_in, std=self.config.hidden**-0.5)
        for name, parameter in self.layers.named_parameters():
            if "weight_hh" in name:
                nn.init.orthogonal_(parameter)
            elif "weight_ih" in name:
                nn.init.xavier_uniform_(parameter)
            else:
                nn.init.zeros_(parameter)
                if self.config.cell == "lstm" and "bias_ih" in name:
                    gate = len(parameter) // 4
                    nn.init.ones_(parameter.data[gate : 2 * gate])

    def forward(self, tokens: Tensor, slots: Tensor) -> tuple[Tensor, Tensor]:
        """(T, B) int64, (T, B, 7) int64 -> u (T, B, D), tokens used (T, B, K): what the output layer needs."""
        entered = self.look_up(tokens, slots)
        return self.read(entered)[0], entered.used

    def look_up(self, tokens: Tensor, slots: Tensor) -> "Entered":
        """(T, B) int64, (T, B, 7) int64: whole texts, with what is near each slot."""
        places = slots[..., PLACE]
        # Not by the module: who listens to it (poetry.training.reach) is to hear the inputs alone.
        used = tokens_used(tokens, places)
        word = still_wanted(slots[..., WORD], torch.where(places > 1, tokens, 0), used)
        near = torch.cat([tokens_above(tokens, places), word], dim=-1)
        heard = torch.cat([torch.ones_like(near[..., :ABOVE]), word > 0], dim=-1)  # no word adds nothing
        return Entered(tokens, slots, near, heard, used)

    def read(self, entered: "Entered", before: "Before | None" = None) -> tuple[Tensor, "Before"]:
        """u (T, B, D) of T steps, and the state after them; `before`: the state after the steps before these."""
        # One product with a matrix of five ones a row is faster, backwards above all, than five look-ups.
        hot = torch.zeros(*entered.tokens.shape, sum(FEATURE_SIZES), device=entered.tokens.device)
        hot.scatter_(-1, entered.slots[..., :FEATURES] + self.offsets, 1.0)
        vectors = nn.functional.embedding(entered.near, self.embedding.weight) * entered.heard[..., None]
        x = self.embedding(entered.tokens) + vectors.flatten(-2) @ torch.cat([self.above_in, self.word_in])
        x = self.drop((x + hot @ self.features_in) * self.config.embedding**0.5)
        first, second, seen = before or Before()
        h, first = self.layers[0](x, first)
        h = self.drop(h)
        if self.config.attention:
            found, seen = self.attend(h, seen)
            h = h + found @ self.attention_out
        v, second = self.layers[1](h, second)
        v = self.drop(v) + hot @ self.features_out
        gates = 1 + v @ torch.cat([self.above_gate, self.word_gate]).T / self.config.embedding**0.5
        u = v + (vectors * gates[..., None]).flatten(-2) @ torch.cat([self.above_out, self.word_out])
        return u, Before(first, second, seen)

    def attend(self, h: Tensor, seen: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """(T, B, H) -> (T, B, A): what each step finds in the steps up to it; keys and values (2, B, heads, T', HEAD)
        of all steps, `seen` those of the steps before these."""
        T, B, _ = h.shape
        q, *new = (h @ self.attention_in).view(T, B, 3, -1, HEAD).permute(2, 1, 3, 0, 4)  # (B, heads, T, HEAD) each
        keys = torch.stack(new)
        if seen is not None:
            keys = torch.cat([seen, keys], dim=3)
        S = keys.shape[3]
        mask = None if seen is None else torch.ones(T, S, dtype=torch.bool, device=h.device).tril(S - T)
        found = nn.functional.scaled_dot_product_attention(q, keys[0], keys[1], attn_mask=mask, is_causal=mask is None)
        return found.permute(2, 0, 1, 3).reshape(T, B, -1), keys

    def gate(self, u: Tensor) -> Tensor:
        """(..., D) -> (...): what is added to the logits of tokens used."""
        return u @ self.repeat / self.config.embedding**0.5 + self.repeat_bias

    def logits(self, u: Tensor, used: Tensor) -> Tensor:
        """(..., D), (..., K) int64 -> (..., V)."""
        gate = torch.where(used > 0, self.gate(u)[..., None], 0.0)
        return nn.functional.linear(u, self.embedding.weight, self.bias).scatter_add(-1, used, gate)
