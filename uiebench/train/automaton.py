"""The language of `uiebench.train.grammar` once more, as an automaton over bytes in plain Python.

    automaton = Automaton(Asked("NER", ("人名", "机构"), "高明创办远山。"), "span")
    automaton.accepts('{"人名":["高明"],"机构":[]}')   →  True
    automaton.accepts('{"人名":["明高"],"机构":[]}')   →  False: not a string of the text

It is the reference for the backend that decoding uses: written without it, slow, and read in one go. Masks over a
vocabulary come from walking the automaton and the trie of the tokens together (`TokenMasks`).

An answer is made of fixed pieces and strings. `_Answers` says which pieces can stand at a point and what comes after
each; no piece at a point is the beginning of another one there, so that reading byte by byte is deterministic. A
string of the text is known by the places where it may end: after 高 those behind every 高 of the text, of which
after 高明 those remain that 明 follows. These sets are the states of the suffix automaton of the text (Blumer et al.,
1985), built where they are needed only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, Protocol

import msgspec
import numpy

from uiebench.train.grammar import ESCAPES, Asked, Level, characters, distinct
from uiebench.train.vocabulary import Vocabulary

Point = tuple[Any, ...]
"""A place between two pieces of an answer, such as ("label", 1): before the second label."""
END: Point = ("end",)


class Piece(NamedTuple):
    """What comes after a fixed piece: the next point, and whether a string stands between, which may be empty."""

    point: Point
    string: bool = False
    empty: bool = False


def _quoted(name: str) -> str:
    return msgspec.json.encode(name).decode()


class _Answers:
    """Which pieces can stand at a point of an answer; an opening quote belongs to the piece before the string."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.labels = asked, distinct(asked.labels)
        self.roles = {label: distinct(asked.roles.get(label, ())) for label in self.labels}
        task = asked.task
        self.start: Point = ("label", 0, True) if task == "NER" else ("item", True)
        self.at = self._ner if task == "NER" else self._re if task == "RE" else self._ee

    def _ner(self, point: Point) -> dict[str, Piece]:
        if point == END:
            return {}
        kind, place = point[:2]
        if kind == "open":
            return {"]": Piece(("label", place + 1, False)), '"': Piece(("more", place), string=True)}
        if kind == "more":
            return {"]": Piece(("label", place + 1, False)), ',"': Piece(("more", place), string=True)}
        before = "{" if point[2] else ","
        pieces: dict[str, Piece] = {}
        if self.asked.explicit_empty:
            if place < len(self.labels):
                return {f"{before}{_quoted(self.labels[place])}:[": Piece(("open", place))}
        else:
            for at in range(place, len(self.labels)):
                pieces[f'{before}{_quoted(self.labels[at])}:["'] = Piece(("more", at), string=True)
        return pieces | {"{}" if point[2] else "}": Piece(END)}

    def _re(self, point: Point) -> dict[str, Piece]:
        match point:
            case ("item", first):
                return self._items(first) | {
                    f'{self._before(first)}{{"relation":{_quoted(label)},"head":"': Piece(("head",), string=True)
                    for label in self.labels
                }
            case ("head",):
                return {',"tail":"': Piece(("tail",), string=True)}
            case ("tail",):
                return {"}": Piece(("item", False))}
            case _:
                return {}

    def _ee(self, point: Point) -> dict[str, Piece]:
        task = self.asked.task
        match point:
            case ("item", first):
                pieces = self._items(first)
                for label in self.labels:
                    begun = f'{self._before(first)}{{"type":{_quoted(label)}'
                    if task == "EEA":
                        pieces[f'{begun},"arguments":{{'] = Piece(("roles", label, frozenset()))
                    else:
                        pieces[f'{begun},"trigger":"'] = Piece(("trigger", label), string=True, empty=True)
                return pieces
            case ("trigger", label):
                if task == "EET":
                    return {"}": Piece(("item", False))}
                return {',"arguments":{': Piece(("roles", label, frozenset()))}
            case ("roles", label, given):
                return {"}}": Piece(("item", False))} | {
                    ("," if given else "") + _quoted(role) + ':["': Piece(("role", label, given | {role}), string=True)
                    for role in self.roles[label]
                    if role not in given
                }
            case ("role", label, given):
                return {"]": Piece(("roles", label, given)), ',"': Piece(point, string=True)}
            case _:
                return {}

    def _items(self, first: bool) -> dict[str, Piece]:
        return {"[]" if first else "]": Piece(END)}

    def _before(self, first: bool) -> str:
        return "[" if first else ","


class _String(Protocol):
    """A string begun: what it can go on with, and whether it may end here."""

    whole: bool
    begun: bool

    def next(self) -> Mapping[int, _String]: ...


class _Places:
    """The places of the text, in bytes of its escaped form, where a string may have come to."""

    def __init__(self, text: _Text, places: tuple[int, ...], begun: bool) -> None:
        self._next: dict[int, _String] | None = None
        self.text, self.places, self.begun = text, places, begun
        self.whole = not begun or places[0] in text.ends

    def next(self) -> dict[int, _String]:
        if self._next is None:
            behind: dict[int, list[int]] = {}
            for place in self.places:
                if place < len(self.text.data):
                    behind.setdefault(self.text.data[place], []).append(place + 1)
            self._next = {byte: self.text.state(tuple(places)) for byte, places in behind.items()}
        return self._next


class _Text:
    """The text asked about, as it stands in JSON."""

    def __init__(self, text: str) -> None:
        written = [character.encode() for character in characters(text)]
        self.data = b"".join(written)
        starts, at = [], 0
        for character in written:
            starts.append(at)
            at += len(character)
        self.ends = frozenset((*starts, at)) - {0}
        self.known: dict[tuple[int, ...], _Places] = {}
        self.start = _Places(self, tuple(starts), begun=False)

    def state(self, places: tuple[int, ...]) -> _Places:
        if places not in self.known:
            self.known[places] = _Places(self, places, begun=True)
        return self.known[places]


class _AnyString:
    """Any string in canonical JSON: `partly` are the bytes of a character that is not complete."""

    def __init__(self, partly: bytes = b"", begun: bool = False) -> None:
        self.partly, self.begun, self.whole = partly, begun, not partly

    def next(self) -> dict[int, _String]:
        return _characters(self.partly)


_ESCAPED = frozenset(escape.encode() for escape in ESCAPES.values())
_NEVER_FIRST = frozenset((*range(0x20), ord('"'), ord("\\")))
"""Bytes that do not begin a character that stands for itself."""


@cache
def _characters(partly: bytes) -> dict[int, _String]:
    """What the beginning of a character, or of none, goes on with."""
    found: dict[int, _String] = {}
    for byte in range(256):
        written = partly + bytes([byte])
        plain = written[0] not in _NEVER_FIRST
        if written in _ESCAPED or (plain and _decodes(written)):
            found[byte] = _any_string(b"")
        elif any(escape.startswith(written) for escape in _ESCAPED) or (plain and _decodes(written, cut=True)):
            found[byte] = _any_string(written)
    return found


@cache
def _any_string(partly: bytes) -> _AnyString:
    return _AnyString(partly, begun=True)


def _decodes(written: bytes, cut: bool = False) -> bool:
    """Whether bytes are one character of UTF-8, or with `cut` the beginning of one."""
    try:
        written.decode()
    except UnicodeDecodeError as error:
        return cut and error.reason == "unexpected end of data"
    return not cut


class State:
    """A point of the automaton; `moves` are the bytes that can follow and where they lead.

    `end` says that the answer is complete: no byte can follow, and an answer ends nowhere else.
    """

    def __init__(self, automaton: Automaton, key: tuple[Any, ...]) -> None:
        self.automaton, self.key = automaton, key
        self._moves: dict[int, State] | None = None
        self.end = key == ("fixed", END, b"")

    @property
    def moves(self) -> dict[int, State]:
        if self._moves is None:
            self._moves = self.automaton.follow(self.key)
        return self._moves


class Automaton:
    """The answers to a prompt, byte by byte from `start` on."""

    def __init__(self, asked: Asked, constraint: Level) -> None:
        self.answers = _Answers(asked)
        self.string: _String = _Text(asked.text).start if constraint == "span" else _AnyString()
        self.possible = constraint == "json" or bool(asked.text)
        self.known: dict[tuple[Any, ...], State] = {}
        self.start = self._state("fixed", self.answers.start, b"")

    def _state(self, *key: Any) -> State:
        if key not in self.known:
            self.known[key] = State(self, key)
        return self.known[key]

    def follow(self, key: tuple[Any, ...]) -> dict[int, State]:
        """What can follow at ("fixed", point, bytes of a piece) or in ("string", point after it, its state, empty)."""
        moves: dict[int, State] = {}
        if key[0] == "string":
            _, point, string, empty = key
            moves = {byte: self._state("string", point, after, empty) for byte, after in string.next().items()}
            if string.whole and (string.begun or empty):
                moves[ord('"')] = self._state("fixed", point, b"")
            return moves
        _, point, written = key
        for text, piece in self.answers.at(point).items():
            if piece.string and not (self.possible or piece.empty):
                continue  # an empty text has no string to go on with
            data = text.encode()
            if data == written:
                raise AssertionError(f"{text} is the beginning of another piece")
            if data.startswith(written):
                begun = data[: len(written) + 1]
                if begun != data:
                    moves[data[len(written)]] = self._state("fixed", point, begun)
                elif piece.string:
                    moves[data[-1]] = self._state("string", piece.point, self.string, piece.empty)
                else:
                    moves[data[-1]] = self._state("fixed", piece.point, b"")
        return moves

    def read(self, data: bytes, state: State | None = None) -> State | None:
        """Where some bytes lead, from `start` or another state on; None where they leave the language."""
        state = self.start if state is None else state
        for byte in data:
            after = state.moves.get(byte)
            if after is None:
                return None
            state = after
        return state

    def accepts(self, answer: str) -> bool:
        """Whether a text is a complete answer."""
        state = self.read(answer.encode("utf-8", "surrogatepass"))
        return state is not None and state.end

    def finished(self, written: str) -> str:
        """A cut-off answer brought to an end: up to its last whole mention, with everything open closed.

        For what was written until the tokens ran out. Nothing is added but brackets and empty lists; a relation
        without a tail is left out. Text that left the language is cut off there.
        """
        data, state = written.encode("utf-8", "surrogatepass"), self.start
        points = [(0, self.answers.start)]
        for place, byte in enumerate(data, start=1):
            after = state.moves.get(byte)
            if after is None:
                break
            state = after
            if state.key[0] == "fixed" and not state.key[2]:
                points.append((place, state.key[1]))
        for place, point in reversed(points):
            closing = self._closing(point)
            if closing is not None:
                return data[:place].decode() + closing
        raise AssertionError("an empty answer can always be written")

    def _closing(self, point: Point) -> str | None:
        """The fewest pieces without a string that lead from a point to the end; None if there are none."""
        paths, seen = [(point, "")], {point}
        for at, closing in paths:
            if at == END:
                return closing
            for text, piece in self.answers.at(at).items():
                if not piece.string and piece.point not in seen:
                    seen.add(piece.point)
                    paths.append((piece.point, closing + text))
        return None


# --- targets that cannot be written ---------------------------------------------------------------


def strange(target: str, asked: Asked) -> list[str]:
    """The strings of a canonical target that are not in the text, each once: why `Automaton.accepts` refuses it.

    Some corpora have such gold: it was normalised, translated or joined from pieces. It cannot be written under
    the constraint "span" and counts as missed. Labels that are not shown are no strings, and not told here.
    """
    found: dict[str, None] = {}
    for string in _strings(msgspec.json.decode(target), asked.task):
        if string and string not in asked.text:
            found[string] = None
    return list(found)


def _strings(value: Any, task: str) -> Iterator[str]:
    if task == "NER":
        for mentions in value.values():
            yield from mentions
    elif task == "RE":
        for triple in value:
            yield from (triple["head"], triple["tail"])
    else:
        for event in value:
            yield event.get("trigger", "")
            for mentions in event.get("arguments", {}).values():
                yield from mentions


# --- masks ----------------------------------------------------------------------------------------


class _Branch:
    """A node of the trie of tokens: the ids that end here, and what can follow."""

    __slots__ = ("branches", "ids")

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.branches: dict[int, _Branch] = {}


def trie(tokens: Sequence[bytes]) -> _Branch:
    """The tokens that stand for something, by their bytes."""
    root = _Branch()
    for id, token in enumerate(tokens):
        if not token:
            continue
        branch = root
        for byte in token:
            after = branch.branches.get(byte)
            if after is None:
                after = branch.branches[byte] = _Branch()
            branch = after
        branch.ids.append(id)
    return root


class TokenMasks:
    """Which tokens of a vocabulary can follow in a state of an automaton."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary, self.root = vocabulary, trie(vocabulary.tokens)
        self.size = len(vocabulary.tokens)

    def ids(self, state: State) -> list[int]:
        """The ids that can follow, the end of the answer among them where it is complete; in no order."""
        if state.end:
            return list(self.vocabulary.eos)
        found: list[int] = []
        stack = [(self.root, state)]
        while stack:
            branch, at = stack.pop()
            moves, branches = at.moves, branch.branches
            for byte in moves if len(moves) < len(branches) else branches:
                if byte in moves and byte in branches:
                    after = branches[byte]
                    found += after.ids
                    if after.branches:
                        stack.append((after, moves[byte]))
        return found

    def __call__(self, state: State) -> numpy.ndarray[tuple[int], numpy.dtype[numpy.uint32]]:
        """The same as a mask: bit i of word w says whether id 32 w + i can follow."""
        bits = numpy.zeros((self.size + 31) // 32 * 32, dtype=bool)
        bits[self.ids(state)] = True
        return numpy.packbits(bits, bitorder="little").view("<u4")

    def after(self, state: State, id: int) -> State | None:
        """Where a token leads; None where it cannot follow or ends the answer."""
        token = self.vocabulary.tokens[id]
        return state.automaton.read(token, state) if token else None
