"""The studio: one place under one light seen by one camera; gives its plate once and a layer for each moving thing."""

from tools.footage.layers import Layer, Plate
from tools.footage.world import Light, Thing, View


class Studio:
    """Owns Blender's only scene, so there is one studio at a time in a process; not for threads.

    Plates and layers are kept in `out/footage/cache` under a hash of all that makes them, so that rendering resumes.
    """

    def __init__(self, place: str, view: View, light: Light, seed: int) -> None:
        """`place`: a name of `tools.footage.places`; `seed`: which variant of it (trees, colours, clutter)."""
        raise NotImplementedError

    def plate(self) -> Plate:
        """The empty place; some ten seconds the first time, then from the cache."""
        raise NotImplementedError

    def layer(self, thing: Thing, time_s: float) -> Layer:
        """`thing` alone with its shadow on the place; `time_s` moves what moves by itself (idle sway, wheels)."""
        raise NotImplementedError
