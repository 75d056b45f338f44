"""The console's catalogues: both languages say the same, all that pages and scripts say is there, and nothing else."""

import re
from itertools import chain

from protocol.kinds import Kind, Severity
from protocol.messages import CameraState, EvidenceKind, NodeState, VerdictWord
from server import sentences
from server.cases.transitions import MOVES
from server.console.pages.problem import TITLED
from server.console.shell import THEMES
from server.console.texts import catalogue, own_catalogue
from server.db.tables.cases import State
from server.db.tables.lessons import Standing
from server.db.tables.people import Role
from server.ingest.understand import Reason
from server.snoozes.spans import Span
from tests.conftest import REPOSITORY

CONSOLE = REPOSITORY / "server" / "console"
ARGUMENT = re.compile(r"{(\w+)")
ENDINGS: dict[str, set[str]] = {
    "kind.": set(Kind),
    "severity.": set(Severity),
    "state.": set(State),
    "role.": set(Role),
    "verdict.": set(VerdictWord),
    "evidence.": set(EvidenceKind),
    "camera_state.": {*CameraState, "unknown", "revoked"},
    "remedy.": {*CameraState, "unknown", "revoked"} - {CameraState.WATCHING, CameraState.STARTING},
    "node_state.": {*NodeState, "revoked", "never"},
    "exception.standing.": set(Standing),
    "letter.": set(Reason),
    "move.": {f"{move.from_state}.{move.to_state}" for move in MOVES},
    "problem.": {*map(str, TITLED), "other"},
    "frame.theme.": set(THEMES),
    "nav.": {"board", "cases", "cameras", "nodes"},
    "time.month.": {str(month) for month in range(1, 13)},
    "time.span.": {"s", "min", "h", "d"},
    "player.": {"boxes", "paths", "zones"},
    "snooze.span.": set(Span),
    "first.": {"node", "cameras", "alert", "node_do", "cameras_do", "alert_do"},
    "script.live.": {"connecting", "live", "reconnecting", "stale"},
    "keys.": {"move", "open", "real", "false", "play", "step", "up", "help"},
}
"""What a template or script puts together of a beginning and a word."""


def source() -> str:
    files = chain(CONSOLE.rglob("*.py"), CONSOLE.rglob("*.html"), (CONSOLE / "frontend" / "src").glob("*.js"))
    return "\n".join(path.read_text("utf-8") for path in files)


def said() -> set[str]:
    """Every id that is written out, and those put together."""
    names = "|".join(sorted({name.split(".")[0] for name in catalogue("en")}))
    whole = set(re.findall(rf"""["'`]((?:{names})(?:\.[a-z0-9_]+)+)["'`]""", source()))
    whole = {name for name in whole if not name.endswith((".html", ".js"))}
    return whole | {beginning + word for beginning, words in ENDINGS.items() for word in words}


def test_both_languages_have_the_same_sentences_with_the_same_arguments() -> None:
    zh, en = own_catalogue("zh"), own_catalogue("en")
    assert list(zh) == list(en)
    for name in en:
        assert set(ARGUMENT.findall(zh[name])) == set(ARGUMENT.findall(en[name])), name


def test_every_id_that_is_said_has_a_sentence() -> None:
    assert said() - set(catalogue("en")) == set()


def test_every_beginning_that_is_put_together_is_known_here() -> None:
    begun = set(re.findall(r"""["'`]([a-z_]+(?:\.[a-z_]+)*\.)(?:["'] ~|\$\{)""", source()))
    begun |= set(re.findall(r"""f["']([a-z_]+(?:\.[a-z_]+)*\.)\{""", source()))
    assert begun - set(ENDINGS) <= {"object.", "alert."}


def test_no_sentence_is_left_over() -> None:
    assert {name for name in set(own_catalogue("en")) - said() if not name.startswith("object.")} == set()


def test_the_pages_own_sentences_never_hide_the_server_s() -> None:
    assert set(own_catalogue("en")) & set(sentences.catalogue("en")) == set()
