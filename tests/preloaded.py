"""The last import of the fork server: forks find done what every program would do first.

No fork looks for garbage in what was imported, or copies it so. None paces its messages: Slack's stand-in
takes any number, and a message that waits for its turn would keep a test waiting for seconds.
"""

import gc
from dataclasses import replace

from sqlalchemy.orm import configure_mappers

import dbaccess.storage.unit_of_work  # noqa: F401 has all models
from dbaccess.slack import pacer

pacer.IN_A_CHANNEL = replace(pacer.IN_A_CHANNEL, calls=10_000)
pacer.BY_METHOD.update({method: replace(rate, calls=10_000) for method, rate in pacer.BY_METHOD.items()})
configure_mappers()
gc.collect()
gc.freeze()
