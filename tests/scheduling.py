"""Which tests of a parallel run stay in one process, so that they share what is slow to start."""

from xdist.scheduler import LoadFileScheduling

FOLDERS = ("tests/browser", "tests/demo")
"""The files of each share a browser, a demo, or both."""


class ByFileOrFolder(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """Hand out whole files, and these folders whole."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return next((folder for folder in FOLDERS if file.startswith(f"{folder}/")), file)
