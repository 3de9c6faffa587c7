"""Who may call an endpoint: deny by default, declared at the view."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, current_app, request
from flask_login import current_user

from lms.errors import NotAllowedError, NotFoundError
from lms.permissions import Permission

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"


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


def declared_access(view: Callable[..., Any]) -> Permission | str | None:
    """Return what `view` declares: a permission, `PUBLIC`, or nothing."""
    return getattr(view, "access", None)


def init_access(app: Flask) -> None:
    """Guard every endpoint of `app` before its view runs."""
    public(app.view_functions["static"])
    app.before_request(_guard)


def _guard() -> Any:
    if request.endpoint is None:  # no such page: answered as 404 by Flask
        return None
    if "\x00" in "".join((request.path, *request.args, *request.args.values())):
        raise NotFoundError  # nothing has such a name, and PostgreSQL refuses to look
    access = declared_access(current_app.view_functions[request.endpoint])
    if access == PUBLIC:
        return None
    if not current_user.is_authenticated:
        return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    if access not in current_user.permissions:
        raise NotAllowedError
    return None


def can(permission: str) -> bool:
    """Say for templates whether to show a control; the guard is at the route."""
    return (
        current_user.is_authenticated
        and Permission(permission) in current_user.permissions
    )
