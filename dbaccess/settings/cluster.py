"""The addresses of clusters."""

import os

from pydantic import SecretStr

from dbaccess.domain.address import check_cluster
from dbaccess.settings.environment import SettingsError, read_file


def cluster_url(name: str) -> SecretStr | None:
    """Return the URL of one cluster from the environment or its file; None if there is none.

    Raises `SettingsError` for an invalid address.
    """
    variable = cluster_variable(name)
    path = os.environ.get(f"{variable}_FILE")
    url = os.environ.get(variable) or (read_file(path, variable) if path else "")
    if not url:
        return None
    try:
        check_cluster(url)
    except ValueError as error:
        raise SettingsError(f"{variable}: {error}") from None
    return SecretStr(url)


def cluster_variable(cluster: str) -> str:
    """Return the name of the variable that holds the cluster's URL."""
    return f"DBACCESS_CLUSTER_{cluster.upper().replace('-', '_')}_URL"
