"""Pages are asked for all day, and alerts are kept for years: what a page asks must not read them all."""

from typing import Any

from sqlalchemy import event

from server.cases.queries import alert as alert_by_id
from server.console.queries import undecided_around
from server.db.engine import Database
from server.db.migration import upgrade
from server.ingest.ingest import ingest
from server.settings import Settings
from tests.server.parts import NOW, enrolled


def test_the_search_for_the_next_undecided_begins_at_the_alert(sqlite_settings: Settings) -> None:
    database = Database(sqlite_settings.database)
    upgrade(database)
    box = enrolled(database, sqlite_settings)
    alert = box.alert()
    ingest(database, [box.says(alert)], sqlite_settings, NOW)
    asked: list[tuple[str, Any]] = []
    with database.reading() as db:
        row = alert_by_id(db, alert.id)
        event.listen(
            database.engine, "before_cursor_execute", lambda _c, _u, said, values, *_: asked.append((said, values))
        )
        undecided_around(db, row, NOW)
        connection = db.connection()
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values).all() for said, values in asked[:2]]
    database.close()
    for plan, bound in zip(plans, (">", "<"), strict=True):
        steps = [step.detail for step in plan]
        assert f"SEARCH alerts USING INDEX ix_alerts_first_received ((first_received_at,id){bound}(?,?))" in steps
