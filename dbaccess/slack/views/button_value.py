"""The values of buttons: an id and, for an approval, the fingerprint of what was shown."""

from dbaccess.domain.approved_scope import offer_fingerprint
from dbaccess.domain.errors import Changed, NotFound
from dbaccess.domain.request import Request, RequestId
from dbaccess.domain.request_details import RequestDetails


def approval_value(request: Request) -> str:
    """Return the request and the fingerprint of the terms as shown."""
    return f"{request.id}.{request.fingerprint}"


def offer_value(details: RequestDetails) -> str:
    """Return the request and the fingerprint of what an approval gives at this moment."""
    return f"{details.request.id}.{offer_fingerprint(details.request.terms, details.scope)}"


def parse_approval(value: str) -> tuple[RequestId, str]:
    """Parse either value; raises `Changed` for any other."""
    number, _, fingerprint = value.partition(".")
    is_hash = len(fingerprint) == 64 and set(fingerprint) <= set("0123456789abcdef")  # noqa: PLR2004 SHA-256
    if not (is_hash and _is_id(number)):
        raise Changed("This changed, look again.")
    return RequestId(int(number)), fingerprint


def parse_id(value: str) -> int:
    """Return the id in a button's value; raises `NotFound`."""
    if not _is_id(value):
        raise NotFound("There is no such request or grant.")
    return int(value)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18  # noqa: PLR2004 fits a bigint
