"""The job that fills a password modal."""

from dbaccess.domain.credential_view import CredentialViewId
from dbaccess.operations.grants.credentials import show_credentials
from workers.wiring import of_this_process


def run(view_id: int) -> None:
    show_credentials(of_this_process().context, CredentialViewId(view_id))
