"""Signing in as browsers do: fetch the form, send it, keep the cookie."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.driver import Answer, Connection, Request, make_request
from benchmarks.seed import PASSWORD

_TOKEN = re.compile(rb'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody signed in.

    Attributes
    ----------
    block : int
        Number of the copy of the block that they belong to.
    place : int
        Place among the block's learners; 0 for its supervisor.
    token : str
        Proves that a form came from this session.
    """

    block: int
    place: int
    cookies: Mapping[str, str]
    token: str

    def get(self, path: str) -> Request:
        """Return a request for a page."""
        return make_request("GET", path, cookies=self.cookies)

    def post(self, path: str, **fields: str) -> Request:
        """Return a form as it is sent; a redirect answers it."""
        form = {"csrf_token": self.token, **fields}
        return make_request("POST", path, cookies=self.cookies, form=form, status=303)


def sign_in(
    port: int, email: str, *, block: int = 0, place: int = 0, code: str = ""
) -> Visitor:
    """Post the sign-in form once, and the code of a second factor if there is one."""
    connection = Connection(port)
    page = connection.ask(make_request("GET", "/sign-in"))
    cookies = page.cookies()
    form = {"email": email, "password": PASSWORD, "csrf_token": _token_of(page)}
    entered = connection.ask(
        make_request("POST", "/sign-in", cookies=cookies, form=form, status=303)
    )
    cookies = {**cookies, **entered.cookies()}
    if code:
        cookies = _show_code(connection, cookies, code)
    home = connection.ask(make_request("GET", "/", cookies=cookies))
    connection.close()
    return Visitor(block, place, {**cookies, **home.cookies()}, _token_of(home))


def _show_code(
    connection: Connection, cookies: Mapping[str, str], code: str
) -> dict[str, str]:
    path = "/sign-in/second"
    page = connection.ask(make_request("GET", path, cookies=cookies))
    kept = {**cookies, **page.cookies()}
    form = {"code": code, "csrf_token": _token_of(page)}
    passed = connection.ask(
        make_request("POST", path, cookies=kept, form=form, status=303)
    )
    return {**kept, **passed.cookies()}


def _token_of(page: Answer) -> str:
    found = _TOKEN.search(page.body)
    if found is None:
        raise LookupError("the page has no form with a csrf_token")
    return found[1].decode()
