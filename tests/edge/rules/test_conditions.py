"""Every word that a rule's traces use has its place in the order, its name and its sentence."""

import ast
from collections.abc import Iterator

import pytest

from edge.rules.conditions import Condition, rank
from protocol.sentences import LANGUAGES, catalogue
from tests.conftest import REPOSITORY

CALLS = {"Trace": 1, "held_back": 1, "Doing": 1}
"""Calls that take a condition, and at which place."""
FILES = sorted((REPOSITORY / "edge/rules").glob("*.py"))


def words(tree: ast.Module) -> Iterator[str]:
    """The conditions in a module: those in the calls, and those assigned to a name that a call uses."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        place = CALLS.get(getattr(call.func, "id", ""))
        if place is not None and len(call.args) > place:
            yield from _values(call.args[place], tree)


def _values(node: ast.expr, tree: ast.Module) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _values(node.body, tree)
        yield from _values(node.orelse, tree)
    elif isinstance(node, ast.Name):
        for one in (one for one in ast.walk(tree) if isinstance(one, ast.Assign)):
            for target in one.targets:
                if isinstance(target, ast.Name) and target.id == node.id:
                    yield from _values(one.value, tree)
                elif isinstance(target, ast.Tuple) and isinstance(one.value, ast.Tuple):
                    for part, value in zip(target.elts, one.value.elts, strict=True):
                        if isinstance(part, ast.Name) and part.id == node.id:
                            yield from _values(value, tree)


USED = {word: path.name for path in FILES for word in words(ast.parse(path.read_text("utf-8")))}


def test_words_are_found_in_the_rules() -> None:
    assert {"class", "place", "time", "cooldown", "raised", "direction", "owner", "view"} <= USED.keys()


@pytest.mark.parametrize("word", sorted(USED))
def test_a_word_that_a_rule_uses_is_in_the_order_and_has_its_sentence(word: str) -> None:
    assert word in set(Condition), f"{USED[word]} uses «{word}»: add it to edge/rules/conditions.py"
    for language in LANGUAGES:
        assert f"trace.{word}" in catalogue(language), f"{USED[word]}: add trace.{word} to {language}.yaml"


@pytest.mark.parametrize("condition", Condition)
def test_every_word_of_the_order_has_a_name_and_a_sentence(condition: Condition) -> None:
    for language in LANGUAGES:
        assert {f"condition.{condition}", f"trace.{condition}"} <= catalogue(language).keys()


def test_a_word_that_is_not_in_the_order_comes_just_before_the_time() -> None:
    assert rank("place") < rank("levitation") < rank("time") < rank("raised")


def test_rules_about_a_line_ask_for_the_schedule_when_something_has_crossed() -> None:
    assert rank("schedule") < rank("place")
    assert rank("place", line=True) < rank("direction", line=True) < rank("schedule", line=True)
