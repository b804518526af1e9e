"""The witness in an object store, on a real server with the S3 API, versions and object lock."""

import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import get_session

from dbaccess.domain.errors import WitnessFailure
from dbaccess.sinks.witnesses.object_store import Bucket, ObjectStoreWitness
from tests.integration.sinks.test_witnesses import line

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(sys.platform != "linux", reason="SeaweedFS has no wheel for this system"),
]

ACCESS, SECRET = "witness", "only-for-this-test"
_USERS = {
    "identities": [
        {
            "name": "dbaccess",
            "credentials": [{"accessKey": ACCESS, "secretKey": SECRET}],
            "actions": ["Admin", "Read", "List", "Write"],
        }
    ]
}
_PATIENCE = 60.0


def free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port: int = bound.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("weed")
    (home / "users.json").write_text(json.dumps(_USERS))
    ports = {
        f"{part}.port{kind}": free_port()
        for part in ("master", "volume", "filer", "s3")
        for kind in ("", ".grpc")
    }
    command = [
        str(Path(sys.executable).with_name("weed")), "server", f"-dir={home}", "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1", "-filer", "-s3", f"-s3.config={home}/users.json", "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-volume.max=4", "-master.volumeSizeLimitMB=64",
        *(f"-{name}={port}" for name, port in ports.items()),
    ]  # fmt: skip
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield f"http://127.0.0.1:{ports['s3.port']}"
    finally:
        server.kill()
        server.wait()


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


def administrator(endpoint: str) -> Any:
    return get_session().create_client(
        "s3",
        endpoint_url=endpoint,
        aws_access_key_id=ACCESS,
        aws_secret_access_key=SECRET,
        region_name="us-east-1",
        config=Config(retries={"total_max_attempts": 1}),
    )


def make_bucket(endpoint: str, name: str, *, locked: bool) -> Any:
    """Make the bucket as soon as the server answers."""
    store, until = administrator(endpoint), time.monotonic() + _PATIENCE
    while True:
        try:
            store.create_bucket(Bucket=name, ObjectLockEnabledForBucket=locked)
            break
        except (BotoCoreError, ClientError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
    if locked:
        retention = {"Mode": "COMPLIANCE", "Days": 1}
        store.put_object_lock_configuration(
            Bucket=name,
            ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}},
        )
    return store


def test_checkpoints_are_kept_once_and_cannot_be_taken_back(endpoint: str) -> None:
    store = make_bucket(endpoint, "anchors", locked=True)
    witness = ObjectStoreWitness(Bucket(name="anchors", prefix="acme/", endpoint=endpoint))
    assert "with object lock" in witness.check()
    for seq in (1, 2, 2):
        witness.store(seq, line(seq))
    assert list(witness.lines()) == [line(1).encode(), line(2).encode()]
    with pytest.raises(WitnessFailure, match="another checkpoint of entry 2"):
        witness.store(2, line(3))
    # An administrator of the bucket hides or overwrites: the version from before is read all the same.
    store.put_object(Bucket="anchors", Key=f"acme/{2:016d}.json", Body=b"another")
    store.delete_object(Bucket="anchors", Key=f"acme/{1:016d}.json")
    assert sorted(witness.lines()) == sorted([line(1).encode(), line(2).encode(), b"another"])
    (first, *_) = store.list_object_versions(Bucket="anchors", Prefix="acme/")["Versions"]
    with pytest.raises(ClientError):
        store.delete_object(Bucket="anchors", Key=first["Key"], VersionId=first["VersionId"])


def test_bucket_that_cannot_prove_anything_is_named(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make_bucket(endpoint, "plain", locked=False)

    def refusal(name: str, at: str = endpoint) -> str:
        witness = ObjectStoreWitness(Bucket(name=name, prefix="", endpoint=at))
        with pytest.raises(WitnessFailure) as told:
            witness.check()
        assert SECRET not in str(told.value)
        assert told.value.__cause__ is None
        return str(told.value)

    assert "versioning" in refusal("plain")
    assert "NoSuchBucket" in refusal("missing")
    assert "cannot be used" in refusal("plain", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    assert "refused" in refusal("plain")
