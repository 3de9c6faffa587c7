"""Attempts at cases as work that can be marked."""

from uuid import UUID

from sqlalchemy.orm import Session

from lms.content.queries import Library
from lms.evidence.domain import Moment, Work
from lms.simulation.domain import Case
from lms.simulation.pages import Reader
from lms.simulation.played import read_attempt
from lms.simulation.replaying import replay
from lms.simulation.services import WORK_KIND, rubric_of
from lms.web.language import language


class CaseWork:
    """How a rater sees an attempt."""

    name = WORK_KIND

    def __init__(self, library: Library) -> None:
        self._library = library

    def get_work(self, session: Session, public_id: UUID) -> Work:
        """Return an attempt with its route and the moments for each criterion."""
        attempt = read_attempt(session, public_id)
        version = self._library.get(session, attempt.case_version_id)
        case: Case = version.content
        reader = Reader(case, language())
        played = replay(case, attempt)
        rubric = rubric_of(session, self._library, version).content
        names = {row.slug: row.name.in_language(language()) for row in rubric.criteria}
        closing, _later = reader.closing(played.scene)
        seen = [row for row in played.observations if row.source != "omission"]
        pending = [
            Moment(row.position, criterion, "pending")
            for row in played.pending
            for criterion in row.criteria
        ]
        return Work(
            kind=self.name,
            public_id=public_id,
            template="simulation/_route.html",
            page={
                "reader": reader,
                "title": reader.title,
                "version": version,
                "attempt": attempt,
                "played": played,
                "route": reader.route(played, names, shows_comments=False),
                "omissions": [
                    reader.observation(row, names)
                    for row in played.observations
                    if row.source == "omission"
                ],
                "closing": closing,
            },
            moments=tuple(
                Moment(row.position, row.criterion, row.seen.value) for row in seen
            )
            + tuple(pending),
            observable=frozenset(row.criterion for row in played.observations)
            | {criterion for row in played.pending for criterion in row.criteria},
        )
