"""An object store with the S3 API that keeps versions: S3 itself, or another that speaks it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

from dbaccess.domain.errors import WitnessFailure
from dbaccess.domain.witness import WitnessKind

TIMEOUT = 10.0
"""Seconds, for a connection and for each answer."""
ATTEMPTS = 2
"""The tries for one request; the next round tries again anyway."""

_LONGEST = 4096
_READERS = 8
_PAGE = 500
_LARGEST = 8 * 1024 * 1024
"""Bytes of an answer that is no object: a page of versions has some hundred kilobytes."""
_REDIRECTS = range(300, 400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """`endpoint` is None for S3 itself."""

    name: str
    prefix: str
    endpoint: str | None = None


class ObjectStoreWitness:
    """A `ports.Witness` with one object for each checkpoint, which is never written a second time.

    The credentials are those that botocore finds in the environment, in a file, or in the host's role. The
    bucket's own object lock and retention apply.
    """

    kind = WitnessKind.OBJECT_STORE
    every: timedelta | None = None

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        at = f"{bucket.endpoint}/" if bucket.endpoint else "s3://"
        self.place = f"object_store:{at}{bucket.name}/{bucket.prefix}"
        self._made: BaseClient | None = None

    def store(self, seq: int, line: str) -> None:
        key = f"{self._bucket.prefix}{seq:016d}.json"
        body = line.encode("ascii")
        with _told():
            try:
                stored = self._client.put_object(
                    Bucket=self._bucket.name,
                    Key=key,
                    Body=body,
                    ContentType="application/json",
                    IfNoneMatch="*",
                )
            except ClientError as error:
                if _code(error) not in {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}:
                    raise
                self._must_hold(key, body, seq)
            else:
                if not stored.get("ETag"):
                    raise WitnessFailure("The server is no object store: it names no version of the object.")

    def _must_hold(self, key: str, body: bytes, seq: int) -> None:
        """A retry finds its own object; another one shows that this is not the ledger of before."""
        found = self._client.get_object(Bucket=self._bucket.name, Key=key)["Body"].read(_LONGEST)
        if found != body:
            raise WitnessFailure(
                f"It holds another checkpoint of entry {seq}. Was the control database restored or changed? "
                "Run `dbaccess ledger verify`."
            )

    def lines(self) -> Iterator[bytes]:
        """Yield the line of every version of every object, in the order of their keys."""
        with _told(), ThreadPoolExecutor(_READERS) as readers:
            pages = self._client.get_paginator("list_object_versions").paginate(
                Bucket=self._bucket.name, Prefix=self._bucket.prefix, PaginationConfig={"PageSize": _PAGE}
            )
            for page in pages:
                yield from readers.map(self._version, page.get("Versions", ()))

    def _version(self, version: dict[str, Any]) -> bytes:
        key, version_id = version.get("Key"), version.get("VersionId")
        if not key or not version_id:
            raise WitnessFailure("The object store lists a version without its name.")
        found = self._client.get_object(Bucket=self._bucket.name, Key=key, VersionId=version_id)
        line: bytes = found["Body"].read(_LONGEST)
        return line

    def held(self) -> None:
        return None

    def check(self) -> str:
        with _told():
            name = self._bucket.name
            versions = self._client.get_bucket_versioning(Bucket=name).get("Status")
            if versions != "Enabled":
                raise WitnessFailure("The bucket keeps no versions: turn versioning on.")
            locked = self._locked()
        kept = "with object lock" if locked else "without object lock, so its administrator can delete them"
        return f"bucket {name} keeps versions, {kept}"

    def _locked(self) -> bool:
        try:
            found = self._client.get_object_lock_configuration(Bucket=self._bucket.name)
        except ClientError:  # most stores answer so where it is off
            return False
        return bool(found.get("ObjectLockConfiguration", {}).get("Rule"))

    @property
    def _client(self) -> Any:
        if self._made is None:
            config = Config(
                connect_timeout=TIMEOUT, read_timeout=TIMEOUT, retries={"total_max_attempts": ATTEMPTS}
            )
            made: Callable[..., BaseClient] = get_session().create_client
            client: Any = made("s3", endpoint_url=self._bucket.endpoint, config=config)
            # botocore reads an answer of any length into memory, and follows redirects without an end: only
            # S3 itself redirects, to the region of a bucket.
            if self._bucket.endpoint is not None:
                client.meta.events.register("before-parse.s3", _refuse_redirect)
            client.meta.events.register("before-send.s3", partial(_send, client._endpoint.http_session))  # noqa: SLF001 it has no other way to the session with the certificates and proxies of the environment
            self._made = client
        return self._made


def _refuse_redirect(response_dict: dict[str, Any], **_: Any) -> None:
    if response_dict["status_code"] in _REDIRECTS:
        raise WitnessFailure("The object store redirects elsewhere. Write the address of the bucket itself.")


def _send(session: Any, request: Any, **_: Any) -> AWSResponse | None:
    """Send the request in the place of botocore, which reads an answer at once; not for a streamed object."""
    if request.stream_output:
        return None
    request.stream_output = True
    found: AWSResponse = session.send(request)
    found.raw = _Bounded(found.raw)
    return found


class _Bounded:
    """The body of an answer, which ends with an error where it is too long."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def stream(self) -> Iterator[bytes]:
        length = 0
        for part in self._raw.stream():
            length += len(part)
            if length > _LARGEST:
                self._raw.close()
                raise WitnessFailure("The object store answers at too great length.")
            yield part


@contextmanager
def _told() -> Iterator[None]:
    """Only the code of an error is told: its text could quote a signature."""
    try:
        yield
    except ClientError as error:
        raise WitnessFailure(f"The object store refused: {_code(error)}.") from None
    except (BotoCoreError, ValueError) as error:  # botocore refuses some addresses with the latter
        raise WitnessFailure(f"The object store cannot be used: {type(error).__name__}.") from None


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))[:80]
