"""Two windows at the same moment: the database lets one through."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from lms.compilers import COMPILERS
from lms.content.queries import Library
from lms.db import Database, make_engine
from lms.evidence.models import Evidence, Submission
from lms.grading.models import Sheet
from lms.grading.queries.sheets import find_sheet
from lms.grading.services.keeping import (
    StaleSheetError,
    claim_sheet,
    draft_of,
    save_draft,
)
from lms.grading.services.returning import return_sheet
from tests.conftest import NOON
from tests.databases import fresh_database
from tests.factories.accounts import make_pair
from tests.grading.values import (
    all_rated,
    make_seen,
    make_submission,
    shipped_rubric,
    superseded_ids,
)

pytestmark = pytest.mark.concurrent
WINDOWS = 4


class Desk:
    """One submission in a database of its own, and a rater with several windows."""

    def __init__(self, database):
        self.database = database
        self.library = Library(COMPILERS)
        with database.session(writes=True) as session:
            rater, learner = make_pair(session)
            submission = make_submission(session, self.library, learner)
            make_seen(session, submission, "finds-need")
            self.rater_id, self.submission_id = rater.subject_id, submission.id
            self.rubric = shipped_rubric(session, self.library)

    def everywhere(self, act):
        """Let all windows do `act(session, sheet_of, window)` at once."""
        start = Barrier(WINDOWS)

        def one(window):
            start.wait()
            try:
                with self.database.transaction() as session:
                    submission = session.get(Submission, self.submission_id)
                    sheet = claim_sheet(
                        session, submission, rater_id=self.rater_id, now=NOON
                    )
                    act(session, submission, sheet, window)
            except StaleSheetError as error:
                return error
            return None

        with ThreadPoolExecutor(WINDOWS) as pool:
            return list(pool.map(one, range(WINDOWS)))

    def save(self, session, sheet, draft):
        return save_draft(
            session, sheet, draft, rubric=self.rubric.content, revision=0, now=NOON
        )


@pytest.fixture
def desk(template_url, tmp_path):
    with fresh_database(tmp_path, template=template_url) as url:
        engine = make_engine(url)
        yield Desk(Database(engine))
        engine.dispose()


def test_first_clicks_in_several_windows_make_one_sheet(desk):
    desk.everywhere(lambda *_: None)
    with desk.database.session() as session:
        assert session.scalar(select(func.count()).select_from(Sheet)) == 1


def test_of_several_different_drafts_one_is_kept_and_the_others_see_it(desk):
    drafts = [all_rated(desk.rubric.content, band=band) for band in range(WINDOWS)]
    refusals = desk.everywhere(
        lambda session, _work, sheet, window: desk.save(session, sheet, drafts[window])
    )
    refused = [error for error in refusals if error is not None]
    assert len(refused) == WINDOWS - 1
    with desk.database.session() as session:
        sheet = find_sheet(session, desk.submission_id, desk.rater_id)
        kept = draft_of(sheet, desk.rubric.content)
        assert sheet.revision == 1
    assert {error.stored for error in refused} == {kept}
    assert {error.typed for error in refused} | {kept} == set(drafts)


def test_returning_in_several_windows_at_once_counts_once(desk):
    draft = all_rated(desk.rubric.content)

    def give_back(session, submission, sheet, _window):
        return_sheet(
            session,
            desk.save(session, sheet, draft),
            submission=submission,
            rubric=desk.rubric,
            time_zone="Asia/Tokyo",
            now=NOON,
        )

    assert desk.everywhere(give_back) == [None] * WINDOWS
    with desk.database.session() as session:
        rated = select(func.count()).where(Evidence.rater_id == desk.rater_id)
        assert session.scalar(rated) == len(desk.rubric.content.criteria)
        assert len(superseded_ids(session)) == 1
