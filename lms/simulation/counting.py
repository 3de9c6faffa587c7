"""Counting what was chosen, when an attempt is finished."""

from collections.abc import Callable, Mapping

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.db import Base
from lms.simulation.models import ChoiceCount

_COUNTS = Base.metadata.tables[ChoiceCount.__tablename__]
_INSERTS: dict[str, Callable[[Table], postgresql.Insert | sqlite.Insert]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}


def count_choices(
    session: Session, case_version_id: int, choices: Mapping[str, str]
) -> None:
    """Count one more learner at each choice.

    Two transactions that raise the same rows wait for one another, and never in a
    circle: both take them in the order of their keys. What the session still has to
    write goes first, so that the rows are held no longer than the commit takes.

    Parameters
    ----------
    choices : mapping of str to str
        The choice of one learner by scene.
    """
    if not choices:
        return
    session.flush()
    rows = [
        {
            "case_version_id": case_version_id,
            "scene": scene,
            "choice": choice,
            "learners": 1,
        }
        for scene, choice in sorted(choices.items())
    ]
    add = _INSERTS[session.get_bind().dialect.name](_COUNTS).values(rows)
    session.execute(
        add.on_conflict_do_update(
            index_elements=list(_COUNTS.primary_key),
            set_={"learners": _COUNTS.c.learners + 1},
        )
    )
