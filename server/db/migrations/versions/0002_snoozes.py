"""Snoozes"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snoozes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("node", sa.String(length=63), nullable=False),
        sa.Column("camera", sa.String(length=63), nullable=False),
        sa.Column("rule", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["began_by"], ["users.id"], name=op.f("fk_snoozes_began_by")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_snoozes_case_id")),
        sa.ForeignKeyConstraint(["ended_by"], ["users.id"], name=op.f("fk_snoozes_ended_by")),
        sa.ForeignKeyConstraint(
            ["node", "camera"], ["cameras.node", "cameras.name"], name=op.f("fk_snoozes_node_camera")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snoozes")),
    )
    op.create_index("ix_snoozes_until", "snoozes", ["until"])
    op.create_index("ix_snoozes_camera", "snoozes", ["node", "camera", "until"])
    op.add_column("alerts", sa.Column("snooze_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_alerts_snooze_id"), "alerts", ["snooze_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_alerts_snooze_id"), "alerts")
    op.drop_column("alerts", "snooze_id")
    op.drop_table("snoozes")
