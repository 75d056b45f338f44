"""What a person looks like, by seed and by what the scenario asks: age, build, clothes, colours. Pure."""

import random
from dataclasses import dataclass
from typing import Literal, cast, get_args

from tools.footage.world import Thing

Colour = tuple[float, float, float]
"""Linear reflectance, 0..1 each."""

Sex = Literal["female", "male"]
Hair = Literal["bald", "crop", "short", "bob", "long", "bun", "cap", "hood"]
Upper = Literal["tee", "shirt", "jumper", "jacket", "coat", "vest"]
Lower = Literal["trousers", "loose", "shorts", "skirt", "dress"]
Pattern = Literal["plain", "stripes", "checks", "speckled"]

COLOURS: dict[str, Colour] = {
    "black": (0.018, 0.018, 0.02),
    "charcoal": (0.045, 0.045, 0.05),
    "grey": (0.18, 0.18, 0.18),
    "white": (0.72, 0.72, 0.70),
    "beige": (0.42, 0.34, 0.24),
    "brown": (0.09, 0.05, 0.03),
    "navy": (0.02, 0.03, 0.09),
    "denim": (0.06, 0.10, 0.20),
    "blue": (0.04, 0.12, 0.42),
    "sky": (0.28, 0.45, 0.65),
    "green": (0.05, 0.20, 0.07),
    "olive": (0.10, 0.11, 0.05),
    "red": (0.42, 0.03, 0.03),
    "wine": (0.12, 0.02, 0.03),
    "pink": (0.62, 0.28, 0.33),
    "orange": (0.62, 0.20, 0.03),
    "yellow": (0.65, 0.50, 0.06),
    "purple": (0.14, 0.06, 0.22),
}
"""What scenarios may name; measured on no one, chosen to look like cloth in daylight."""

_SKIN: tuple[Colour, ...] = (
    (0.58, 0.38, 0.28),
    (0.50, 0.31, 0.22),
    (0.44, 0.27, 0.18),
    (0.38, 0.22, 0.14),
    (0.22, 0.12, 0.07),
    (0.10, 0.055, 0.035),
)
_HAIR: tuple[Colour, ...] = ((0.012, 0.010, 0.009), (0.02, 0.014, 0.01), (0.05, 0.028, 0.015), (0.14, 0.08, 0.035))
_UPPER_COLOURS = ("black", "charcoal", "grey", "white", "white", "beige", "navy", "blue", "sky", "green", "olive")
_BRIGHT = ("red", "wine", "pink", "orange", "yellow", "purple")
_LOWER_COLOURS = ("black", "charcoal", "charcoal", "grey", "beige", "brown", "navy", "denim", "denim", "denim", "olive")


@dataclass(frozen=True, slots=True)
class Looks:
    """One person. `weight`, `muscle`: 0 … 1, as MakeHuman counts them; `origin`: african, asian, caucasian."""

    sex: Sex
    age_years: float
    height_m: float
    weight: float
    muscle: float
    origin: tuple[float, float, float]
    skin: Colour
    hair: Hair
    hair_colour: Colour
    upper: Upper
    upper_colour: Colour
    pattern: Pattern
    second_colour: Colour
    lower: Lower
    lower_colour: Colour
    shoe_colour: Colour
    load: str
    load_colour: Colour
    pace: float
    """How wide this one swings, about 1."""


def _age(wanted: str, dice: random.Random) -> float:
    if wanted.isdigit():
        return float(wanted)
    ranges = {"child": (5, 10), "teen": (12, 17), "adult": (20, 55), "old": (65, 82)}
    kind = wanted or dice.choices(("child", "teen", "adult", "old"), (5, 8, 70, 17))[0]
    return dice.uniform(*ranges[kind])


def _height(sex: Sex, age: float, dice: random.Random) -> float:
    grown = 1.72 if sex == "male" else 1.60
    spread = min(2.0, max(-2.0, dice.gauss(0, 1))) * 0.055
    share = 1.0 if age >= 18 else 0.62 + 0.38 * (age - 4) / 14 if age > 4 else 0.55
    shrunk = 0.04 if age > 65 else 0.0
    return grown * share * (1 + spread / grown) - shrunk


def _hair(sex: Sex, age: float, dice: random.Random) -> Hair:
    if sex == "male":
        options: tuple[Hair, ...] = ("crop", "short", "short", "short", "cap", "hood")
        return dice.choice((*options, "bald", "bald")) if age > 45 else dice.choice(options)
    return dice.choice(("bob", "bob", "long", "long", "bun", "short", "cap"))


def _lower(sex: Sex, dice: random.Random) -> Lower:
    if sex == "male":
        return dice.choices(("trousers", "loose", "shorts"), (5, 3, 1))[0]
    return dice.choices(("trousers", "loose", "skirt", "dress", "shorts"), (6, 2, 2, 1, 1))[0]


def looks(thing: Thing) -> Looks:
    """How this person looks; the same seed and traits give the same person.

    Traits: sex (female, male); age (child, teen, adult, old, or years); height (metres); hair, upper, lower (as the
    types here); colour, lower_colour, load_colour (names of `COLOURS`); load (backpack, bag, suitcase, box, umbrella or
    nothing).
    Raises ValueError for a colour that is not known.
    """
    dice, asked = random.Random(f"looks {thing.seed}"), thing.traits
    sex: Sex = "female" if asked.get("sex", dice.choice(("female", "male"))) == "female" else "male"
    age = _age(asked.get("age", ""), dice)
    height = _height(sex, age, dice)
    origin = dice.choices(((0.0, 1.0, 0.0), (0.1, 0.5, 0.4), (0.0, 0.1, 0.9), (0.9, 0.0, 0.1)), (6, 2, 2, 1))[0]
    skin = _SKIN[dice.choices(range(6), (0, 0, 0, 1, 4, 4) if origin[0] > 0.5 else (4, 5, 5, 3, 0, 0))[0]]
    hair = _hair(sex, age, dice)
    hair_colour = (0.35, 0.34, 0.33) if age > 62 and dice.random() < 0.8 else dice.choice(_HAIR)
    upper: Upper = dice.choice(("tee", "shirt", "shirt", "jumper", "jacket", "jacket", "coat", "vest"))
    upper_colour = dice.choice(_UPPER_COLOURS + (_BRIGHT if dice.random() < 0.5 else ()))
    pattern: Pattern = dice.choices(("plain", "stripes", "checks", "speckled"), (7, 1, 1, 1))[0]
    lower = _lower(sex, dice)
    lower_colour = dice.choice(_LOWER_COLOURS)
    load = dice.choices(("", "backpack", "bag"), (7, 1, 2))[0]
    return Looks(
        sex=sex,
        age_years=age,
        height_m=float(asked.get("height", height)),
        weight=min(1.0, max(0.15, dice.gauss(0.5 + 0.004 * (age - 30), 0.15))),
        muscle=min(0.9, max(0.2, dice.gauss(0.55, 0.12))),
        origin=origin,
        skin=skin,
        hair=cast(Hair, _asked(asked, "hair", hair, Hair)),
        hair_colour=hair_colour,
        upper=cast(Upper, _asked(asked, "upper", upper, Upper)),
        upper_colour=_colour(asked.get("colour", upper_colour)),
        pattern=pattern,
        second_colour=_colour(dice.choice(("white", "grey", "navy", "black", "beige"))),
        lower=cast(Lower, _asked(asked, "lower", lower, Lower)),
        lower_colour=_colour(asked.get("lower_colour", lower_colour)),
        shoe_colour=_colour(dice.choice(("black", "black", "white", "brown", "grey", "navy"))),
        load=asked.get("load", load),
        load_colour=_colour(asked.get("load_colour", dice.choice(("black", "navy", "brown", "red", "olive", "grey")))),
        pace=dice.uniform(0.88, 1.12),
    )


def _asked(asked: dict[str, str], trait: str, drawn: str, kinds: object) -> str:
    """What the scenario asks for, or what the dice gave."""
    value, allowed = asked.get(trait, drawn), get_args(kinds)
    if value not in allowed:
        raise ValueError(f"{trait}: no «{value}»; expected one of: {', '.join(allowed)}")
    return value


def _colour(name: str) -> Colour:
    if name not in COLOURS:
        raise ValueError(f"colour: no «{name}»; expected one of: {', '.join(sorted(COLOURS))}")
    return COLOURS[name]
