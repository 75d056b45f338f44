"""The words of traces: what may keep a rule from raising, in the order in which rules ask.

A rule's trace names the first that fails. A new rule may use a word of its own: add it here, and to protocol/texts
`condition.<word>` (its name) and `trace.<word>` (the sentence when it fails; `trace.<word>.passed` if it holds). A word
that is not here is still told, in a general sentence.
"""

from enum import StrEnum


class Condition(StrEnum):
    """What `have` and `need` of a trace are stands behind each."""

    PAUSED = "paused"  # nothing: the node was on short rations, and the rule was not shown the scene
    LEARNING = "learning"  # the sense behind the rule still learns what is usual
    VIEW = "view"  # the view is as it should be: likeness, and the limit below which it is not
    CLASS = "class"
    SIZE = "size"  # height or size, and the least, shares
    SCORE = "score"  # score, and the least
    EXCEPTION = "exception"
    SCHEDULE = "schedule"
    PLACE = "place"  # in the zone; for a line: clearly off it, and on the other side than before
    AROUND = "around"  # it passed the line beside its ends
    DIRECTION = "direction"  # degrees or none
    RIDER = "rider"
    MOVEMENT = "movement"
    STILL = "still"
    SPEED = "speed"  # speed, and the limit
    PATH = "path"  # length of the way, and the least
    WAY = "way"  # how far it went, and the least
    USUAL = "usual"  # how rare it is, and the limit
    VOTES = "votes"  # how often it was recognised, and how often it must be
    OPENING = "opening"  # who has passed on this opening, and who may
    STANDING = "standing"  # it has stood upright, so that it can fall
    WHOLE = "whole"  # it is all in the picture, not cut off by its edge
    LOW = "low"  # its height as a share of its standing height, and the limit below which it lies
    WIDE = "wide"  # its width in heights, and the least: who crouches is low, too, but narrow
    FEET = "feet"  # how far above his feet it lies, in his standing heights, and the most
    DESCENT = "descent"  # seconds it took to go down, and the most that a fall takes
    FLAT = "flat"  # the share of looks since then in which it lay, and the least
    LOST = "lost"  # nothing lies where it was lost
    GAP = "gap"  # nothing is gone from there, as far as it can be told
    BROUGHT = "brought"
    OWNER = "owner"
    COMPANY = "company"
    COUNT = "count"  # how many, and how many it takes
    TIME = "time"  # seconds, and the limit
    SEEN = "seen"  # share of the looks in which it was seen, and the least
    ALIVE = "alive"
    EVERYWHERE = "everywhere"  # the share of the picture it began with, and the limit
    COOLDOWN = "cooldown"
    RAISED = "raised"  # nothing: it has raised


ORDER = {condition: number for number, condition in enumerate(Condition)}
LINE_ORDER = ORDER | {Condition.SCHEDULE: ORDER[Condition.DIRECTION] + 0.5}
"""Rules about a line ask for the schedule when something has crossed."""


def rank(condition: str, *, line: bool = False) -> float:
    """Where a word stands in the order; one that is not known comes just before the time."""
    order = LINE_ORDER if line else ORDER
    return order[Condition(condition)] if condition in ORDER else ORDER[Condition.TIME] - 0.5
