"""The page that an address without a page of its own belongs to."""

from flask import current_app, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect


def page_above() -> str | None:
    """Return the nearest page above this address, such as that of a form.

    ``/credentials/<id>/events`` takes a form of ``/credentials/<id>``. None where
    nothing but the first page stands above.
    """
    path = request.path.rstrip("/")
    while (path := path.rpartition("/")[0]) != "":
        for address in (path, f"{path}/"):
            if _is_page(address):
                return request.root_path + address
    return None


def _is_page(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return False
    try:
        adapter.match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return False
    return True
