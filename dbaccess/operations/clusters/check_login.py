"""A loud word about a login that the workers must not use."""

import structlog

from dbaccess.operations.context import WorkerContext

_log = structlog.get_logger(__name__)


def check_login(context: WorkerContext, cluster: str) -> None:
    """Log an error while the cluster's URL has a login that may give nothing; raises `TargetFailure`.

    The workers run on: a grant that is open has to end with whatever login there is.
    """
    why = context.targets.driver(cluster).wrong_login()
    if why is not None:
        _log.error("cluster login refused, ends only", cluster=cluster, why=why)
