from edge.rules.engine import RuleEngine
from tools.bench.rules import camera, scenes


def test_rules_that_share_their_paths_say_what_they_say_alone() -> None:
    shared, alone = RuleEngine(camera().build_rules()), camera().build_rules()
    for scene in scenes(tracks=12, frames=120):
        together = set(shared.step(scene).traces)
        assert together == {(rule.name, rule.step(scene).traces) for rule in alone}
