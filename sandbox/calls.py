"""JSON to and from the people's API, with the standard library alone."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import OpenerDirector, ProxyHandler, Request, build_opener

from sandbox.waiting import PATIENCE
from sandbox.wire import Json, Refused


@dataclass(frozen=True, slots=True)
class Calls:
    """`address` without a slash at its end. Raises Refused for what Slack's own client would not allow."""

    address: str

    def get(self, path: str, **query: Any) -> Any:
        given = urlencode({key: value for key, value in query.items() if value is not None})
        return _answer(Request(f"{self.address}/sandbox/{path}?{given}"))  # noqa: S310 the caller's address

    def post(self, path: str, **body: Any) -> Any:
        url = f"{self.address}/sandbox/{path}"
        headers = {"Content-Type": "application/json"}
        request = Request(url, json.dumps(body).encode(), headers, method="POST")  # noqa: S310 as above
        return _answer(request)

    def file(self, file_id: str) -> bytes:
        """The content of a file that the app shared; raises HTTPError for one that it did not."""
        request = Request(f"{self.address}/files/{file_id}")  # noqa: S310 as above
        with _direct().open(request, timeout=PATIENCE) as response:
            content: bytes = response.read()
        return content


@cache
def _direct() -> OpenerDirector:
    """Built once, because newer Pythons read all certificates for each. The sandbox is local: by no proxy."""
    return build_opener(ProxyHandler({}))


def _answer(request: Request) -> Any:
    try:
        with _direct().open(request, timeout=PATIENCE) as response:
            return json.load(response)["answer"]
    except HTTPError as error:
        with error:
            body = error.read()
        if error.code not in (400, 409):
            raise RuntimeError(f"the sandbox failed: {error.code} {body[:500]!r}") from error
        told: Json = json.loads(body)
        raise Refused(told["code"], told["detail"]) from None
