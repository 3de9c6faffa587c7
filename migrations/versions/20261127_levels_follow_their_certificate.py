"""events of level credentials say whether they came with the certificate's."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    column = sa.Column(
        "with_certificate", sa.Boolean(), server_default=sa.false(), nullable=False
    )
    with op.batch_alter_table("credential_events") as batch:
        batch.add_column(column)
