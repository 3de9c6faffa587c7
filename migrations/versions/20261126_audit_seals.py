"""seals on the audit trail."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "audit_batches",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_position", sa.Integer(), nullable=False),
        sa.Column("last_position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_batches")),
        sa.UniqueConstraint(
            "first_position", name=op.f("uq_audit_batches_first_position")
        ),
    )
    op.create_table(
        "audit_seals",
        sa.Column("event_id", ID, autoincrement=False, nullable=False),
        sa.Column("batch_number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_events.id"],
            name=op.f("fk_audit_seals_event_id_audit_events"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_number"],
            ["audit_batches.number"],
            name=op.f("fk_audit_seals_batch_number_audit_batches"),
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_seals")),
        sa.UniqueConstraint("position", name=op.f("uq_audit_seals_position")),
    )
    op.create_index("ix_audit_seals_batch_number", "audit_seals", ["batch_number"])
    op.create_table(
        "audit_waiting",
        sa.Column("event_id", ID, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["audit_events.id"],
            name=op.f("fk_audit_waiting_event_id_audit_events"),
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_waiting")),
    )
    # Rows from before there were seals are sealed with the first batch.
    op.execute("INSERT INTO audit_waiting (event_id) SELECT id FROM audit_events")
    op.create_index("ix_audit_events_object_id", "audit_events", ["object_id", "id"])
    op.create_index("ix_audit_events_action", "audit_events", ["action", "id"])
    op.create_index("ix_audit_events_at", "audit_events", ["at"])
