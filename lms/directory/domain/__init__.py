"""Partners, support menus, and whether a client can use them, as plain values."""

from lms.directory.domain.attributes import (
    UNKNOWN,
    Attribute,
    ClientProfile,
    Option,
    UnknownAttributeError,
    Value,
)
from lms.directory.domain.conditions import Clause, Condition, Needs, Truth
from lms.directory.domain.directory import Directory, Partner, SupportMenu, Theme
from lms.directory.domain.document import directory_from_document
from lms.directory.domain.eligibility import Eligibility, Verdict, eligibility
from lms.directory.domain.folding import fold
from lms.directory.domain.search import Wanted, find_menus, find_partners
from lms.directory.domain.sources import Basis, LegalSource, Standing

__all__ = [
    "UNKNOWN",
    "Attribute",
    "Basis",
    "Clause",
    "ClientProfile",
    "Condition",
    "Directory",
    "Eligibility",
    "LegalSource",
    "Needs",
    "Option",
    "Partner",
    "Standing",
    "SupportMenu",
    "Theme",
    "Truth",
    "UnknownAttributeError",
    "Value",
    "Verdict",
    "Wanted",
    "directory_from_document",
    "eligibility",
    "find_menus",
    "find_partners",
    "fold",
]
