"""THE table of a case's life: from where to where, who may, and if a note is needed. What is not listed is refused."""

from dataclasses import dataclass

from server.db.tables.cases import State
from server.db.tables.people import Role

STAFF = frozenset({Role.OPERATOR, Role.ADMINISTRATOR})
SUPERVISOR = frozenset({Role.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Move:
    """One permitted step."""

    from_state: State
    to_state: State
    roles: frozenset[Role] = STAFF
    needs_note: bool = False


MOVES: tuple[Move, ...] = (
    Move(State.RECEIVED, State.ACCEPTED),
    Move(State.RECEIVED, State.DECLINED, needs_note=True),
    Move(State.RECEIVED, State.MERGED, needs_note=True),
    Move(State.RECEIVED, State.WITHDRAWN, needs_note=True),
    Move(State.ACCEPTED, State.DISPATCHED),
    Move(State.ACCEPTED, State.DECLINED, needs_note=True),
    Move(State.ACCEPTED, State.MERGED, needs_note=True),
    Move(State.ACCEPTED, State.WITHDRAWN, needs_note=True),
    Move(State.DISPATCHED, State.HANDLING),
    Move(State.DISPATCHED, State.ACCEPTED, needs_note=True),  # all tasks returned
    Move(State.DISPATCHED, State.WITHDRAWN, needs_note=True),
    Move(State.HANDLING, State.RESOLVED, needs_note=True),  # what was done
    Move(State.HANDLING, State.PAUSED, needs_note=True),
    Move(State.HANDLING, State.DISPATCHED, needs_note=True),  # a task added or moved
    Move(State.HANDLING, State.WITHDRAWN, needs_note=True),
    Move(State.PAUSED, State.HANDLING),
    Move(State.PAUSED, State.WITHDRAWN, needs_note=True),
    Move(State.RESOLVED, State.CLOSED),
    Move(State.RESOLVED, State.HANDLING, SUPERVISOR, needs_note=True),
    Move(State.CLOSED, State.HANDLING, SUPERVISOR, needs_note=True),
    Move(State.DECLINED, State.ACCEPTED, needs_note=True),  # the appeal was upheld
    Move(State.MERGED, State.RECEIVED, needs_note=True),  # undone
)

ENDED = frozenset({State.RESOLVED, State.CLOSED, State.DECLINED, State.MERGED, State.WITHDRAWN})
"""A case in one of these takes no new alert: the next one opens a case of its own."""

_BY_PAIR = {(move.from_state, move.to_state): move for move in MOVES}


def moves_from(state: State, role: Role) -> tuple[Move, ...]:
    """The steps that a role may take from a state, in the table's order."""
    return tuple(move for move in MOVES if move.from_state is state and role in move.roles)


def move_between(from_state: State, to_state: State) -> Move | None:
    """The step between two states, if there is one."""
    return _BY_PAIR.get((from_state, to_state))
