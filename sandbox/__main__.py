"""Starts the sandbox: `python -m sandbox --manifest manifest.yml --world world.toml --port 0`."""

import argparse
import asyncio
import socket
import sys
from dataclasses import replace
from pathlib import Path

from starlette.applications import Starlette

from sandbox.app import build_app
from sandbox.manifest import Manifest, ManifestError, load_manifest
from sandbox.server import listen, server
from sandbox.world import World, WorldError, load_world


def main(arguments: list[str] | None = None) -> int:
    """Serves until it is interrupted; 2 where manifest or world cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        world, manifest = load_world(options.world), load_manifest(options.manifest)
        manifest = _over_http(world, manifest, options.request_url)
    except (WorldError, ManifestError, OSError) as error:
        print(f"sandbox: {error}", file=sys.stderr)  # noqa: T201 a command line's one line
        return 2
    try:
        listener = listen(options.host, options.port, or_another=options.or_another_port)
    except OSError as error:
        print(f"sandbox: {options.host}:{options.port}: {error.strerror}", file=sys.stderr)  # noqa: T201 the same
        return 2
    with listener:
        host, port = listener.getsockname()[:2]
        address = f"http://{host}:{port}"
        _announce(address, options.ready_file)
        asyncio.run(_serve(build_app(world, manifest, address), listener))
    return 0


def _over_http(world: World, manifest: Manifest, urls: list[str]) -> Manifest:
    """Return the manifest with the URLs of the command line, unchanged if there are none."""
    if urls:
        manifest = replace(manifest, socket_mode=False, request_urls=tuple(urls))
    if manifest.request_urls and not manifest.socket_mode and not world.app.signing_secret:
        raise WorldError("[app] signing_secret is missing: requests over HTTP are signed with it")
    return manifest


async def _serve(app: Starlette, listener: socket.socket) -> None:
    verifying = asyncio.create_task(app.state.http.verify())
    try:
        await server(app).serve(sockets=[listener])
    finally:
        verifying.cancel()


def _announce(address: str, ready_file: Path | None) -> None:
    """Announce the address: the socket listens already, so a reader can connect."""
    print(f"sandbox: {address} (Web API at {address}/api/)", flush=True)  # noqa: T201 its one line
    if ready_file is not None:
        half_written = ready_file.with_name(ready_file.name + ".part")
        half_written.write_text(address, encoding="utf-8")
        half_written.replace(ready_file)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="A local stand-in for Slack: Web API, Socket Mode or HTTP, and the people who use it.",
        epilog="Point the app at it with SLACK_API_URL=<address>/api/ and the tokens of the world file.",
    )
    parser.add_argument("--manifest", type=Path, required=True, help="the app's manifest, YAML or JSON")
    parser.add_argument("--world", type=Path, required=True, help="people, groups and channels, TOML")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    parser.add_argument(
        "--or-another-port", action="store_true", help="take a free one where --port is taken"
    )
    parser.add_argument("--ready-file", type=Path, help="file that receives the address once it listens")
    parser.add_argument(
        "--request-url",
        action="append",
        default=[],
        help="send to this address over HTTP, signed, instead of Socket Mode; "
        "several stand for one address with a balancer behind it",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
