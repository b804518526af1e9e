"""The workspace of the workers' token, as Slack said last."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dbaccess.domain.team import Team
from dbaccess.storage.models.directory import TeamRow as Row


class SqlKnownTeam:
    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self) -> Team | None:
        row = self._session.scalar(select(Row))
        return None if row is None else Team(id=row.team_id, url=row.url)

    def put(self, team: Team) -> None:
        said = {"team_id": team.id, "url": team.url, "said_at": func.now()}
        row = insert(Row).values(id=1, **said)
        self._session.execute(row.on_conflict_do_update(constraint="team_pk", set_=said))
