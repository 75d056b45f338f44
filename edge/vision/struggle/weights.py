"""What the measures speak for: a logistic regression whose thirty weights can be read in `weights.yaml`.

Made by `python -m tools.train fights`; so few weights that each can be argued with, and no better model was found
(docs/decisions/0017-fights.md).
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

import numpy as np
import yaml

from edge.vision.struggle.measures import NAMES, Values


class Sign(StrEnum):
    """Groups of measures, as people are told of them."""

    JERKS = "jerks"
    TANGLE = "tangle"
    UNREST = "unrest"
    SWAY = "sway"
    COMPANY = "company"


SIGN_OF = {
    "change": Sign.JERKS,
    "tangle": Sign.TANGLE,
    "often": Sign.UNREST,
    "wobble": Sign.SWAY,
    "drift": Sign.SWAY,
    "people": Sign.COMPANY,
    "close": Sign.COMPANY,
}
"""By how a measure's name begins."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Of each of `NAMES` after `squashed`: its mean, its spread, and its weight once these are taken out."""

    bias: float
    means: Values
    scales: Values
    weights: Values

    def score(self, values: Values) -> float:
        """How likely two seconds with these measures hold a fight, 0..1, if one in two did."""
        return float(1 / (1 + np.exp(-self.bias - self._parts(values).sum())))

    def sign(self, values: Values) -> Sign:
        """The group of measures that speaks loudest for a fight."""
        parts = self._parts(values)
        sums = dict.fromkeys(Sign, 0.0)
        for name, part in zip(NAMES, parts.tolist(), strict=True):
            sums[next(sign for beginning, sign in SIGN_OF.items() if name.startswith(beginning))] += part
        return max(sums, key=lambda sign: sums[sign])

    def _parts(self, values: Values) -> Values:
        parts: Values = (squashed(values) - self.means) / self.scales * self.weights
        return parts


def squashed(values: Values) -> Values:
    """Long tails drawn in: sign and logarithm."""
    drawn: Values = np.sign(values) * np.log1p(np.abs(values))
    return drawn


@cache
def shipped() -> Weights:
    """Those of `weights.yaml`."""
    return read(resources.files("edge.vision.struggle").joinpath("weights.yaml").read_text("utf-8"))


def read(text: str) -> Weights:
    """From the file's text. Raises KeyError for a measure that is missing."""
    table = yaml.safe_load(text)
    rows = np.array([[table["measures"][name][part] for part in ("mean", "scale", "weight")] for name in NAMES])
    return Weights(float(table["bias"]), *rows.T)


def written(weights: Weights) -> str:
    """The file's text, one measure a line."""
    rows = zip(NAMES, weights.means.tolist(), weights.scales.tolist(), weights.weights.tolist(), strict=True)
    lines = [
        f"  {name}: {{mean: {mean:.4f}, scale: {scale:.4f}, weight: {weight:.4f}}}"
        for name, mean, scale, weight in rows
    ]
    return "\n".join([f"bias: {weights.bias:.4f}", "measures:", *lines, ""])
