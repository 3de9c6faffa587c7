"""Answers over HTTP: published documents, and credentials as files."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, request
from sqlalchemy.orm import Session

from lms.clock import utc_now
from lms.credentials.domain import Purpose
from lms.credentials.models import Credential
from lms.credentials.services.states import sign_status_list, status_list_document
from lms.errors import NotFoundError
from lms.settings import Settings

JWT_TYPE = "application/vc+jwt"


def publish_json(
    document: Mapping[str, Any], mimetype: str = "application/json"
) -> Response:
    """Answer with a document that anybody may fetch."""
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return publish_text(text + "\n", mimetype)


def publish_text(text: str, mimetype: str) -> Response:
    """Answer so that readers on other sites may fetch it and keep a copy.

    A copy must be asked for again before each use, since a key or a state may have
    changed this very moment; the answer is empty while it is still good.
    """
    answer = Response(text, mimetype=mimetype)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def answer_file(found: Credential, shape: str) -> Response:
    """Answer with a credential to keep: signed (``jwt``) or to read (``json``).

    Raises
    ------
    NotFoundError
        There is no other shape.
    """
    if shape == "jwt":
        answer = Response(found.jwt, mimetype=JWT_TYPE)
    elif shape == "json":
        text = json.dumps(found.document, ensure_ascii=False, indent=2)
        answer = Response(text + "\n", mimetype="application/ld+json")
    else:
        raise NotFoundError
    answer.headers.set(
        "Content-Disposition", "attachment", filename=f"{found.number}.{shape}"
    )
    return answer


def answer_records(content: bytes, name: str) -> Response:
    """Answer with a file of records to keep."""
    kind = "text/csv; charset=utf-8" if name.endswith(".csv") else "application/json"
    answer = Response(content, content_type=kind)
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def answer_status_list(session: Session, number: int, purpose: Purpose) -> Response:
    """Answer with the signed list; text for browsers, plain JSON where asked for."""
    wanted = request.accept_mimetypes.best_match(
        (JWT_TYPE, "application/jwt", "text/plain", "text/html", "application/json"),
        default=JWT_TYPE,
    )
    now = utc_now()
    settings: Settings = current_app.config["LMS_SETTINGS"]
    if wanted == "application/json":
        document = status_list_document(
            session, settings, number=number, purpose=purpose, now=now
        )
        answer = publish_json(document)
    else:
        token = sign_status_list(
            session, settings, number=number, purpose=purpose, now=now
        )
        shape = "text/plain" if wanted.startswith("text/") else wanted
        answer = publish_text(token, shape)
    answer.vary.add("Accept")
    return answer
