"""Pure parts of credentials: building, signing, verifying, status lists, records."""

from lms.credentials.domain.certificate import (
    build_certificate,
    build_level_credential,
    issuer_profile,
    moment_text,
)
from lms.credentials.domain.handed_over import OTHER_FILES, read_token
from lms.credentials.domain.jws import FAULT_TEXTS, Fault, KeysError, read_keys
from lms.credentials.domain.jwt import (
    Validity,
    VerificationResult,
    sign_credential,
    verify_credential,
    verify_status_list,
)
from lms.credentials.domain.order import (
    Award,
    CertificateOrder,
    CompetencyAward,
    EvidenceLink,
    FrameworkEdition,
    Issuer,
    LevelText,
    Programme,
)
from lms.credentials.domain.records import (
    DecisionRecord,
    LearnerRecord,
    ListedCredential,
    OutcomeRecord,
    RecordsHeader,
    RecordsResult,
    build_records_document,
    sign_records,
    verify_records,
)
from lms.credentials.domain.records_csv import (
    RECORD_COLUMNS,
    list_record_rows,
    records_csv,
)
from lms.credentials.domain.report import FileReport, report_on
from lms.credentials.domain.state import (
    CredentialState,
    EventKind,
    derive_state,
    possible_events,
)
from lms.credentials.domain.status import Status, StatusFault, StatusFinding
from lms.credentials.domain.status_list import (
    Purpose,
    StatusList,
    StatusListError,
    build_status_list,
    list_number,
    list_url,
)

__all__ = [
    "FAULT_TEXTS",
    "OTHER_FILES",
    "RECORD_COLUMNS",
    "Award",
    "CertificateOrder",
    "CompetencyAward",
    "CredentialState",
    "DecisionRecord",
    "EventKind",
    "EvidenceLink",
    "Fault",
    "FileReport",
    "FrameworkEdition",
    "Issuer",
    "KeysError",
    "LearnerRecord",
    "LevelText",
    "ListedCredential",
    "OutcomeRecord",
    "Programme",
    "Purpose",
    "RecordsHeader",
    "RecordsResult",
    "Status",
    "StatusFault",
    "StatusFinding",
    "StatusList",
    "StatusListError",
    "Validity",
    "VerificationResult",
    "build_certificate",
    "build_level_credential",
    "build_records_document",
    "build_status_list",
    "derive_state",
    "issuer_profile",
    "list_number",
    "list_record_rows",
    "list_url",
    "moment_text",
    "possible_events",
    "read_keys",
    "read_token",
    "records_csv",
    "report_on",
    "sign_credential",
    "sign_records",
    "verify_credential",
    "verify_records",
    "verify_status_list",
]
