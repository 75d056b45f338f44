"""A logistic regression with a small penalty, fitted by Newton's method: thirty weights need no library."""

import numpy as np
from numpy.typing import NDArray

from edge.vision.struggle.weights import Weights, squashed

PENALTY = 10.0
"""On the square of the weights, beside the log loss of as many windows as there are; chosen by cross-validation."""
STEPS = 50

Column = NDArray[np.float64]


def fit(values: NDArray[np.float64], fights: NDArray[np.bool_], shares: Column) -> Weights:
    """From measures (N, 30), what each is, and how much each counts; equal input, equal weights."""
    drawn = squashed(values)
    means = np.average(drawn, axis=0, weights=shares)
    scales = np.sqrt(np.average((drawn - means) ** 2, axis=0, weights=shares)) + 1e-9
    rows = np.c_[(drawn - means) / scales, np.ones(len(drawn))]
    penalty = np.full(rows.shape[1], PENALTY)
    penalty[-1] = 0.0
    found = np.zeros(rows.shape[1])
    for _ in range(STEPS):
        likely = 1 / (1 + np.exp(-rows @ found))
        slope = rows.T @ (shares * (likely - fights)) + penalty * found
        bend = (rows * (shares * likely * (1 - likely))[:, None]).T @ rows + np.diag(penalty)
        change = np.linalg.solve(bend, slope)
        found = found - change
        if np.abs(change).max() < 1e-9:
            break
    return Weights(float(found[-1]), means, scales, found[:-1])
