"""Joining a server: a one-time code is exchanged for accounts, and the node's new key is registered."""

from pathlib import Path

import httpx
from pydantic import ValidationError

from edge.complaints import Complaint, ComplaintError, complaint
from edge.uplink.credentials import Credentials, need_room
from protocol.enrolment import EnrolmentAnswer, EnrolmentRequest
from protocol.sentences import ENGLISH
from protocol.signing import new_key, public_text

TIMEOUT_S = 15


class EnrolmentError(ComplaintError):
    """The server did not take the node; one sentence with the cause and the remedy."""


def enrol(server: str, code: str, node: str, title: str, folder: Path, language: str = ENGLISH) -> Path:
    """Make a key, register it, keep the answer; returns the credentials' file.

    `language`: in which the server should say why it refuses. Raises EnrolmentError, and CredentialsError
    if there is no room for the answer.
    """
    key = new_key()
    server = server.rstrip("/")
    try:
        request = EnrolmentRequest(code=code.strip().upper(), node=node, title=title, public_key=public_text(key))
    except ValidationError as error:
        field = error.errors()[0]["loc"][0]
        raise EnrolmentError(complaint("enrolment.form", field=field)) from None
    need_room(folder)
    try:
        answer = httpx.post(
            f"{server}/api/v1/enrolments",
            content=request.model_dump_json(),
            headers={"Content-Type": "application/json", "Accept-Language": language},
            timeout=TIMEOUT_S,
        )
    except (httpx.UnsupportedProtocol, httpx.InvalidURL, UnicodeError):
        raise EnrolmentError(complaint("enrolment.no_address", server=server)) from None
    except httpx.HTTPError as error:
        raise EnrolmentError(complaint("enrolment.unreachable", server=server, why=str(error))) from None
    if answer.has_redirect_location:  # not followed: the code would go where nobody has typed
        raise EnrolmentError(complaint("enrolment.moved", server=server, to=answer.headers["Location"]))
    if answer.status_code != httpx.codes.CREATED:
        raise EnrolmentError(complaint("enrolment.refused", server=server, why=_said(answer)))
    try:
        accounts = EnrolmentAnswer.model_validate_json(answer.content)
    except ValidationError:
        raise EnrolmentError(complaint("enrolment.answered_something_else", server=server)) from None
    return Credentials.of(server, accounts, key).save(folder)


def _said(answer: httpx.Response) -> str | Complaint:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return complaint("enrolment.answered_http", status=answer.status_code)
