"""A database engine in memory, the second one beside PostgreSQL; dbaccess is not shipped with it."""

from tests.engines.memory.driver import MemoryDriver
from tests.engines.memory.server import MemoryServer, MemorySession, Refused
from tests.engines.memory.targets import MemoryTargets

__all__ = ["MemoryDriver", "MemoryServer", "MemorySession", "MemoryTargets", "Refused"]
