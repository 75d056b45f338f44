from edge.rules import kinds
from edge.rules.engine import RuleEngine
from tools.bench.rules import camera, scenes


def test_every_kind_there_is_takes_part_and_has_something_to_do() -> None:
    engine = RuleEngine(camera().build_rules())
    assert {rule.kind for rule in engine.rules} == set(kinds())
    assert any(engine.step(scene).findings for scene in scenes(tracks=50, frames=50))


def test_the_crowd_is_the_same_every_time() -> None:
    first, second = ([scene.tracks.boxes.tobytes() for scene in scenes(5, 10)] for _ in range(2))
    assert first == second
