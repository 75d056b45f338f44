"""Exceptions that were not made, for they would have hidden what was called real"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rule_exceptions", sa.Column("refused", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    # an older server would take them for exceptions that count
    op.execute(sa.text("DELETE FROM rule_exceptions WHERE refused"))
    with op.batch_alter_table("rule_exceptions", schema=None) as batch_op:
        batch_op.drop_column("refused")
