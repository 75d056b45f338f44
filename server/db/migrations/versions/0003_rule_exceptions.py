"""Exceptions that verdicts have made on the nodes"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_exceptions",
        sa.Column("node", sa.String(length=63), nullable=False),
        sa.Column("id", sa.String(length=12), nullable=False),
        sa.Column("camera", sa.String(length=63), nullable=False),
        sa.Column("rule", sa.String(length=120), nullable=False),
        sa.Column("rule_kind", sa.String(length=32), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("box", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("because", sa.Uuid(), nullable=False),
        sa.Column("would_have_hidden", sa.Integer(), nullable=False),
        sa.Column("of", sa.Integer(), nullable=False),
        sa.Column("proposed", sa.Boolean(), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by", sa.Uuid(), nullable=True),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["accepted_by"], ["users.id"], name=op.f("fk_rule_exceptions_accepted_by")),
        sa.ForeignKeyConstraint(["node"], ["nodes.name"], name=op.f("fk_rule_exceptions_node")),
        sa.ForeignKeyConstraint(["taken_back_by"], ["users.id"], name=op.f("fk_rule_exceptions_taken_back_by")),
        sa.PrimaryKeyConstraint("node", "id", name=op.f("pk_rule_exceptions")),
    )
    with op.batch_alter_table("rule_exceptions", schema=None) as batch_op:
        batch_op.create_index("ix_rule_exceptions_because", ["because"], unique=False)
        batch_op.create_index("ix_rule_exceptions_camera", ["node", "camera"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("rule_exceptions", schema=None) as batch_op:
        batch_op.drop_index("ix_rule_exceptions_camera")
        batch_op.drop_index("ix_rule_exceptions_because")

    op.drop_table("rule_exceptions")
