"""The critic in torch, for training: see poetry.critic.critic for what it computes and the shapes."""

import torch
from torch import Tensor, nn

from poetry.critic.critic import LENGTHS, MIDDLE, MOST_LINES, Sizes, first_place

DROPOUT = 0.2


class Network(nn.Module):
    """Parts of the critic; training asks only for those it needs."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        V, C, H, A = sizes.vocabulary, sizes.channels, sizes.hidden, sizes.head
        S = 2 * H + C
        self.table = nn.Parameter(torch.randn(V, C))
        self.place = nn.Parameter(torch.zeros(sum(LENGTHS), C))
        self.line = nn.Parameter(torch.zeros(MOST_LINES, C))
        self.gru = nn.GRU(C, H, batch_first=True, bidirectional=True)
        self.human_in, self.human_out = nn.Linear(2 * S, A), nn.Linear(A, 1)
        self.former, self.latter = nn.Linear(S, A), nn.Linear(S, A)
        self.whole_in, self.whole_out = nn.Linear(3 * A, A), nn.Linear(A, 1)
        self.asked, self.key, self.value = nn.Linear(C, A), nn.Linear(S, A), nn.Linear(S, A)
        self.title_in, self.title_out = nn.Linear(3 * A, A), nn.Linear(A, 1)
        self.above, self.below = nn.Linear(S, A), nn.Linear(S, A)
        self.couplet_in, self.couplet_out = nn.Linear(3 * A, A), nn.Linear(A, 1)
        self.drop = nn.Dropout(DROPOUT)
        with torch.no_grad():  # so that like looks for like from the start
            self.latter.weight.copy_(self.former.weight)
            self.key.weight[:, 2 * H :] = self.asked.weight
            self.value.weight[:, 2 * H :] = self.asked.weight

    def states(self, poems: Tensor) -> Tensor:
        """(N, L, n) -> (N, L n, S)"""
        N, L, n = poems.shape
        place = self.place[first_place(n) : first_place(n) + n]
        entered = (self.drop(self.table[poems]) + self.line[:L, None] + place).reshape(N, L * n, -1)
        return torch.cat([self.drop(self.gru(entered)[0]), entered], dim=2)

    def human(self, states: Tensor) -> Tensor:
        """(N,) log-odds that the poem is a human's."""
        pooled = torch.cat([states.mean(1), states.amax(1)], dim=1)
        return self.human_out(self.drop(torch.relu(self.human_in(pooled)))).squeeze(-1)

    def whole(self, states: Tensor, lines: int) -> Tensor:
        """(N,) log-odds that the `lines` lines, two or more, belong together."""
        of_lines = states.unflatten(1, (lines, -1)).mean(2)
        former, latter = torch.triu_indices(lines, lines, 1)
        met = torch.relu(self.whole_in(_pairs(self.former(of_lines)[:, former], self.latter(of_lines)[:, latter])))
        return self.whole_out(self.drop(met.mean(1))).squeeze(-1)

    def title(self, states: Tensor, titles: Tensor) -> Tensor:
        """(..., N) log-odds that the titles (..., N, I), padded with 0, are the poems' own."""
        present = (titles > 0).unsqueeze(-1)
        asked = torch.tanh(self.asked(self.drop(self.table[titles])))
        keys, values = self.key(states), self.value(states)
        near = torch.softmax(asked @ keys.mT / keys.shape[-1] ** 0.5, dim=-1)
        met = torch.relu(self.title_in(_pairs(asked, near @ values)))
        return self.title_out(self.drop((met * present).sum(-2) / present.sum(-2).clamp(min=1))).squeeze(-1)

    def couplet(self, states: Tensor, lines: int) -> Tensor:
        """(N,) log-odds that the middle couplets of the first `lines` lines, four or more, are true ones."""
        by_line = states.unflatten(1, (lines, -1))
        of_each = [
            torch.relu(self.couplet_in(_pairs(self.above(by_line[:, i]), self.below(by_line[:, i + 1])))).mean(1)
            for i in MIDDLE
            if i + 2 <= lines
        ]
        return torch.stack([self.couplet_out(self.drop(met)).squeeze(-1) for met in of_each]).mean(0)


def _pairs(one: Tensor, two: Tensor) -> Tensor:
    return torch.cat([one, two, one * two], dim=-1)


def projected(embedding: Tensor, channels: int) -> Tensor:
    """(V, D) -> (V, channels): where a table starts: the embedding on its principal axes, 0 on more than it has, as
    large as random numbers."""
    centred = embedding - embedding.mean(0)
    axes = torch.linalg.eigh(centred.T @ centred)[1].flip(1)[:, :channels]
    found = nn.functional.pad(centred @ axes, (0, channels - axes.shape[1]))
    return found / found.std()
