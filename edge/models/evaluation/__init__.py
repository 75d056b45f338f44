"""How well a detector finds what is there: matching, curves, labelled sets. Nothing here knows a network."""

from edge.models.evaluation.judged import Judged
from edge.models.evaluation.scores import ClassScores, Found, Scores, evaluate

__all__ = ["ClassScores", "Found", "Judged", "Scores", "evaluate"]
