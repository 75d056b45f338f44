"""How bodies move: joint angles for each action and phase, and how far a cycle carries them."""

from tools.footage.world import Action, Thing


def stride_m(action: Action, thing: Thing) -> float:
    """Metres on the ground that one cycle (two steps) of `action` carries this body; 0 for actions that stay.

    Advance `phase` by metres / stride_m and the feet do not slide.
    """
    raise NotImplementedError


def height_m(thing: Thing) -> float:
    """How tall the thing stands: a person's body height by traits and seed."""
    raise NotImplementedError
