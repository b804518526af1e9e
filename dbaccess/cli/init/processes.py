"""Bot and workers as `dbaccess init` writes them: environment files, systemd units or a compose file."""

import os
import sys
from collections.abc import Mapping
from typing import Final

from dbaccess.cli.init.place import Place

POLICY: Final = "policy/dbaccess.toml"

SECRETS: Final[Mapping[str, Mapping[str, str]]] = {
    "bot": {
        "SLACK_BOT_TOKEN": "slack-bot-token",
        "SLACK_APP_TOKEN": "slack-app-token",
        "DATABASE_URL": "database-url",
        "REDIS_URL": "redis-url",
    },
    "workers": {
        "SLACK_BOT_TOKEN": "slack-bot-token",
        "DATABASE_URL": "database-url",
        "REDIS_URL": "redis-url",
        "DBACCESS_CLUSTER_MAIN_URL": "cluster-main-url",
        "DBACCESS_LEDGER_KEY": "ledger-key",
    },
    "owner": {
        "DBACCESS_MIGRATE_URL": "migrate-url",
        "DBACCESS_BOT_PASSWORD": "bot-password",
        "DBACCESS_WORKER_PASSWORD": "worker-password",
    },
}
"""The secrets of each process, by variable, with the name of the file. No process has those of another."""

_USERS: Final = {"bot": 10001, "workers": 10002}

_UNIT: Final = """\
# Written by dbaccess init. As /etc/systemd/system/dbaccess-{process}.service
[Unit]
Description=dbaccess: {process}
Wants=network-online.target
After=network-online.target
# Restart for ever: while no worker runs, no grant ends.
StartLimitIntervalSec=0

[Service]
User=dbaccess-{process}
DynamicUser=yes
ExecStart={python} -m {process}
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
RestartSec=5
KillMode=mixed
TimeoutStopSec=25
{settings}
UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native

[Install]
WantedBy=multi-user.target
"""

_SERVICE: Final = """\
  {process}:
    image: dbaccess:{version}
    command: ["python", "-m", "{process}"]
    user: "{user}"
    environment:
      DBACCESS_CONFIG: /etc/dbaccess/dbaccess.toml
{environment}
    volumes:
      # The folder and not the file: a file that is replaced would stay the old one in the container.
      - {{ type: bind, source: {policy}, target: /etc/dbaccess, read_only: true }}
    secrets: [{names}]
    init: true
    read_only: true
    tmpfs: [/tmp]
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    stop_grace_period: 25s
    restart: always
"""


def environment_file(place: Place, process: str, plain: Mapping[str, str]) -> str:
    """Return the variables of a process. Secrets stay in files of their own."""
    secrets = {
        f"{name}_FILE": str(place.path(f"{process}/{file}")) for name, file in SECRETS[process].items()
    }
    return "".join(f"{name}={value}\n" for name, value in {**plain, **secrets}.items())


def unit(place: Place, process: str, plain: Mapping[str, str]) -> str:
    """Return the systemd unit: systemd reads the secrets as root, and hands them to this process alone."""
    files = SECRETS[process]
    loaded = [f"LoadCredential={file}:{place.path(f'{process}/{file}')}" for file in files.values()]
    named = [f"Environment={name}_FILE=%d/{file}" for name, file in files.items()]
    given = [f"Environment={name}={value}" for name, value in plain.items()]
    settings = "\n".join([*loaded, *named, *given])
    return _UNIT.format(process=process, python=sys.executable, settings=settings)


def compose(place: Place, plain: Mapping[str, str], version: str) -> str:
    """Return a compose file with bot and workers; the servers are those of the answers."""
    parts = ["# Written by dbaccess init. Build the image first: docker build --tag dbaccess:VERSION .\n"]
    parts += ["name: dbaccess\nservices:\n"]
    parts += [_service(place, process, plain, version) for process in ("bot", "workers")]
    parts += ["secrets:\n"]
    for process in ("bot", "workers"):
        parts += [
            f"  {process}-{file}: {{ file: {place.path(f'{process}/{file}')} }}\n"
            for file in SECRETS[process].values()
        ]
    return "".join(parts)


def _service(place: Place, process: str, plain: Mapping[str, str], version: str) -> str:
    files = SECRETS[process]
    variables = {key: text for key, text in plain.items() if key != "DBACCESS_CONFIG"}
    variables |= {f"{name}_FILE": f"/run/secrets/{process}-{file}" for name, file in files.items()}
    return _SERVICE.format(
        process=process,
        version=version,
        user=f"{_user(process)}:{_user(process)}",
        environment="\n".join(f'      {name}: "{value}"' for name, value in variables.items()),
        policy=place.path(POLICY).parent,
        names=", ".join(f"{process}-{file}" for file in files.values()),
    )


def hand_over(place: Place) -> None:
    """Let each container's user own its secrets: a secret of compose keeps owner and mode of its file."""
    for process in ("bot", "workers"):
        if _user(process) != os.getuid():
            for path in (place.path(process), *place.path(process).iterdir()):
                os.chown(path, _user(process), _user(process))


def _user(process: str) -> int:
    """Return the user of the container: one of its own if root runs this, else the one that does."""
    return _USERS[process] if os.getuid() == 0 else os.getuid()
