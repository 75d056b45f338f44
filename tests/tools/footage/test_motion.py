import math

import pytest

from tools.footage.looks import looks
from tools.footage.motion import height_m, pose, stride_m
from tools.footage.motion.gait import RUN, WALK, Gait, bend, go
from tools.footage.motion.pose import Limbs, Pose, along, blend
from tools.footage.world import Action, Thing

LIMBS = Limbs.of_height(1.72)


def person(
    action: Action = Action.STAND, phase: float = 0.0, seed: int = 3, amount: float = 1.0, **traits: str
) -> Thing:
    return Thing(1, "person", seed, (0, 0, 0), 0, action, phase, amount, None, traits)


def ankle(hip: float, knee: float, limbs: Limbs) -> tuple[float, float]:
    """Forward and down of the hip."""
    a, b = math.radians(hip), math.radians(hip - knee)
    return (
        limbs.thigh * math.sin(a) + limbs.shank * math.sin(b),
        limbs.thigh * math.cos(a) + limbs.shank * math.cos(b),
    )


def test_a_leg_reaches_where_it_shall() -> None:
    hip, knee = bend(LIMBS, 0.25, 0.7)
    assert ankle(hip, knee, LIMBS) == pytest.approx((0.25, 0.7), abs=1e-6)
    assert knee > 0


@pytest.mark.parametrize("gait", [WALK, RUN])
def test_the_standing_foot_goes_back_as_fast_as_the_body_goes_forward(gait: Gait) -> None:
    begin, end = 0.1, 0.55
    xs = []
    for share in (begin, end):
        walking = go(gait, LIMBS, share * gait.stance)
        xs.append(ankle(walking.joint("thigh_l")[0], walking.joint("calf_l")[0], LIMBS)[0])
    moved = gait.stride * LIMBS.height * gait.stance * (end - begin)
    assert xs[0] - xs[1] == pytest.approx(moved, rel=0.12)


def test_half_a_cycle_later_left_and_right_have_changed() -> None:
    now, then = go(WALK, LIMBS, 0.1), go(WALK, LIMBS, 0.6)
    for name in ("thigh", "calf", "foot", "upperarm"):
        assert now.joint(f"{name}_l") == pytest.approx(then.joint(f"{name}_r"))


def test_arms_swing_against_the_legs() -> None:
    landing = go(WALK, LIMBS, 0.0)
    assert landing.joint("thigh_l")[0] > 10 > -10 > landing.joint("upperarm_l")[0]


def test_strides_suit_speeds() -> None:
    walk, run = stride_m(Action.WALK, person()), stride_m(Action.RUN, person())
    assert 0.5 * height_m(person()) < walk < run < 1.6 * height_m(person())
    assert stride_m(Action.STAND, person()) == 0
    assert stride_m(Action.WALK, person(pace="slow")) < walk


def test_knees_bend_only_backwards() -> None:
    for action in Action:
        for step in range(21):
            posed = pose(person(action, step / 20), 1.3)
            assert posed.joint("calf_l")[0] >= -1
            assert posed.joint("calf_r")[0] >= -1


@pytest.mark.parametrize("side", ["back", "belly", "side"])
def test_who_sprawls_lies_flat_and_no_two_alike(side: str) -> None:
    flat = {"back": (-90, 0), "belly": (90, 0), "side": (0, 90)}[side]
    poses = [pose(person(Action.LIE, seed=seed, side=side, sprawled="yes"), 0.0) for seed in range(40)]
    for posed in poses:
        assert abs(posed.root[0] - flat[0]) <= 12
        assert abs(abs(posed.root[1]) - flat[1]) <= 12
        assert min(posed.joint("calf_l")[0], posed.joint("calf_r")[0]) >= 0
        # Limbs that went back through the ground on which he lies would lift him off it.
        arms = [posed.joint("upperarm_l")[0], posed.joint("upperarm_r")[0]]
        assert min(arms) >= 0 if side != "belly" else max(arms) <= 0
    assert len({str(posed) for posed in poses}) == 40


def test_amount_goes_from_standing_to_the_whole() -> None:
    stands, half, whole = (pose(person(Action.CROUCH, amount=a), 0.0) for a in (0.0, 0.5, 1.0))
    assert stands.joint("calf_l")[0] < half.joint("calf_l")[0] < whole.joint("calf_l")[0]


def test_a_climber_goes_over_the_top_and_down_again() -> None:
    heights = [pose(person(Action.CLIMB, phase, over="2.4"), 0).height_m or 0 for phase in (0, 0.55, 1)]
    assert heights[1] > 2.4 > heights[0]
    assert heights[2] == pytest.approx(heights[0])


def test_blend_and_keys() -> None:
    a, b = Pose({"head": (0, 0, 0)}), Pose({"head": (10, 0, 0)}, lift_m=1.0)
    assert blend(a, b, 0.5).joint("head")[0] == 5
    assert along([(0.0, a), (1.0, b)], 2.0).lift_m == 1.0
    assert along([(0.0, a), (1.0, b)], -1.0) is a


def test_mirrored() -> None:
    posed = Pose({"thigh_l": (1, 2, 3), "spine": (1, 2, 3)}, (4, 5, 6)).mirrored()
    assert posed.joint("thigh_r") == (1, 2, 3)
    assert posed.joint("spine") == (1, -2, -3)
    assert posed.root == (4, -5, -6)


def test_the_same_seed_looks_the_same() -> None:
    assert looks(person(seed=7)) == looks(person(seed=7, phase=0.4))
    assert looks(person(seed=7)) != looks(person(seed=8))


def test_looks_follow_what_is_asked() -> None:
    child = looks(person(age="child", sex="female", colour="red", load="backpack", upper="coat"))
    assert child.height_m < 1.5
    assert (child.sex, child.load, child.upper) == ("female", "backpack", "coat")


@pytest.mark.parametrize(
    ("traits", "says"),
    [({"colour": "blau"}, "colour: no «blau»; expected one of: beige,"), ({"hair": "mohawk"}, "hair: no «mohawk»;")],
)
def test_unknown_looks_are_refused(traits: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        looks(person(**traits))  # type: ignore[arg-type]
