"""The kinds of content, in the order of publishing, and the kinds of mail."""

from lms.accounts.mails import account_mails
from lms.accounts.second_factor.mail import SecondFactorMail
from lms.assessment.content import ItemKind
from lms.content.kinds import KindRegistry
from lms.curriculum.content import LessonKind, ModuleKind
from lms.directory.content.kind import DirectoryKind
from lms.framework.content import FrameworkKind, RubricKind
from lms.jobs.mail import MailRegistry
from lms.settings import Settings
from lms.simulation.content.kind import CaseKind


def content_kinds() -> KindRegistry:
    """Return the registry; what others refer to comes first."""
    return KindRegistry(
        (
            FrameworkKind(),
            RubricKind(),
            DirectoryKind(),
            ItemKind(),
            CaseKind(),
            LessonKind(),
            ModuleKind(),
        )
    )


def mail_kinds(settings: Settings) -> MailRegistry:
    """Return the kinds of mail; each is written by the package that posts it.

    Parameters
    ----------
    settings : Settings
        Letters carry addresses of pages, which begin with the public one.
    """
    return MailRegistry((*account_mails(settings), SecondFactorMail()))
