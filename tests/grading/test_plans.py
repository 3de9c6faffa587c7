"""What is asked for one work must not grow with the number of all hand-ins."""

from uuid import uuid4

import pytest
from sqlalchemy import event

from lms.grading.queries.sheets import is_marked, list_returned_sheets
from tests.databases import asked_for_postgres

pytestmark = pytest.mark.skipif(
    asked_for_postgres() is not None, reason="PostgreSQL reads small tables whole"
)


@pytest.mark.parametrize("ask", [list_returned_sheets, is_marked])
def test_hand_ins_of_a_work_are_found_by_an_index(session, ask):
    asked = []

    def keep(_connection, _cursor, statement, parameters, *_rest):
        asked.append((statement, parameters))

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", keep)
    ask(session, uuid4())
    event.remove(connection, "before_cursor_execute", keep)
    ((statement, parameters),) = asked
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
    steps = [row.detail for row in plan]
    assert any("ix_submissions_work_id" in step for step in steps), steps
    assert not any(step.startswith("SCAN") for step in steps), steps
