"""Whether what an earlier start prepared still fits."""

import hashlib
from pathlib import Path

from demo.program import ROOT


class Stamp:
    """A file that holds the hash of all that the prepared things were made from."""

    def __init__(self, path: Path, *sources: Path) -> None:
        self._path = path
        self._sources = sources

    def fits(self) -> bool:
        return self._path.exists() and self._path.read_text() == self._hash()

    def set(self) -> None:
        self._path.write_text(self._hash())

    def take(self) -> bool:
        """Whether it fits; what it stood for counts as used."""
        fits = self.fits()
        self._path.unlink(missing_ok=True)
        return fits

    def _hash(self) -> str:
        found = hashlib.sha256()
        for source in self._sources:
            files = sorted(source.rglob("*")) if source.is_dir() else [source]
            for path in files:
                if path.suffix in {".py", ".sql", ".toml"}:
                    found.update(f"{path.relative_to(ROOT)} {path.stat().st_size}\n".encode())
                    found.update(path.read_bytes())
        return found.hexdigest()
