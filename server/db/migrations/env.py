"""Alembic's environment: the connection comes from server.db.migration."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from server.db import tables
from server.db.base import Base, Document, UtcDateTime, Word

assert tables.__all__  # noqa: S101 - the import fills the metadata


def render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:  # noqa: ANN401 - any type
    """Our own types by the plain ones behind them, so that a revision stays what it was when the types change."""
    if kind != "type":
        return False
    if isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, Word):
        return "sa.String(length=32)"
    if item is Document:
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=render,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
