"""Image, compose file and chart keep each process to its own secrets, and give none more than it needs."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # its stubs are no dependency of ours

from dbaccess.cli.init.place import Place
from dbaccess.cli.init.processes import compose

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm" / "dbaccess"
OF_THE_BOT = {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "DATABASE_URL", "REDIS_URL"}
OF_THE_WORKERS = {
    "SLACK_BOT_TOKEN",
    "DATABASE_URL",
    "REDIS_URL",
    "DBACCESS_CLUSTER_MAIN_URL",
    "DBACCESS_LEDGER_KEY",
}
OF_THE_OWNER = {"DBACCESS_MIGRATE_URL", "DBACCESS_BOT_PASSWORD", "DBACCESS_WORKER_PASSWORD"}
PLAIN = {"DBACCESS_CONFIG", "METRICS_PORT", "METRICS_HOST"}


def dockerfile() -> tuple[list[str], list[str]]:
    """The instructions of the two stages, each on one line."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text("utf-8"))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    begins = [number for number, line in enumerate(lines) if line.startswith("FROM ")]
    assert len(begins) == 2
    return lines[begins[0] : begins[1]], lines[begins[1] :]


def test_image_runs_as_a_user_without_an_installer() -> None:
    _, final = dockerfile()
    (user,) = [line for line in final if line.startswith("USER ")]
    assert re.fullmatch(r"USER [1-9]\d{3,}:[1-9]\d{3,}", user)
    installed = " ".join(line for line in final if line.startswith("RUN "))
    assert not re.search(r"\b(pip|venv|gcc|build-essential|make|curl|git)\b", installed)
    assert [line for line in final if line.startswith("COPY ")] == [
        "COPY --from=build /opt/dbaccess /opt/dbaccess"
    ]


def test_image_is_built_of_pinned_versions_and_of_what_the_context_has() -> None:
    build, _ = dockerfile()
    assert "ARG BASE=debian:12." in (ROOT / "Dockerfile").read_text("utf-8")
    assert any("--constraint constraints.txt" in line for line in build)
    copied = {name for line in build if line.startswith("COPY ") for name in line.split()[1:-1]}
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert "*" in ignored
    assert {line.removeprefix("!") for line in ignored if line.startswith("!")} == copied
    assert all((ROOT / name).exists() for name in copied)


def services(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text)["services"]
    return found


@pytest.fixture(params=["of the repository", "of init"])
def ours(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, Any]:
    """The services of each compose file."""
    if request.param == "of init":
        return services(compose(Place(tmp_path), {"DBACCESS_CONFIG": "x"}, "0.1.0"))
    return services((ROOT / "compose.yaml").read_text("utf-8"))


def test_every_service_is_hardened_and_has_a_version(ours: dict[str, Any]) -> None:
    for name, service in ours.items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not {"privileged", "cap_add", "ports", "network_mode", "pid"} & service.keys(), name
        assert re.search(r":\d+\.\d+", service["image"]), name
        assert not service["user"].startswith("0"), name


def test_services_have_their_own_secrets_alone_and_as_files(ours: dict[str, Any]) -> None:
    wanted = {"bot": OF_THE_BOT, "workers": OF_THE_WORKERS, "migrate": OF_THE_OWNER}
    for name in ours.keys() & wanted.keys():
        environment = ours[name]["environment"]
        files = {key.removesuffix("_FILE") for key in environment if key.endswith("_FILE")}
        assert files == wanted[name]
        assert environment.keys() - {f"{key}_FILE" for key in files} <= PLAIN
        paths = {value for key, value in environment.items() if key.endswith("_FILE")}
        assert paths == {f"/run/secrets/{secret}" for secret in ours[name]["secrets"]}


def test_bot_and_workers_log_in_to_the_control_database_as_themselves() -> None:
    ours = services((ROOT / "compose.yaml").read_text("utf-8"))
    shared = {*ours["bot"]["secrets"]} & {*ours["workers"]["secrets"]}
    assert shared == {"slack-bot-token", "redis-url"}


def template(name: str) -> str:
    return (CHART / "templates" / name).read_text("utf-8")


def variables(text: str) -> set[str]:
    return set(re.findall(r"\b([A-Z][A-Z_]+)_FILE\b", text))


def test_pods_have_their_own_secrets_alone() -> None:
    assert variables(template("bot.yaml")) == OF_THE_BOT
    workers = template("workers.yaml")
    assert variables(workers) == OF_THE_WORKERS - {"DBACCESS_CLUSTER_MAIN_URL"}
    assert 'DBACCESS_CLUSTER_{{ . | upper | replace "-" "_" }}_URL_FILE' in workers
    assert variables(template("migrate.yaml")) == OF_THE_OWNER
    for name, other in (("bot.yaml", "workers"), ("workers.yaml", "bot"), ("migrate.yaml", "bot")):
        assert f".Values.{other}.existingSecret" not in template(name)


def test_every_pod_is_hardened() -> None:
    for name in ("bot.yaml", "workers.yaml", "migrate.yaml"):
        assert 'include "dbaccess.pod" .' in template(name)
        assert 'include "dbaccess.container" .' in template(name)
    shared = template("_helpers.tpl")
    for line in (
        "automountServiceAccountToken: false",
        "runAsNonRoot: true",
        "readOnlyRootFilesystem: true",
        "allowPrivilegeEscalation: false",
        "capabilities: { drop: [ALL] }",
    ):
        assert line in shared


def test_network_lets_the_bot_reach_no_target() -> None:
    bot, workers, migrate = template("network-policies.yaml").split("\n---\n")
    assert ".targets" not in bot.partition("spec:")[2]
    assert '"except" $except' in bot
    assert "range $network.targets" in workers
    assert "slack" not in migrate


def test_chart_takes_no_value_that_its_schema_lacks() -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text("utf-8"))
    schema = json.loads((CHART / "values.schema.json").read_text("utf-8"))
    _same_keys(values, schema)
    used = {path for name in ("bot.yaml", "workers.yaml", "migrate.yaml", "_helpers.tpl")
            for path in re.findall(r"\.Values\.(\w+)", template(name))}  # fmt: skip
    assert used <= set(values)


def _same_keys(values: dict[str, Any], schema: dict[str, Any]) -> None:
    assert schema["additionalProperties"] is False
    assert values.keys() <= schema["properties"].keys()
    for key, below in values.items():
        if isinstance(below, dict) and "properties" in schema["properties"][key]:
            _same_keys(below, schema["properties"][key])


def test_versions_are_those_of_the_package() -> None:
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert version is not None
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text("utf-8"))
    assert chart["appVersion"] == chart["version"] == version[1]
    assert services((ROOT / "compose.yaml").read_text("utf-8"))["bot"]["image"] == f"dbaccess:{version[1]}"
