"""The area under the ROC curve: how often a true example scores above a false one."""

import numpy as np


def auc(true: np.ndarray, false: np.ndarray) -> float:
    """P(true > false) + P(true = false) / 2 over all pairs of scores (Mann and Whitney 1947)."""
    ordered = np.sort(false)
    below, up_to = np.searchsorted(ordered, true), np.searchsorted(ordered, true, side="right")
    return float((below + up_to).mean() / 2 / len(false))
