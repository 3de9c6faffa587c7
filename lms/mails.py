"""The kinds of mail that this installation can send."""

from lms.accounts.mails import account_mails
from lms.accounts.second_factor.mail import SecondFactorMail
from lms.jobs.mail import MailRegistry
from lms.settings import Settings


def mail_kinds(settings: Settings) -> MailRegistry:
    """Return the kinds of mail; each is written by the package that posts it.

    Parameters
    ----------
    settings : Settings
        Letters carry addresses of pages, which begin with the public one.
    """
    return MailRegistry((*account_mails(settings), SecondFactorMail()))
