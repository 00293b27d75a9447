"""What the tests of readers share: native files written and read in one line."""

from pathlib import Path

from uiebench.ledger import Ledger
from uiebench.types import Document, Reader


def known(*reasons: str) -> Ledger:
    """A ledger in which only these defects may be counted."""
    return Ledger(dict.fromkeys(reasons, "invented"))


def write(path: Path, content: str | bytes) -> Path:
    """A file with this content; line ends are written as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(reader: Reader, folder: Path, *contents: str | bytes, ledger: Ledger | None = None) -> list[Document]:
    """What a reader makes of files with these contents, called ``native0``, ``native1`` …"""
    paths = [write(folder / f"native{number}", content) for number, content in enumerate(contents)]
    return list(reader(paths, ledger or known()))
