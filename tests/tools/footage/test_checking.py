"""Every mistake of a scenario file, with the whole sentence that it earns."""

from pathlib import Path

import pytest

from edge.documents import ConfigError
from tests.tools.footage.standin import PLACES
from tools.footage.checking import load

HEAD = "title: A scene\nplace: yard\nview: high\nseconds: 10\n"


def mistakes(folder: Path, text: str, *, take: int = 1) -> list[str]:
    """What is said of a scenario, without the folder."""
    path = folder / "scene.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load(path, PLACES, take)
    return [problem.told().removeprefix(f"{folder}/") for problem in caught.value.complaints]


def walker(path: str, more: str = "") -> str:
    return HEAD + f"actors:\n  walker:\n    asset: person\n    at: [0, 0]\n{more}    path:\n{path}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            HEAD.replace("yard", "yart"),
            "scene.yaml:2 place: no place «yart»; did you mean «yard»?",
        ),
        (
            HEAD.replace("high", "tower"),
            "scene.yaml:3 view: no view «tower» at yard; expected one of: «high»",
        ),
        (
            HEAD + "light: noon\n",
            "scene.yaml:5 light: input should be 'day', 'overcast', 'dusk', 'night' or 'infrared' (got 'noon')",
        ),
        (HEAD + "wether: rain\n", "scene.yaml:5 wether: is no field here; correct its name or remove it"),
        (HEAD.replace("seconds: 10\n", ""), "scene.yaml:1 seconds: is missing; add it"),
        (
            HEAD + "actors:\n  dog: {asset: horse, at: [0, 0]}\n",
            "scene.yaml:6 actors.dog.asset: no asset «horse»; expected one of: «person», «bicycle», «e_bike», "
            "«motorcycle», «car», «van», «truck», «bag», «backpack», «suitcase», «box», «bottle», «bin»",
        ),
        (
            HEAD + "actors:\n  a: {asset: person}\n",
            "scene.yaml:6 actors.a.at: is missing; nobody rides, pushes, carries or throws it either",
        ),
        (
            HEAD + "actors:\n  a: {asset: person, at: [0, 0], traits: {colour: blau}}\n",
            "scene.yaml:6 actors.a.traits: colour: no «blau»; expected one of: beige, black, blue, brown, charcoal, "
            "denim, green, grey, navy, olive, orange, pink, purple, red, sky, white, wine, yellow",
        ),
        (
            HEAD + "actors:\n  a: {asset: person, at: [0, 0], traits: {load: bagg}}\n",
            "scene.yaml:6 actors.a.traits.load: no load «bagg»; did you mean «bag»?",
        ),
        (
            HEAD + "actors:\n  a: {asset: person, rides: bike}\n",
            "scene.yaml:6 actors.a.rides: no actor «bike»; expected one of: «a»",
        ),
        (
            HEAD + "actors:\n  a: {asset: person, at: gait}\n",
            "scene.yaml:6 actors.a.at: no spot «gait» at yard; did you mean «gate»?",
        ),
        (
            walker("      - {to: [1, 1], until: 12}\n"),
            "scene.yaml:10 actors.walker.path[0].until: 12 s is past the end; the scenario lasts 10 s",
        ),
        (
            walker("      - {to: [1, 1], until: 4}\n      - {until: 3}\n"),
            "scene.yaml:11 actors.walker.path[1].until: 3 s is not after 4 s, when the step begins",
        ),
        (
            walker("      - {to: [0, 8], until: 6}\n"),
            "scene.yaml:10 actors.walker.path[0].to: the way leads through «fence»; go around it, or use action: climb",
        ),
        (
            walker("      - {to: [9, 0], until: 3}\n"),
            "scene.yaml:10 actors.walker.path[0].until: 9.0 m in 3.0 s is 3.0 m/s, too fast to walk; "
            "give it more time or action: run",
        ),
        (
            walker("      - {to: [9, 0], action: fly, until: 3}\n"),
            "scene.yaml:10 actors.walker.path[0].action: input should be 'stand', 'walk', 'run', 'sit', 'crouch', "
            "'lie', 'climb', 'push', 'carry', 'reach', 'throw', 'ride', 'fall', 'get_up', 'punch', 'flinch' or "
            "'still' (got 'fly')",
        ),
        (
            HEAD + "happenings:\n  - {what: burns, at: 3, until: 12, spot: bin}\n",
            "scene.yaml:6 happenings[0].until: 12 s is past the end; the scenario lasts 10 s",
        ),
        (
            HEAD + "happenings:\n  - {what: burns, at: 3, until: 8, spot: basket}\n",
            "scene.yaml:6 happenings[0].spot: no spot «basket» at yard; expected one of: «bin», «gate»",
        ),
        (
            HEAD + "actors: {bag: {asset: bag}}\nhappenings:\n  - {what: puts_down, at: 3, who: walker, thing: bag}\n",
            "scene.yaml:7 happenings[0].who: no actor «walker»; expected one of: «bag»",
        ),
        (
            HEAD + "happenings:\n  - {what: explodes, at: 3}\n",
            "scene.yaml:6 happenings[0]: input tag 'explodes' found using 'what' does not match any of the expected "
            "tags: 'puts_down', 'picks_up', 'throws', 'burns', 'camera_turned', 'camera_sprayed', 'camera_unplugged'",
        ),
        (HEAD + "zones:\n  lawn: {}\n", "scene.yaml:6 zones.lawn: needs exactly one of area, ground and picture"),
        (
            HEAD + "zones:\n  lawn: meadow\n",
            "scene.yaml:6 zones.lawn: no area «meadow» at yard; expected one of: «lawn»",
        ),
        (
            HEAD + "zones:\n  lawn: {ground: [[0, -30], [1, -30], [0, -20]]}\n",
            "scene.yaml:6 zones.lawn: lies outside the picture; move the zone or the view",
        ),
        (
            HEAD + "lines:\n  door: {start: [0, 0], end: [0, -30]}\n",
            "scene.yaml:6 lines.door: has an end outside the picture; move the line or the view",
        ),
        (
            HEAD + "zones:\n  lawn: lawn\nevents:\n  - {kind: fall, zone: law, start: 1, end: 2}\n",
            "scene.yaml:8 events[0].zone: no zone or line «law»; did you mean «lawn»?",
        ),
        (
            HEAD + "events:\n  - {kind: fall}\n",
            "scene.yaml:6 events[0].start: is missing; only events of intrusion, line_crossing, loitering with zone "
            "and of have it by themselves",
        ),
        (
            HEAD + "events:\n  - {kind: fall, start: 3, end: 2}\n",
            "scene.yaml:6 events[0].end: 2 s is before its start, 3 s",
        ),
        (
            HEAD + "events:\n  - {kind: fall, start: 3, end: 22}\n",
            "scene.yaml:6 events[0].end: 22 s is past the end; the scenario lasts 10 s",
        ),
    ],
)
def test_a_mistake_is_named_with_line_field_and_remedy(tmp_path: Path, text: str, said: str) -> None:
    assert mistakes(tmp_path, text) == [said]


def test_all_mistakes_of_a_file_are_named_at_once(tmp_path: Path) -> None:
    text = walker("      - {to: [0, 8], until: 2}\n      - {to: gait, until: 20}\n")
    assert mistakes(tmp_path, text) == [
        "scene.yaml:10 actors.walker.path[0].to: the way leads through «fence»; go around it, or use action: climb",
        "scene.yaml:10 actors.walker.path[0].until: 8.0 m in 2.0 s is 4.0 m/s, too fast to walk; "
        "give it more time or action: run",
        "scene.yaml:11 actors.walker.path[1].until: 20 s is past the end; the scenario lasts 10 s",
        "scene.yaml:11 actors.walker.path[1].to: no spot «gait» at yard; did you mean «gate»?",
    ]


def test_what_a_fence_stops_a_climber_may_and_a_kerb_stops_nobody(tmp_path: Path) -> None:
    path = tmp_path / "scene.yaml"
    path.write_text(walker("      - {to: [0, -6], until: 4}\n      - {to: [0, 0], until: 8}\n"), "utf-8")
    load(path, PLACES)
    path.write_text(
        walker("      - {to: [0, 4.6], until: 4}\n      - {to: [0, 5.6], action: climb, until: 8}\n"), "utf-8"
    )
    load(path, PLACES)


def test_a_variant_is_laid_over_the_scenario(tmp_path: Path) -> None:
    text = walker("      - {to: [1, 1], until: 4}\n") + (
        "variant:\n  light: dusk\n  seed: 9\n  moved: {mirror: true}\n"
        "  actors:\n    walker: {traits: {age: 70}}\n    friend: {asset: person, at: [2, 2]}\n"
    )
    path = tmp_path / "scene.yaml"
    path.write_text(text, "utf-8")
    first, second = load(path, PLACES).scenario, load(path, PLACES, take=2).scenario
    assert (first.light, second.light) == ("day", "dusk")
    assert (first.seed, second.seed) == (1, 9)
    assert list(second.actors) == ["walker", "friend"]
    assert second.actors["walker"].path == first.actors["walker"].path
    assert second.actors["walker"].traits == {"age": "70"}


def test_a_mistake_of_a_variant_is_named_where_it_stands(tmp_path: Path) -> None:
    assert mistakes(tmp_path, HEAD + "variant:\n  view: tower\n", take=2) == [
        "scene.yaml:6 view: no view «tower» at yard; expected one of: «high»"
    ]
    assert mistakes(tmp_path, HEAD, take=2) == ["scene.yaml:1 variant: is missing; say what is other in the second set"]


def test_a_file_that_is_no_scenario_says_so(tmp_path: Path) -> None:
    assert mistakes(tmp_path, "- a\n") == ["scene.yaml:1 holds a list, expected fields like «name: yard»"]
