"""Everything that is held about a person, package by package."""

from lms.accounts.personal import AccountData, PersonalSource
from lms.accounts.second_factor.personal import SecondFactorData
from lms.accounts.single_sign_on.personal import ExternalIdentityData
from lms.assessment.personal import ResponseData
from lms.credentials.personal import CredentialData
from lms.decisions.personal import ClearanceData, DecisionData, PackData
from lms.evidence.personal import EvidenceData, SubmissionData
from lms.grading.personal import SheetData
from lms.privacy.personal import RequestData
from lms.programme.personal import EnrolmentData
from lms.simulation.personal import AttemptData

# The account comes last: erasing it takes away what the others may still look at.
SOURCES: tuple[PersonalSource, ...] = (
    EnrolmentData(),
    ResponseData(),
    AttemptData(),
    SubmissionData(),
    SheetData(),
    EvidenceData(),
    PackData(),
    DecisionData(),
    ClearanceData(),
    CredentialData(),
    SecondFactorData(),
    ExternalIdentityData(),
    RequestData(),
    AccountData(),
)
