"""second factors and recovery codes."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _key() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "second_factors",
        sa.Column("id", _key(), nullable=False),
        sa.Column("person_id", _key(), nullable=False),
        sa.Column("sealed_secret", sa.String(), nullable=False),
        _moment("offered_at"),
        _moment("confirmed_at", nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_second_factors_person_id_people"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_factors")),
    )
    for name, condition in (
        ("uq_second_factors_offered", "confirmed_at IS NULL"),
        ("uq_second_factors_in_use", "confirmed_at IS NOT NULL"),
    ):
        op.create_index(
            name,
            "second_factors",
            ["person_id"],
            unique=True,
            postgresql_where=sa.text(condition),
            sqlite_where=sa.text(condition),
        )
    op.create_table(
        "recovery_codes",
        sa.Column("id", _key(), nullable=False),
        sa.Column("person_id", _key(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        _moment("made_at"),
        _moment("used_at", nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["people.id"],
            name=op.f("fk_recovery_codes_person_id_people"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint(
            "person_id", "digest", name=op.f("uq_recovery_codes_person_id_digest")
        ),
    )
    with op.batch_alter_table("sign_ins") as batch:
        batch.add_column(
            sa.Column(
                "n_wrong_codes", sa.Integer(), nullable=False, server_default="0"
            )
        )
