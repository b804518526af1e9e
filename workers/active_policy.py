"""The policy of a process: the last accepted file, whatever the file holds now."""

import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

import structlog
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError

from dbaccess.domain.policy import Cluster, Policy
from dbaccess.policy_file import PolicyFileError, load_policy, reload_policy
from dbaccess.ports import Sink
from dbaccess.reload_at_sighup import refusal
from dbaccess.settings import ReplicaUrls, SettingsError, WorkerSettings
from dbaccess.sinks.second import second_sink
from dbaccess.storage.unit_of_work import SqlUnitOfWork, build_engine

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class ActivePolicy:
    """The supervisor keeps it, and each part begins with a copy: one that dies comes back as it was.

    `urls` has each cluster in reach, `clusters` what a policy says of each. `refused` says why the file that
    was to be read last was not taken. A process that never took one, and uses the last one of its host,
    `gives` nothing.
    """

    settings: WorkerSettings
    policy: Policy
    urls: Mapping[str, SecretStr]
    clusters: Mapping[str, Cluster]
    sink: Sink | None
    replicas: ReplicaUrls = field(default_factory=dict)
    gives: bool = True
    refused: str | None = None

    @classmethod
    def begin(cls, settings: WorkerSettings) -> Self:
        """Begin with the file, or without one for ends alone: a host may start while the file is edited.

        Raises `PolicyFileError` or `SettingsError` if neither works.
        """
        try:
            return cls._of(settings, load_policy(settings.config))
        except (PolicyFileError, SettingsError) as error:
            before = _last_policy(settings)
            urls = settings.urls_in_reach(before.clusters) if before is not None else {}
            if before is None or not urls:
                raise
            # A cluster without a URL stops no other.
            kept = cls(
                settings=settings,
                policy=before,
                urls=urls,
                clusters=before.clusters,
                replicas=settings.replicas_in_reach(_replicas(before)),
                sink=None,
                gives=False,
                refused=str(error),
            )
            log.error("policy refused, ends only", why=str(error))  # noqa: TRY400 said in full
            return kept

    @classmethod
    def _of(cls, settings: WorkerSettings, policy: Policy, clusters: Iterable[str] = ()) -> Self:
        return cls(
            settings=settings,
            policy=policy,
            urls=settings.cluster_urls({*policy.clusters, *clusters}),
            clusters=policy.clusters,
            replicas=settings.replica_urls(_replicas(policy)),
            sink=_second_sink(policy, settings),
        )

    def take(self) -> None:
        """Use the present file; raises, with no change, if it is refused.

        A cluster that the file no longer names stays in reach, because there may be grants to end on it.
        """
        read = self._of(self.settings, reload_policy(self.settings.config, self.policy), self.urls)
        self.policy, self.urls, self.sink, self.gives = read.policy, read.urls, read.sink, True
        self.replicas = {**self.replicas, **read.replicas}
        self.clusters = {**self.clusters, **read.clusters}

    def read_again(self) -> None:
        """Do the same for later parts, without a report."""
        self.refused = refusal(self.take)


def _replicas(policy: Policy) -> Mapping[str, tuple[str, ...]]:
    return {name: cluster.replicas for name, cluster in policy.clusters.items()}


def _second_sink(policy: Policy, settings: WorkerSettings) -> Sink | None:
    try:
        return second_sink(
            policy.second_sink,
            syslog=settings.dbaccess_break_glass_syslog,
            webhook=settings.dbaccess_break_glass_webhook,
        )
    except ValueError as error:
        raise SettingsError(str(error)) from None


def _last_policy(settings: WorkerSettings) -> Policy | None:
    """Return the last policy of this host's workers; None if the control database does not answer."""
    engine = build_engine(settings.database_url, pool_size=1, application_name="dbaccess-worker")
    try:
        with SqlUnitOfWork(engine, None) as uow:
            return uow.policies.last_of_workers(socket.gethostname())
    except SQLAlchemyError:
        return None
    finally:
        engine.dispose()  # parts are forked from here
