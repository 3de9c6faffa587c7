"""What learners chose before there were counts is counted on the way up."""

from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa

from lms.app import create_app  # noqa: F401 - brings every package's tables
from lms.db import make_engine
from lms.migrations import migrate, rebuilding
from lms.settings import PROJECT_ROOT
from tests.databases import fresh_database
from tests.migrations.filling import row

FOLDER = PROJECT_ROOT / "migrations"
NOON = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
CASE = {
    "scenes": {
        "desk": {"choices": [{"id": "call"}, {"id": "gesture"}]},
        "hub": {"choices": [{"id": "ask"}, {"id": "go"}]},
        "letter": {"to": "hub"},
    }
}


def choose(*names):
    return [{"type": "choose", "choice": name} for name in names]


class Before:
    """The tables as they were, with one case in them."""

    def __init__(self, connection):
        self.connection = connection
        self.tables = sa.MetaData()
        self.tables.reflect(connection)
        self.add("content_versions", 1, kind="case", document=CASE)
        self.attempts = self.actions = 0

    def add(self, name, nth, /, **given):
        table = self.tables.tables[name]
        self.connection.execute(table.insert().values(row(table, nth) | given))

    def play(self, actions, *, number=1, finished_at=NOON):
        self.attempts += 1
        self.add(
            "attempts",
            self.attempts,
            case_version_id=1,
            number=number,
            finished_at=finished_at,
        )
        # Written last to first: the position tells the order, not the row.
        for position, action in reversed(list(enumerate(actions))):
            self.actions += 1
            self.add(
                "attempt_actions",
                self.actions,
                attempt_id=self.attempts,
                position=position,
                action=action,
                action_id=uuid4().hex,
            )


def test_finished_first_attempts_are_counted_by_their_first_choice(tmp_path):
    with fresh_database(tmp_path) as url:
        engine = make_engine(url)
        with rebuilding(engine) as connection:
            migrate(connection, FOLDER, "0011")
        with rebuilding(engine) as connection:
            before = Before(connection)
            read = {"type": "read", "scene": "letter"}
            before.play([*choose("call", "ask"), read, *choose("ask", "go")])
            before.play(choose("gesture", "call", "go"))
            before.play(choose("call", "go"))
            before.play(choose("call", "go"), number=2)
            before.play(choose("call", "go"), finished_at=None)
        with rebuilding(engine) as connection:
            migrate(connection, FOLDER, "0012")
        with engine.connect() as connection:
            rows = connection.execute(sa.text("SELECT * FROM choice_counts")).all()
        engine.dispose()
    assert sorted(map(tuple, rows)) == [
        (1, "desk", "call", 2),
        (1, "desk", "gesture", 1),
        (1, "hub", "ask", 1),
        (1, "hub", "go", 2),
    ]
