"""roles, assignments and suspensions have a beginning and an end; people are found."""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_PROFILES = sa.table(
    "profiles",
    sa.column("person_id", sa.BigInteger),
    sa.column("name", sa.String),
    sa.column("name_kana", sa.String),
    sa.column("email", sa.String),
    sa.column("search_text", sa.String),
)


def _moment(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _who(name: str) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=True)


def _reason(name: str) -> sa.Column:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _revision() -> sa.Column:
    return sa.Column("revision", sa.Integer(), server_default="1", nullable=False)


def _unique_while(moment: str, table: str, *columns: str) -> None:
    still = sa.text(f"{moment} IS NULL")
    op.create_index(
        f"uq_{table}_present",
        table,
        list(columns),
        unique=True,
        postgresql_where=still,
        sqlite_where=still,
    )


def upgrade() -> None:
    with op.batch_alter_table("organisations") as batch:
        batch.add_column(_moment("archived_at"))
        batch.add_column(_revision())
    _unique_while("archived_at", "organisations", "name_ja")
    with op.batch_alter_table("role_grants") as batch:
        batch.drop_constraint("uq_role_grants_person_id_role", type_="unique")
        batch.add_column(_who("granted_by"))
        batch.add_column(_reason("grant_reason"))
        batch.add_column(_moment("revoked_at"))
        batch.add_column(_who("revoked_by"))
        batch.add_column(_reason("revoke_reason"))
    _unique_while("revoked_at", "role_grants", "person_id", "role")
    with op.batch_alter_table("assignments") as batch:
        batch.drop_constraint(
            "uq_assignments_supervisor_id_learner_id", type_="unique"
        )
        batch.add_column(_who("assigned_by"))
        batch.add_column(_moment("ended_at"))
        batch.add_column(_who("ended_by"))
    _unique_while("ended_at", "assignments", "supervisor_id", "learner_id")
    _add_suspensions()
    _make_people_findable()


def _add_suspensions() -> None:
    op.create_table(
        "suspensions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        _moment("began_at", nullable=False),
        _who("began_by"),
        sa.Column("reason", sa.Text(), nullable=False),
        _moment("ended_at"),
        _who("ended_by"),
        _reason("end_reason"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_suspensions_person_id_people"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_suspensions"),
    )
    op.create_index("ix_suspensions_person_id", "suspensions", ["person_id"])
    _unique_while("ended_at", "suspensions", "person_id")


def _make_people_findable() -> None:
    with op.batch_alter_table("profiles") as batch:
        batch.add_column(
            sa.Column("search_text", sa.String(), server_default="", nullable=False)
        )
        batch.add_column(_revision())
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(
            _PROFILES.c.person_id,
            _PROFILES.c.name,
            _PROFILES.c.name_kana,
            _PROFILES.c.email,
        )
    ).all()
    found = [
        {
            "person": row.person_id,
            "found": "\n".join(
                _one_spelling(part)
                for part in (row.name_kana or row.name, row.name, row.email)
            ),
        }
        for row in rows
    ]
    if found:
        connection.execute(
            sa.update(_PROFILES)
            .where(_PROFILES.c.person_id == sa.bindparam("person"))
            .values(search_text=sa.bindparam("found")),
            found,
        )
    op.create_index("ix_profiles_search_text", "profiles", ["search_text"])


def _one_spelling(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_HIRAGANA)
    return re.sub(r"\s+", "", folded)
