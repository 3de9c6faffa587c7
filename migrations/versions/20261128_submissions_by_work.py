"""submissions are found by their work, whatever its kind."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_submissions_work_id", "submissions", ["work_id"])
