"""六、冒号的权重 / the colon's weights: 为什么冒号后面是换行 / why a newline follows a colon."""

import numpy as np


def strongest_unit(Wxh, a):
    """字符 a 最用力推高的单元 / the unit that character a drives up hardest: (j, Wxh[j, a])."""
    # BLANK 输入 x 是独热的 / the input x is one-hot
    j = int(np.argmax(Wxh[:, a]))
    return j, float(Wxh[j, a])
    # END


def raised(Why, j, count):
    """单元 j 为正时抬得最高的 count 个字符，大的在前 / the ids that unit j raises most, largest first."""
    # BLANK
    return [int(k) for k in np.argsort(-Why[:, j])[:count]]
    # END


def contribution(Why, h, b):
    """每个单元把 b 的分数抬得比平均分数高多少 / by how much each unit raises b above the average score (H,)."""
    # BLANK
    return (Why[b] - Why.mean(axis=0)) * h
    # END
