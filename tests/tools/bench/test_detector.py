import numpy as np
import pytest

from edge.models.evaluation.labelled import Labelled, LabelledSet
from edge.models.evaluation.scores import ClassScores, Found
from edge.video.picture import Picture
from edge.vision.card import MODELS, load_card
from tools.bench.clip_events import KINDS
from tools.bench.detector import FIRES, LYING, OURS, PEERS, PERSON, SETS, UNSEEN_FIRES, Seen, lying_of, result
from tools.bench.fires import KNOWN_FIRES, unseen_fires

CARD = load_card(MODELS / "yolox_nano_416.yaml")
PICTURE = Picture.of_array(np.zeros((100, 200, 3), np.uint8))


def scores(ap50: float, recall: float) -> ClassScores:
    found = Found(10, ap50, recall)
    return ClassScores(5, found, {"<32": found, "≥96": Found(0, None, None)}, None, None, None)


def seen(ap50: float, lying: float, ms: float, *, fire: bool = False) -> Seen:
    people = {PERSON: scores(ap50, ap50)}
    sets = {name: people for name in SETS if not name.startswith("fire")}
    if fire:
        sets["fire_indoor"] = {"fire": scores(0.4, 0.5)}
        sets[UNSEEN_FIRES] = {"fire": scores(0.3, 0.4)}
    return Seen(
        CARD, sets, dict.fromkeys(LYING, Found(10, lying, lying)), dict.fromkeys(KINDS, (3, 4)), {1: ms, 2: ms / 2}
    )


def test_ours_is_held_against_yolox_nano_and_against_the_best_that_finds_people_who_lie() -> None:
    others = {title: seen(0.6, 0.1 * place, 10.0) for place, title in enumerate(PEERS, 1)}
    made = result({OURS: seen(0.7, 0.75, 4.0, fire=True), **others})
    values = {figure.name: figure.value for figure in made.figures}
    assert values["person AP50 on coco above YOLOX-nano's"] == pytest.approx(0.1)
    assert values["speed with 1 thread, times YOLOX-nano's"] == pytest.approx(2.5)
    assert values["people who lie found (filmed), times the best of the others"] == pytest.approx(2.5)
    assert values["fire AP50 on fire_indoor, fires that ours never learned from"] == pytest.approx(0.3)
    assert not made.missed
    fires = [row[3:] for row in made.tables[0].rows if row[1] == "fire"]
    assert fires == [("0.400 / 0.500", "—", "—", "—"), ("0.300 / 0.400", "—", "—", "—")]
    assert all(row[1] != "≥96" for row in made.tables[1].rows)  # nobody of that height


def test_of_people_only_those_who_lie_are_asked_for_and_those_who_stand_are_not_false() -> None:
    boxes = np.array([[0.1, 0.1, 0.2, 0.9], [0.4, 0.6, 0.8, 0.9], [0.1, 0.5, 0.3, 0.6]])
    hidden = np.array([False, False, True])
    one = Labelled(PICTURE, boxes, np.zeros(3, np.int64), hidden)
    labelled = LabelledSet("x", (PERSON, "car"), frozenset({0, 1}), frozenset(), 1, lambda: iter([one]))
    lying = lying_of(labelled)
    assert lying.words == (PERSON,)
    (found,) = lying.pictures()
    assert found.ignored is not None
    assert found.ignored.tolist() == [True, False, True]


@pytest.mark.skipif(not FIRES.is_dir(), reason=f"{FIRES} is not here: it holds filmed fires")
def test_the_fires_that_ours_learned_other_pictures_of_are_left_out() -> None:
    names = [path.stem for path in sorted((FIRES / "images").iterdir())]
    assert set(names) >= KNOWN_FIRES
    whole, rest = SETS["fire_indoor"](), unseen_fires(FIRES)
    kept = [one.boxes.tolist() for name, one in zip(names, whole.pictures(), strict=True) if name not in KNOWN_FIRES]
    for _ in range(2):  # from the first each time
        assert [one.boxes.tolist() for one in rest.pictures()] == kept
    assert rest.count == len(kept) == 47
