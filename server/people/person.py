"""Who stands behind a request."""

from dataclasses import dataclass
from uuid import UUID

from server.db.tables import User
from server.db.tables.people import Role

RANK = {Role.VIEWER: 0, Role.OPERATOR: 1, Role.ADMINISTRATOR: 2}


@dataclass(frozen=True, slots=True)
class Person:
    """A signed-in user, with the token that his changes must carry."""

    id: UUID
    name: str
    display_name: str
    role: Role
    locale: str | None
    csrf_token: str

    def may_act_as(self, role: Role) -> bool:
        """Whether this person's role includes another's rights."""
        return RANK[self.role] >= RANK[role]


def person(user: User, csrf_token: str) -> Person:
    """The person of a user's row."""
    return Person(user.id, user.name, user.display_name, user.role, user.locale, csrf_token)
