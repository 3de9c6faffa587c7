"""Who may call an endpoint: deny by default, declared at the view."""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, redirect, url_for
from flask_login import AnonymousUserMixin, current_user

from lms.errors import NotAllowedError, NotFoundError
from lms.permissions import Permission
from lms.web.product import this_request
from lms.web.targets import address_of

View = TypeVar("View", bound=Callable[..., Any])
FirstStep = Callable[[], str | None]
PUBLIC = "public"
_ANYWHERE = "anywhere"
_KEPT_BY_FLASK_LOGIN = "_login_user"


def requires(permission: Permission) -> Callable[[View], View]:
    """Declare the permission that a view asks for."""

    def mark(view: View) -> View:
        cast("Any", view).access = permission
        return view

    return mark


def public(view: View) -> View:
    """Declare that anybody may call a view, signed in or not."""
    cast("Any", view).access = PUBLIC
    return view


def while_held(at: str | None = None) -> Callable[[View], View]:
    """Declare that a view is open to a reader who must do something else first.

    Parameters
    ----------
    at : str, optional
        Open only to those who are held at this endpoint; to all when left out.
    """

    def mark(view: View) -> View:
        cast("Any", view).open_while_held_at = at or _ANYWHERE
        return view

    return mark


def declared_access(view: Callable[..., Any]) -> Permission | str | None:
    """Return what `view` declares: a permission, `PUBLIC`, or nothing."""
    return getattr(view, "access", None)


def init_access(app: Flask, first: FirstStep) -> None:
    """Guard every endpoint of `app` before its view runs.

    Parameters
    ----------
    first : callable
        Returns the endpoint that a reader who is signed in must pass first, such as
        the one for the second factor, or nothing. Until then all views are closed
        but those that declare `while_held`.
    """
    public(app.view_functions["static"])
    app.extensions["lms_first_step"] = first
    app.before_request(guard)


def current_reader() -> Any:
    """Return who asks, signed in or not, and not a stand-in for them.

    Each look at `current_user` costs three look-ups in the request; a page has twenty.
    """
    return g.get(_KEPT_BY_FLASK_LOGIN) or current_user._get_current_object()


def reader_key() -> str:
    """Return what tells one reader's pages and copies in a browser from another's.

    Empty where nobody is signed in; a digest, so that no random id stands in a page.
    """
    who = current_reader()
    if not who.is_authenticated:
        return ""
    return hashlib.sha256(str(who.subject_id).encode()).hexdigest()[:16]


def held_at() -> str | None:
    """Return the endpoint that the reader must pass first, if there is one."""
    if not current_reader().is_authenticated:
        return None
    first: FirstStep = current_app.extensions["lms_first_step"]
    return first()


def guard() -> Any:
    """Return nothing where the reader may call the view, else what to answer instead.

    Raises
    ------
    NotAllowedError
        The reader lacks the permission.
    """
    asked = this_request()
    if asked.endpoint is None:  # no such page: answered as 404 by Flask
        return None
    if "\x00" in "".join((asked.path, *asked.args, *asked.args.values())):
        raise NotFoundError  # nothing has such a name, and PostgreSQL refuses to look
    view = current_app.view_functions[asked.endpoint]
    access = declared_access(view)
    if access == PUBLIC:
        return None
    who = current_reader()
    if not who.is_authenticated:
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    first = held_at()
    if first is not None and _open_at(view) not in (first, _ANYWHERE):
        target = address_of(asked) if asked.method == "GET" else None
        return redirect(url_for(first, target=target), 303)
    if access not in who.permissions:
        raise NotAllowedError
    return None


def _open_at(view: Callable[..., Any]) -> str | None:
    return getattr(view, "open_while_held_at", None)


def forget_reader() -> None:
    """Answer the rest of this request as if nobody were signed in.

    For pages that must not ask the database who is there: it does not answer.
    """
    setattr(g, _KEPT_BY_FLASK_LOGIN, AnonymousUserMixin())


def can(permission: str) -> bool:
    """Say for templates whether to show a control; the guard is at the route."""
    who = current_reader()
    return (
        who.is_authenticated
        and held_at() is None
        and Permission(permission) in who.permissions
    )
