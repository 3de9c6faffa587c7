"""What a decision awards, and what one credential about it is made from."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lms.content.domain import Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """The certification body and the permanent address that it publishes under.

    Attributes
    ----------
    public_url : str
        Without a final slash; ids of everything published begin with it.
    """

    public_url: str
    name: Bilingual

    @property
    def id(self) -> str:
        """Return the address of the issuer's profile."""
        return f"{self.public_url}/issuers/1"

    def achievement_id(self, slug: str) -> str:
        """Return the address of an achievement."""
        return f"{self.public_url}/achievements/{slug}"

    def verify_url(self, credential_id: UUID) -> str:
        """Return the id of a credential: the page that says its state."""
        return f"{self.public_url}/verify/{credential_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """The programme that a certificate is about."""

    slug: str
    title: Bilingual

    @property
    def achievement_slug(self) -> str:
        """Return a slug that no competency has: programmes may share their names."""
        return f"certificate-{self.slug}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameworkEdition:
    """The edition of the competency framework that levels belong to."""

    slug: str
    version: str
    title: Bilingual


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelText:
    """One level of a competency in words."""

    level: int
    name: Bilingual
    description: Bilingual | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLink:
    """Where a piece of evidence can be asked for; never its text.

    Attributes
    ----------
    url : str
        Permanent address, or ``urn:uuid:`` with the id that record files give it.
    kind : str
        Kind of showing: ``knowledge``, ``simulation``, ``practice``, ``supervision``.
    """

    url: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetencyAward:
    """The level that a decision awards in one competency.

    Attributes
    ----------
    awarded_level : int
        What the certifiers decided; never above the attested level.
    required_level : int
        What the programme asks for.
    levels : tuple of LevelText
        Every level of the framework in ascending order.
    """

    slug: str
    name: Bilingual
    awarded_level: int
    required_level: int
    levels: tuple[LevelText, ...]
    evidence: tuple[EvidenceLink, ...] = ()

    def __post_init__(self) -> None:
        """Refuse levels that the framework does not have."""
        known = {row.level for row in self.levels}
        if not {self.awarded_level, self.required_level} <= known:
            raise ValueError(f"{self.slug}: a level is not one of {sorted(known)}")

    def level_text(self, level: int) -> LevelText:
        """Return the words for one level."""
        return next(row for row in self.levels if row.level == level)


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """Everything that one decision awards to one person.

    Attributes
    ----------
    subject_id : UUID
        Random id of the holder; the person is known by nothing else.
    competencies : tuple of CompetencyAward
        Awarded competencies only, in the order of the framework.
    evidence : tuple of EvidenceLink
        What the certificate as a whole rests on.
    holder_name : str or None
        Written into the credential only when the holder asks for it.
    is_demo : bool
        The credential then says in name and description that it is none.
    """

    subject_id: UUID
    issuer: Issuer
    programme: Programme
    framework: FrameworkEdition
    competencies: tuple[CompetencyAward, ...]
    decided_at: datetime
    valid_from: datetime
    valid_until: datetime
    evidence: tuple[EvidenceLink, ...] = ()
    holder_name: str | None = None
    is_demo: bool = False

    def __post_init__(self) -> None:
        """Refuse moments without a zone and a validity that ends before it begins."""
        for moment in (self.decided_at, self.valid_from, self.valid_until):
            if moment.tzinfo is None:
                raise ValueError("a moment must carry its zone")
        if self.valid_until <= self.valid_from:
            raise ValueError("a credential must be valid for some time")


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateOrder:
    """One credential to build: an award and what was allotted to this credential.

    Attributes
    ----------
    number : str
        ``TN-<year>-NNNN``, with ``-NN`` behind it for a level credential.
    status_index : int
        Place in the row of all status entries, over all lists.
    """

    credential_id: UUID
    number: str
    status_index: int
    award: Award
