from collections.abc import Iterator

import numpy as np

from edge.vision.senses.flames import Flames, FlameSense
from tests.edge.vision.senses.shown import filled, shown

WALL = np.full((108, 192, 3), (90, 95, 100), np.uint8)
FLAME, LAMP, COAT = (60, 150, 245), (60, 150, 245), (40, 50, 220)
FPS = 5


def licking(seconds: float = 8) -> Iterator[np.ndarray]:
    chance = np.random.default_rng(4)
    for _ in range(int(seconds * FPS)):
        picture = WALL.copy()
        place = picture[40:60, 90:110]
        place[chance.random(place.shape[:2]) < 0.45] = FLAME
        yield picture


def last(sense_said: list[Flames]) -> Flames:
    return sense_said[-1]


def test_what_licks_in_the_colours_of_fire_is_found_where_it_burns() -> None:
    flames = last(shown(FlameSense(), licking(), FPS))
    assert flames.pixels[0] > 100
    x1, y1, x2, y2 = flames.boxes[0].tolist()
    assert abs(x1 - 90 / 192) < 0.02
    assert abs(x2 - 110 / 192) < 0.02
    assert abs(y1 - 40 / 108) < 0.03
    assert abs(y2 - 60 / 108) < 0.03


def test_a_lamp_that_shines_is_none() -> None:
    lamp = filled(WALL, (90, 40, 110, 60), LAMP)
    assert len(last(shown(FlameSense(), [lamp] * 40, FPS)).pixels) == 0


def test_a_red_coat_that_passes_is_none() -> None:
    walk = [filled(WALL, (3 * step, 20, 3 * step + 18, 80), COAT) for step in range(60)]
    assert all(len(flames.pixels) == 0 for flames in shown(FlameSense(), walk, FPS))


def test_a_flicker_that_is_not_of_fire_is_none() -> None:
    blue = [picture[..., ::-1] for picture in licking()]
    assert len(last(shown(FlameSense(), blue, FPS)).pixels) == 0


def test_another_light_after_a_pause_is_none() -> None:
    before, after = [filled(WALL, (90, 40, 110, 60), (50, 120, 150))] * 20, [filled(WALL, (90, 40, 110, 60), LAMP)] * 20
    said = shown(FlameSense(), before + after, FPS, paused=(20, 10.0))
    assert all(len(flames.pixels) == 0 for flames in said)


def test_lamps_that_pass_over_a_yellow_floor_burn_no_longer_than_they_take() -> None:
    floor = np.full((108, 192, 3), (20, 70, 110), np.uint8)
    places = np.abs(np.arange(192) - 1)
    beams = [np.exp(-(((places - 192 * step / 20) / 25) ** 2))[None, :, None] for step in range(20)]
    passing = [np.clip(floor * (1 + 2.5 * beam) + 220 * beam**16, 0, 255) for beam in beams]
    said = shown(FlameSense(), [*[floor] * 10, *passing, *[floor] * 20], FPS)
    burns = [number for number, flames in enumerate(said) if len(flames.pixels)]
    assert all(number < 10 + 20 + FPS for number in burns)
