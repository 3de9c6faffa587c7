"""how many learners took each choice, counted from the first attempts so far."""

from collections import Counter
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
_ROWS_AT_ONCE = 1000

_VERSIONS = sa.table(
    "content_versions",
    sa.column("id", ID),
    sa.column("kind", sa.String()),
    sa.column("document", JSON),
)
_ATTEMPTS = sa.table(
    "attempts",
    sa.column("id", ID),
    sa.column("case_version_id", ID),
    sa.column("number", sa.Integer()),
    sa.column("finished_at", sa.DateTime(timezone=True)),
)
_ACTIONS = sa.table(
    "attempt_actions",
    sa.column("attempt_id", ID),
    sa.column("position", sa.Integer()),
    sa.column("action", JSON),
)


def upgrade() -> None:
    counts = op.create_table(
        "choice_counts",
        sa.Column("case_version_id", ID, nullable=False),
        sa.Column("scene", sa.String(), nullable=False),
        sa.Column("choice", sa.String(), nullable=False),
        sa.Column("learners", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_version_id"],
            ["content_versions.id"],
            name=op.f("fk_choice_counts_case_version_id_content_versions"),
        ),
        sa.PrimaryKeyConstraint(
            "case_version_id", "scene", "choice", name=op.f("pk_choice_counts")
        ),
    )
    rows = [
        {"case_version_id": version, "scene": scene, "choice": name, "learners": count}
        for (version, scene, name), count in sorted(_count(op.get_bind()).items())
    ]
    if rows:
        op.bulk_insert(counts, rows)


def _count(connection: sa.Connection) -> Counter[tuple[int, str, str]]:
    """Count the first choice at each scene of every finished first attempt.

    Which scene a choice stands in is known to the case alone, so that the log is read
    here, attempt by attempt, and not summed by the database.
    """
    scenes = _scenes_of_choices(connection)
    choice = _ACTIONS.c.action["choice"].as_string().label("choice")
    log = connection.execute(
        sa.select(_ATTEMPTS.c.case_version_id, _ATTEMPTS.c.id, choice)
        .join(_ACTIONS, _ACTIONS.c.attempt_id == _ATTEMPTS.c.id)
        .where(
            _ATTEMPTS.c.number == 1,
            _ATTEMPTS.c.finished_at.is_not(None),
            choice.is_not(None),
        )
        .order_by(_ATTEMPTS.c.id, _ACTIONS.c.position),
        execution_options={"yield_per": _ROWS_AT_ONCE},
    )
    counts: Counter[tuple[int, str, str]] = Counter()
    for (version, _attempt), taken in groupby(log, key=lambda row: row[:2]):
        first: dict[str, str] = {}
        for row in taken:
            scene = scenes.get(version, {}).get(row.choice)
            if scene is not None:
                first.setdefault(scene, row.choice)
        counts.update((version, scene, name) for scene, name in first.items())
    return counts


def _scenes_of_choices(connection: sa.Connection) -> dict[int, dict[str, str]]:
    """Return the scene of each choice of every version of a case."""
    versions = connection.execute(
        sa.select(_VERSIONS.c.id, _VERSIONS.c.document).where(
            _VERSIONS.c.kind == "case"
        )
    )
    return {row.id: _choices(row.document) for row in versions}


def _choices(document: dict[str, Any]) -> dict[str, str]:
    return {
        choice["id"]: scene
        for scene, row in document["scenes"].items()
        for choice in row.get("choices", ())
    }
