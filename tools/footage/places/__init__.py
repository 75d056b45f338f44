"""Places by name; the descriptions need no Blender, `build` of each place's module does."""

from collections.abc import Mapping

from tools.footage.places.base import Place

PLACES: Mapping[str, Place] = {}
"""Every place: courtyard, shed, street, lift, gate, facade."""
