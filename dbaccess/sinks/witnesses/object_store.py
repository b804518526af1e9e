"""An object store with the S3 API that keeps versions: S3 itself, or another that speaks it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

from dbaccess.domain.errors import WitnessFailure
from dbaccess.domain.witness import WitnessKind

TIMEOUT = 10.0
"""Seconds, for a connection and for each answer."""

_LONGEST = 4096
_READERS = 8
_PAGE = 500


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
                self._client.put_object(
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
        found = self._client.get_object(
            Bucket=self._bucket.name, Key=version["Key"], VersionId=version["VersionId"]
        )
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
            config = Config(connect_timeout=TIMEOUT, read_timeout=TIMEOUT, retries={"total_max_attempts": 2})
            made: Callable[..., BaseClient] = get_session().create_client
            self._made = made("s3", endpoint_url=self._bucket.endpoint, config=config)
        return self._made


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
