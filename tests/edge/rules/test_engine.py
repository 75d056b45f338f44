from edge.rules.engine import RuleEngine
from tools.bench.rules import camera, scenes


def test_rules_that_share_their_paths_say_what_they_say_alone() -> None:
    shared, alone = RuleEngine(camera().build_rules()), camera().build_rules()
    for scene in scenes(tracks=12, frames=120):
        together = set(shared.step(scene).traces)
        assert together == {(rule.name, rule.step(scene).traces) for rule in alone}


def test_rules_that_nobody_asks_why_find_the_same() -> None:
    asked, unasked = (RuleEngine(camera().build_rules(), explain=explain) for explain in (True, False))
    found: list[object] = []
    for scene in scenes(tracks=30, frames=100):
        told, silent = asked.step(scene), unasked.step(scene)
        assert [finding for _, finding in silent.findings] == [finding for _, finding in told.findings]
        assert len(silent.traces) == len(told.traces)
        found += told.findings
    assert found
