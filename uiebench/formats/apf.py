"""The ACE program format: a text (``.sgm``) beside its annotation (``.apf.xml``) of the same name.

    <DOC>                                      <entity ID="E1" TYPE="ORG" SUBTYPE="Commercial">
    <DOCID> d1 </DOCID>                          <entity_mention ID="E1-1" TYPE="NAM">
    <BODY><TEXT>                                   <extent><charseq START="7" END="10">远山科技</charseq></extent>
    远山科技                                         <head><charseq START="7" END="10">远山科技</charseq></head>
    宣布裁员                                       </entity_mention>
    </TEXT></BODY></DOC>                       </entity>

    apf()  →  Document("", "远山科技宣布裁员", (Entity("远山科技", 0, 4, "ORG"),))

Offsets count the characters of the ``.sgm`` file without its tags, line ends included, character
references as they are written (``&amp;`` is five), and END is that of the last character.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from html import unescape
from pathlib import Path, PurePosixPath
from typing import Literal
from xml.etree.ElementTree import Element

from uiebench.formats.elements import Edit, rewrite, xml_root
from uiebench.formats.reading import paired, read_text
from uiebench.ledger import Ledger
from uiebench.types import Argument, Document, Entity, Event, Reader, Relation, Span

DIFFERS = "string differs from text"
FOREIGN_ROLE = "role outside the guidelines"
METONYMY = "METONYMY"

_TAG = re.compile(r"<[^<>]+>")
_CHANGED = re.compile(r"&(?:\w+|#\d+|#x[\da-fA-F]+);|\s*\n\s*")


def apf(
    *,
    texts: str = "*/adj/*.sgm",
    keep: Callable[[str], bool] | None = None,
    part: Literal["head", "extent"] = "head",
    joiner: str = "",
    role: Callable[[str], str] | None = None,
    roles: Mapping[str, Collection[str]] | None = None,
) -> Reader:
    """A reader of folders of ``.sgm`` files matching the glob `texts`, each beside its ``.apf.xml``.

    Args:
        keep: whether a document belongs to the split, by its file name without ``.sgm``. None: all do.
        part: whether an entity mention is its head (as relation and event extraction are scored) or
            its full extent. Values and times, which have no head, are always their extent.
        joiner: what a line break inside a paragraph becomes: "" for Chinese, " " for English.
        role: maps an argument's role to a label, e.g. ``Time-Within`` to ``Time``.
        roles: the roles of each event type; an argument in another one is dropped as "role outside the
            guidelines". None: all are kept.

    The text is that of the element BODY (of TEXT, where there is no BODY); each of its tags begins a new
    line. A line break inside is a wrapped line and becomes `joiner` (a space between two ASCII letters or
    digits), unless an empty line or an indentation follows: that is a new paragraph and stays one line
    break. Mention types are the TYPE of the entity, relations and events TYPE:SUBTYPE, or TYPE where there
    is no subtype. Entity mentions are read as entities; values and times only where they are arguments of
    events. The ends of relations may be given as in 2005 (``relation_mention_argument``) or in 2004
    (``rel_mention_arg``). Not kept: coreference, subtypes and classes of entities, the times of relations,
    tense, polarity, modality and genericity of events, and the relation METONYMY, which joins two readings
    of one name and states nothing of the text.
    """

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        for folder in files:
            annotations = str(PurePosixPath(texts).with_suffix(".apf.xml"))
            for path, beside in paired(folder, texts, annotations, lambda text: text.with_suffix(".apf.xml")):
                if keep and not keep(path.stem):
                    continue
                source, root = read_text(path, ledger), xml_root(beside, ledger)
                yield _Annotated(source, joiner, ledger).document(root, part, role, roles)

    return read


class _Annotated:
    """One document: its text, and the spans of its annotation."""

    def __init__(self, source: str, joiner: str, ledger: Ledger) -> None:
        self.ledger = ledger
        self.lost: set[str] = set()  # the IDs of mentions dropped as "string differs from text"
        name = "BODY" if "<BODY>" in source else "TEXT"
        body = source.find(f"<{name}>")
        end = source.find(f"</{name}>", body)
        if body < 0 or end < 0:
            raise ledger.malformed(source[:80], "an element BODY or TEXT")
        self.counted = _TAG.sub("", source)
        self.text, self.place = rewrite(self.counted, _layout(source, body, end, joiner))

    def document(
        self,
        root: Element,
        part: str,
        role: Callable[[str], str] | None,
        roles: Mapping[str, Collection[str]] | None,
    ) -> Document:
        mentions: dict[str, Entity] = {}
        for entity in root.iter("entity"):
            for mention in entity.iter("entity_mention"):
                if span := self.span(mention, part):
                    mentions[mention.attrib["ID"]] = Entity(span.text, span.start, span.end, entity.attrib["TYPE"])
        arguments: dict[str, Span] = {**mentions}
        for mention in (*root.iter("value_mention"), *root.iter("timex2_mention")):
            if span := self.span(mention, "extent"):
                arguments[mention.attrib["ID"]] = span
        return Document(
            "",
            self.text,
            tuple(mentions.values()),
            tuple(self.relations(root, mentions)),
            tuple(self.events(root, arguments, role, roles)),
        )

    def relations(self, root: Element, mentions: Mapping[str, Entity]) -> Iterator[Relation]:
        for relation in root.iter("relation"):
            if relation.attrib["TYPE"] == METONYMY:
                continue
            kind = ":".join(filter(None, (relation.attrib["TYPE"], relation.get("SUBTYPE"))))
            for mention in relation.iter("relation_mention"):
                head, tail = _ends(mention)
                if head in mentions and tail in mentions:
                    yield Relation(kind, mentions[head], mentions[tail])
                elif {head, tail} & self.lost:
                    self.ledger.drop(DIFFERS, f"{kind} {head} {tail}")
                else:
                    raise self.ledger.malformed(f"{kind} {head} {tail}", "the IDs of two entity mentions")

    def events(
        self,
        root: Element,
        mentions: Mapping[str, Span],
        role: Callable[[str], str] | None,
        roles: Mapping[str, Collection[str]] | None,
    ) -> Iterator[Event]:
        for event in root.iter("event"):
            kind = f"{event.attrib['TYPE']}:{event.attrib['SUBTYPE']}"
            for mention in event.iter("event_mention"):
                arguments = []
                for found in mention.iter("event_mention_argument"):
                    name, id = found.attrib["ROLE"], found.attrib["REFID"]
                    name = role(name) if role else name
                    if roles is not None and name not in roles.get(kind, ()):
                        self.ledger.drop(FOREIGN_ROLE, f"{kind} {name}")
                    elif place := mentions.get(id):
                        arguments.append(Argument(place.text, place.start, place.end, name))
                    elif id in self.lost:
                        self.ledger.drop(DIFFERS, f"{kind} {name} {id}")
                    else:
                        raise self.ledger.malformed(f"{kind} {name} {id}", "the ID of a mention")
                if trigger := self.span(mention, "anchor"):
                    yield Event(kind, trigger, tuple(arguments))

    def span(self, mention: Element, part: str) -> Span | None:
        """The span of the `part` of a mention, or None if its string is not the one counted off."""
        sequence, id = mention.find(f"{part}/charseq"), mention.attrib["ID"]
        if sequence is None:
            raise self.ledger.malformed(id, f"a mention with {part}/charseq")
        first, last = int(sequence.attrib["START"]), int(sequence.attrib["END"]) + 1
        written, found = sequence.text or "", unescape(self.counted[first:last])
        if "".join(written.split()) != "".join(found.split()):
            self.lost.add(id)
            self.ledger.drop(DIFFERS, f"{id}: {written!r}, in the text {found!r}")
            return None
        start, end = self.place(first, last)
        return Span(self.text[start:end], start, end)


def _ends(mention: Element) -> tuple[str, str]:
    """The IDs of head and tail of a relation mention, as ACE 2005 or as ACE 2004 gives them."""
    ids = {end.attrib["ROLE"]: end.attrib["REFID"] for end in mention.iter("relation_mention_argument")}
    ids |= {f"Arg-{end.attrib['ARGNUM']}": end.attrib["ENTITYMENTIONID"] for end in mention.iter("rel_mention_arg")}
    return ids.get("Arg-1", ""), ids.get("Arg-2", "")


def _layout(source: str, body: int, end: int, joiner: str) -> Iterator[Edit]:
    """The edits that turn the counted text into that of BODY, from `body` to `end` in the source."""
    at = len(_TAG.sub("", source[:body]))  # in the counted text
    gap, string = 0, ""  # where the white space before the next text began, and what becomes of it
    for piece in _TAG.split(source[body:end]):
        content = piece.strip()
        if content:
            first = at + len(piece) - len(piece.lstrip())
            yield gap, first, string
            for match in _CHANGED.finditer(content):
                yield first + match.start(), first + match.end(), _instead(content, match, joiner)
            gap, string = first + len(content), "\n"
        at += len(piece)
    yield gap, at + len(_TAG.sub("", source[end:])), ""


def _instead(content: str, match: re.Match[str], joiner: str) -> str:
    """What a character reference or a run of white space with a line break becomes."""
    found = match.group()
    if found[0] == "&":
        return unescape(found)
    if found.count("\n") > 1 or not found.endswith("\n"):
        return "\n"
    around = content[match.start() - 1] + content[match.end()]
    return " " if around.isascii() and around.isalnum() else joiner
