"""What stands on a printed certificate."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedCertificate:
    """What stands on the page, in words of one language.

    Attributes
    ----------
    tracking : float
        Extra space between the letters of the heading, in em.
    specimen : str
        Said at the foot of what certifies nothing; empty on a real one.
    """

    language: str
    document_title: str
    heading: str
    tracking: float
    number_line: str
    holder: str
    statement: str
    competencies_title: str
    competencies: tuple[str, ...]
    issued_on: str
    issuer: str
    period: tuple[str, ...]
    verify_words: str
    verify_url: str
    qr_alt: str
    specimen: str = ""
