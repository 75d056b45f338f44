import numpy as np
import pytest

from tools.footage.effects import picture, sprayed, srgb, with_rain
from tools.footage.particles import Plume, fire, smoke
from tools.footage.scenario import Look
from tools.footage.world import Light, View

GREY = np.full((90, 160, 3), 0.2, np.float32)
VIEW = View((0, -12, 4), (0, 0, 1), 50, 320, 180)


@pytest.mark.parametrize("light", Light)
def test_a_picture_is_the_same_every_time_and_another_than_the_next(light: Light) -> None:
    first, again, following = (picture(GREY, light, Look(), 0.5, 7, number) for number in (3, 3, 4))
    assert first.dtype == np.uint8
    assert (first == again).all()
    assert (first != following).any()


def test_noise_grows_as_light_fades() -> None:
    plain = Look(blur_px=0, sharpening=0)
    noise = [picture(GREY, light, plain, 0, 1, 1).astype(float).std() for light in (Light.DAY, Light.DUSK, Light.NIGHT)]
    assert noise == sorted(noise)
    assert picture(GREY, Light.NIGHT, Look(noise=0), 0, 1, 1).astype(float)[40:50, 75:85].std(axis=(0, 1)).max() < 1


def test_infrared_is_grey() -> None:
    red = np.full((90, 160, 3), 0.0, np.float32)
    red[..., 0] = 0.5
    shown = picture(red, Light.INFRARED, Look(), 0, 1, 1).astype(int)
    assert np.abs(shown[..., 0] - shown[..., 2]).max() <= 1


def test_tones_rise_with_light_and_keep_drawing_in_the_highlights() -> None:
    tones = srgb(np.linspace(0, 3, 300, dtype=np.float32))
    assert (np.diff(tones) >= 0).all()
    assert tones[0] == 0.0
    assert tones[-1] <= 1.0
    middle, bright, brighter = srgb(np.array([0.2, 0.9, 1.2], np.float32)).tolist()
    assert middle == pytest.approx(0.4845, abs=1e-3)
    assert bright < brighter


def test_more_rain_is_more_streaks() -> None:
    def changed(amount: float) -> float:
        return float(np.abs(with_rain(GREY, amount, np.random.default_rng(1)) - GREY).sum())

    assert changed(0.2) < changed(0.6) < changed(1.0)


def test_paint_only_ever_grows_until_nearly_nothing_is_left() -> None:
    white = np.full((90, 160, 3), 255, np.uint8)
    shares = [sprayed(white, share, 1).mean() for share in (0.0, 0.2, 0.5, 1.0)]
    assert shares == sorted(shares, reverse=True)
    assert shares[0] == 255.0
    assert shares[-1] < 90


def plume(age_s: float) -> Plume:
    return Plume((0.0, 0.0, 0.8), 1.0, 4.0, age_s, 3)


def test_flames_are_red_before_green_before_blue_and_flicker() -> None:
    one, two = fire(plume(5.0), VIEW, Light.DAY), fire(plume(5.1), VIEW, Light.DAY)
    mean = one.rgba.reshape(-1, 4).sum(axis=0)
    assert mean[0] > mean[1] > mean[2]
    assert (one.rgba != two.rgba).any()
    again = fire(plume(5.0), VIEW, Light.DAY)
    assert (one.rgba == again.rgba).all()


def test_smoke_is_grey_stands_above_its_fire_and_leans() -> None:
    cloud = smoke(plume(5.0), VIEW, Light.DAY)
    cover = cloud.rgba[..., 3]
    assert 0.3 < cover.max() <= 1.0
    colours = cloud.rgba[cover > 0.3][:, :3]
    assert np.abs(colours[:, 0] - colours[:, 2]).max() < 0.1
    assert (cloud.y + np.flatnonzero(cover.max(axis=1) > 0.2)[0]) < fire(plume(5.0), VIEW, Light.DAY).y + 5


def test_flames_light_what_is_around_them_at_night() -> None:
    glow = fire(plume(5.0), VIEW, Light.NIGHT).shadow
    assert glow.max() > 1.5
    assert glow.min() >= 1.0
    assert fire(plume(5.0), VIEW, Light.DAY).shadow.max() == 1.0


@pytest.mark.parametrize("position", [(0.0, -14.0, 0.0), (60.0, 0.0, 0.0)])
def test_a_fire_out_of_sight_is_no_layer(position: tuple[float, float, float]) -> None:
    assert not smoke(Plume(position, 1.0, 4.0, 3.0, 1), VIEW, Light.DAY).rgba.size
