"""The critic in torch, for training: see poetry.critic.critic for what it computes and the shapes."""

import torch
from torch import Tensor, nn

from poetry.critic.critic import LENGTHS, MIDDLE, MOST_LINES, Sizes, first_place

DROPOUT = 0.2


class Network(nn.Module):
    """Parts of the critic; training asks only for those it needs. The embedding (V, D) is the writer's and stays."""

    def __init__(self, sizes: Sizes, embedding: Tensor) -> None:
        super().__init__()
        C, H, A = sizes.channels, sizes.hidden, sizes.head
        self.embedding: Tensor
        self.register_buffer("embedding", embedding * sizes.embedding**0.5, persistent=False)
        self.enter = nn.Linear(sizes.embedding, C)
        self.place = nn.Parameter(torch.zeros(sum(LENGTHS), C))
        self.line = nn.Parameter(torch.zeros(MOST_LINES, C))
        self.gru = nn.GRU(C, H, batch_first=True, bidirectional=True)
        self.human_in, self.human_out = nn.Linear(4 * H, A), nn.Linear(A, 1)
        self.whole_in, self.whole_out = nn.Linear(4 * H, A), nn.Linear(A, 1)
        self.asked, self.key, self.value = nn.Linear(C, A), nn.Linear(2 * H, A), nn.Linear(2 * H, A)
        self.title_in, self.title_out = nn.Linear(3 * A, A), nn.Linear(A, 1)
        self.above, self.below = nn.Linear(2 * H, A), nn.Linear(2 * H, A)
        self.couplet_in, self.couplet_out = nn.Linear(3 * A, A), nn.Linear(A, 1)
        self.drop = nn.Dropout(DROPOUT)

    def states(self, poems: Tensor) -> Tensor:
        """(N, L, n) -> (N, L n, 2 H)"""
        N, L, n = poems.shape
        place = self.place[first_place(n) : first_place(n) + n]
        entered = self.drop(self.enter(self.embedding[poems])) + self.line[:L, None] + place
        return self.drop(self.gru(entered.reshape(N, L * n, -1))[0])

    def human(self, states: Tensor) -> Tensor:
        """(N,) log-odds that the poem is a human's."""
        return self._out(self.human_out, self.human_in(_pooled(states)))

    def whole(self, states: Tensor) -> Tensor:
        """(N,) log-odds that the lines belong together."""
        return self._out(self.whole_out, self.whole_in(_pooled(states)))

    def title(self, states: Tensor, titles: Tensor) -> Tensor:
        """(N,) log-odds that the title (N, I), padded with 0, is the poem's own."""
        present = (titles > 0).unsqueeze(-1)
        asked = torch.tanh(self.asked(self.drop(self.enter(self.embedding[titles]))))
        keys, values = self.key(states), self.value(states)
        near = torch.softmax(asked @ keys.transpose(1, 2) / keys.shape[-1] ** 0.5, dim=-1)
        met = torch.relu(self.title_in(_pairs(asked, near @ values)))
        return self.title_out(self.drop((met * present).sum(1) / present.sum(1).clamp(min=1))).squeeze(-1)

    def couplet(self, states: Tensor, lines: int) -> Tensor:
        """(N,) log-odds that the middle couplets of the first `lines` lines, four or more, are true ones."""
        by_line = states.unflatten(1, (lines, -1))
        of_each = [
            torch.relu(self.couplet_in(_pairs(self.above(by_line[:, i]), self.below(by_line[:, i + 1])))).mean(1)
            for i in MIDDLE
            if i + 2 <= lines
        ]
        return torch.stack([self.couplet_out(self.drop(met)).squeeze(-1) for met in of_each]).mean(0)

    def _out(self, out: nn.Linear, hidden: Tensor) -> Tensor:
        return out(self.drop(torch.relu(hidden))).squeeze(-1)


def _pooled(states: Tensor) -> Tensor:
    return torch.cat([states.mean(1), states.amax(1)], dim=1)


def _pairs(one: Tensor, two: Tensor) -> Tensor:
    return torch.cat([one, two, one * two], dim=-1)
