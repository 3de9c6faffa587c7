"""How long a provider may keep us waiting, and how much it may say."""

import time
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from requests import PreparedRequest, ReadTimeout, Response, Session
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

_MOST_BYTES = 1024 * 1024  # keys and metadata of the largest providers take a tenth
_PIECE_BYTES = 64 * 1024
_MOST_REDIRECTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Bounds on one answer, and the pause after one that did not come.

    While we wait, a process answers nobody else.

    Attributes
    ----------
    silence_seconds : float
        Between two pieces of an answer, and before the first.
    answer_seconds : float
        For the whole of it.
    rest_seconds : float
        For so long after a failure nobody asks the provider again.
    """

    silence_seconds: float = 5
    answer_seconds: float = 10
    rest_seconds: float = 5


class BoundedAdapter(HTTPAdapter):
    """Reads an answer to its end within a time and a size.

    The library's own limit is on the silence between two bytes: who sends one every
    few seconds could hold a process for ever.
    """

    def __init__(self, patience: Patience) -> None:
        super().__init__()
        self._patience = patience

    def send(self, request: PreparedRequest, *_more: Any, **options: Any) -> Response:
        """Send a request; the answer is in memory when this returns.

        Raises
        ------
        ReadTimeout
            It took too long as a whole, is too long, or broke off.
        """
        ends_at = time.monotonic() + self._patience.answer_seconds
        answer = super().send(request, **{**options, "stream": True})
        try:
            body = _read(answer, ends_at)
        except (HTTPError, OSError) as error:
            answer.close()
            raise ReadTimeout(request=request) from error
        answer.raw.release_conn()
        answer.raw = BytesIO(body)
        return answer


def _read(answer: Response, ends_at: float) -> bytes:
    body = bytearray()
    while piece := answer.raw.read1(_PIECE_BYTES, decode_content=True):
        body += piece
        if time.monotonic() > ends_at or len(body) > _MOST_BYTES:
            raise TimeoutError
    return bytes(body)


def bound(session: Session, patience: Patience) -> None:
    """Let a session ask no longer, and read no more, than we have patience for."""
    session.max_redirects = _MOST_REDIRECTS
    for scheme in ("https://", "http://"):
        session.mount(scheme, BoundedAdapter(patience))
