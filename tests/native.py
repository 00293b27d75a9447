"""What the tests share: native files written and read in one line, and an invented corpus."""

from pathlib import Path

from uiebench.ledger import Ledger
from uiebench.types import (
    Corpus,
    Document,
    Download,
    EventLabel,
    Label,
    Licence,
    Reader,
    RelationLabel,
    Schema,
    Split,
)

SCHEMA = Schema(
    entities=(
        Label("PER", "人物", "person", description="人的姓名"),
        Label("LOC", "地点", "location"),
        Label("ORG", "机构", "organization"),
    ),
    relations=(
        RelationLabel("works_for", "任职于", "works for", description="人在机构工作", heads=("PER",), tails=("ORG",)),
        RelationLabel("located_in", "位于", "located in"),
    ),
    events=(
        EventLabel(
            "Layoff", "裁员", "layoff", roles=(Label("Firm", "裁员方", "firm"), Label("Number", "人数", "number"))
        ),
        EventLabel("Rain", "降雨", "rain", roles=(Label("Place", "地点", "place"), Label("Number", "雨量", "amount"))),
        EventLabel("Silence", "沉默", "silence", description="无人说话。"),
    ),
)


def no_documents(files, ledger):
    """A reader for tests that hand over their documents themselves."""
    return iter(())


def invented(*splits: Split, read: Reader = no_documents) -> Corpus:
    """A corpus about nothing, with the labels of SCHEMA."""
    return Corpus(
        name="invented",
        title="Invented",
        language="zh",
        domain="none",
        tasks=("NER", "RE", "EE"),
        homepage="http://example.invalid",
        citation="@misc{invented}",
        licence=Licence("none", redistribute=True),
        splits=splits or (Split("train", (Download("train.txt", "http://example.invalid/train.txt"),)),),
        read=read,
        schema=SCHEMA,
        description="Invented texts.",
        verified="sample",
    )


def known(*reasons: str, seen: bool = True) -> Ledger:
    """A ledger in which only these defects are known."""
    return Ledger(dict.fromkeys(reasons, "invented"), seen=seen)


def write(path: Path, content: str | bytes) -> Path:
    """A file with this content; line ends are written as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(reader: Reader, folder: Path, *contents: str | bytes, ledger: Ledger | None = None) -> list[Document]:
    """What a reader makes of files with these contents, called ``native0``, ``native1`` …"""
    paths = [write(folder / f"native{number}", content) for number, content in enumerate(contents)]
    return list(reader(paths, ledger or known()))
