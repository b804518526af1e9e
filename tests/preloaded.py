"""The last import of the fork server: forks find done what every program would do first.

No fork looks for garbage in what was imported, or copies it so.
"""

import gc

from sqlalchemy.orm import configure_mappers

import dbaccess.storage.unit_of_work  # noqa: F401 has all models

configure_mappers()
gc.collect()
gc.freeze()
