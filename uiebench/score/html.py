"""The report as one HTML page: scores, mistakes, label confusions, and documents to look at.

    page = Page(rule)
    report = score(benchmark, predictions, rule=rule, watch=page.watch)
    write_bytes(Path("report.html"), page.render(report, described, "predictions.jsonl"))

The page needs no network: style, script and data stand in it. All figures are of the whole run; of the
documents at most 500 are embedded. Those with mistakes come first, spread evenly over corpora and tasks and
over the kinds of mistakes; among equals a hash of the id decides, so the same run gives the same page.

What a model wrote is data here too: it stands in a JSON block with every ``<`` escaped, the script builds
text nodes of it, never markup, and a content security policy lets no other script run.
"""

from __future__ import annotations

import heapq
import json
import re
from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from hashlib import blake2b, sha256
from importlib.resources import files
from math import inf
from typing import Any

import jinja2
import msgspec

import uiebench
from uiebench.instruct.target import Names
from uiebench.score.analysis import KINDS, RARITY, Analysis, Claim, Kind, Mistakes, Place, Verdict
from uiebench.score.facts import HEADLINES
from uiebench.score.gold import Described, Item
from uiebench.score.report import Report
from uiebench.score.tally import Rule
from uiebench.types import Extraction, Label, Schema, Task

MOST_DOCUMENTS = 500
MOST_BYTES = 3_000_000
MOST_TEXT = 4_000
MOST_MENTION = 300
MOST_FACTS = 300
MOST_SHOWN_PLACES = 20
MOST_INVENTED = 20

_SURROGATES = re.compile("[\ud800-\udfff]")
Group = tuple[str, Task, Kind | None]


class Page:
    """Takes in a run item by item and makes a page of it."""

    def __init__(self, rule: Rule, documents: int = MOST_DOCUMENTS) -> None:
        self.mistakes = Mistakes(rule)
        self.shown = Shown(documents)
        self.languages: dict[str, str] = {}
        self.items = self.faulty = 0

    def watch(self, item: Item, said: Extraction, names: Names | None) -> None:
        """Take in one item and what was said to it."""
        verdicts = self.mistakes.add(item, said, names)
        kinds = {mistake.kind for verdict in verdicts for mistake in verdict.mistakes}
        rarest = next((kind for kind in RARITY if kind in kinds), None)
        self.shown.offer(item, said, verdicts, rarest)
        if item.corpus not in self.languages:
            self.languages[item.corpus] = "zh" if re.search("[\u4e00-\u9fff]", item.document.text) else "en"
        self.items += 1
        self.faulty += bool(kinds)

    def render(self, report: Report, described: Mapping[str, Described], source: str) -> bytes:
        """The page in UTF-8. `source` names the predictions; corpora not `described` show labels as written."""
        analysis = self.mistakes.analysis()
        documents = self.shown.chosen()
        data = {
            "benchmark": report.benchmark,
            "split": report.split,
            "signature": report.signature,
            "source": source,
            "version": uiebench.__version__,
            "corpora": {corpus: _described(corpus, described.get(corpus), at) for corpus, at in self.languages.items()},
            "rows": list(_rows(report)),
            "means": msgspec.to_builtins(report.means),
            "rates": msgspec.to_builtins(report.rates),
            "kinds": KINDS,
            "errors": list(_errors(analysis)),
            "slices": [msgspec.to_builtins(row) for row in report.slices if row.corpus == "all"],
            "interval_from": report.interval_from,
            "items": self.items,
            "faulty": self.faulty,
        }
        block = escaped(data)[:-1] + ',"documents":[' + ",".join(documents) + "]}"
        assets = files("uiebench.score")
        style, script = ((assets / name).read_text(encoding="utf-8") for name in ("report.css", "report.js"))
        template = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(
            (assets / "report.html.jinja").read_text(encoding="utf-8")
        )
        text = template.render(
            report=report,
            source=source,
            rows=[row for row in report.rows if row.by in ("corpus", "all")],
            style=style,
            script=script,
            style_hash=_hash(style),
            script_hash=_hash(script),
            data=block,
        )
        return _SURROGATES.sub("\ufffd", text).encode()


def escaped(value: object) -> str:
    """A value as JSON that may stand in a script element of a page in UTF-8."""
    text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, separators=(",", ":"))
    return _SURROGATES.sub("\ufffd", text).replace("<", "\\u003c")


def _hash(text: str) -> str:
    """A source of the content security policy: the hash of an inline style or script."""
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


def _described(corpus: str, known: Described | None, language: str) -> dict[str, Any]:
    """Language, domain and display names [zh, en] of a corpus."""
    known = known or Described(corpus, "zh" if language == "zh" else "en", "", Schema())
    schema = known.schema

    def names(labels: tuple[Label, ...]) -> dict[str, list[str]]:
        return {label.name: [label.zh, label.en] for label in labels}

    return {
        "language": known.language,
        "domain": known.domain,
        "entities": names(schema.entities),
        "relations": names(schema.relations),
        "events": names(schema.events),
        "roles": {event.name: names(event.roles) for event in schema.events if event.roles},
    }


def _rows(report: Report) -> Iterator[dict[str, Any]]:
    """Scores without the sums by domain; of labels only those of the headlines, and of invented ones only some."""
    headlines = {metric for metrics in HEADLINES.values() for metric in metrics}
    invented: Counter[tuple[str, str]] = Counter()
    for row in sorted(report.rows, key=lambda row: -row.predicted if row.by == "type" and not row.gold else -inf):
        if row.by == "type" and not row.gold:
            key = row.key.split(" ", 1)[0], row.metric
            invented[key] += 1
            if invented[key] > MOST_INVENTED:
                continue
        if row.by in ("all", "language", "corpus") or (row.by == "type" and row.metric in headlines):
            shown = msgspec.structs.asdict(row)
            shown["key"] = shorten(row.key)
            del shown["signature"]  # the page has it once
            for name in ("precision", "recall", "f1", "low", "high"):
                shown[name] = None if shown[name] is None else round(shown[name], 6)
            yield shown


def _errors(analysis: Analysis) -> Iterator[dict[str, Any]]:
    for found in analysis.breakdowns:
        shown = msgspec.structs.asdict(found)
        shown["confusions"] = [[c.gold, c.said, c.count, c.right] for c in found.confusions]
        yield shown


# --- which documents are shown ----------------------------------------------------------------------


class Shown:
    """Keeps at most `most` documents: with mistakes first, spread over corpora, tasks and kinds of mistakes.

    One too many is taken from the documents without mistake while there are any, else from the corpus and
    task, and there the kind, that has most; within it the one whose id has the highest hash goes.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: defaultdict[Group, list[tuple[int, int]]] = defaultdict(list)  # (-hash, position) as a heap
        self._sizes: Counter[tuple[str, Task]] = Counter()
        self._right = 0
        self._encoded: dict[int, bytes] = {}
        self._seen = 0

    def offer(self, item: Item, said: Extraction, verdicts: tuple[Verdict, ...], rarest: Kind | None) -> None:
        """Take in a document, and let go of one if there are too many."""
        position = self._seen
        self._seen += 1
        digest = blake2b(item.id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        heapq.heappush(self._kept[item.corpus, item.task, rarest], (-int.from_bytes(digest), position))
        self._sizes[item.corpus, item.task] += 1
        self._right += rarest is None
        gone = self._drop() if self._sizes.total() > self.most else -1
        if gone != position:
            self._encoded.pop(gone, None)
            self._encoded[position] = escaped(_document(item, said, verdicts)).encode()

    def _drop(self) -> int:
        """Let go of one document; its position."""
        if self._right:
            group = max((group for group in self._kept if group[2] is None), key=self._rank)
            self._right -= 1
        else:
            corpus, task = max(self._sizes, key=lambda key: (self._sizes[key], key))
            group = max((group for group in self._kept if group[:2] == (corpus, task)), key=self._rank)
        _, position = heapq.heappop(self._kept[group])
        self._sizes[group[:2]] -= 1
        if not self._kept[group]:
            del self._kept[group]
        return position

    def _rank(self, group: Group) -> tuple[int, str, str, str]:
        return len(self._kept[group]), group[0], group[1], group[2] or ""

    def chosen(self) -> list[str]:
        """The documents kept, as JSON, in the order of the run, as far as the page stays small."""
        size = sum(map(len, self._encoded.values()))
        while size > MOST_BYTES and len(self._encoded) > 1:
            size -= len(self._encoded.pop(self._drop()))
        return [self._encoded[position].decode() for position in sorted(self._encoded)]


def _document(item: Item, said: Extraction, verdicts: tuple[Verdict, ...]) -> dict[str, Any]:
    """A document as the page's script takes it; "facts" are [metric, kind or "right", gold, said]."""
    text = item.document.text
    facts: list[list[Any]] = []
    for verdict in verdicts:
        found: list[list[Any]] = [[verdict.metric, m.kind, m.gold, m.said] for m in verdict.mistakes]
        found += [[verdict.metric, "right", claim, None] for claim in verdict.right]
        facts += sorted(found, key=_place)
    shown = facts if len(facts) <= MOST_FACTS else sorted(facts, key=lambda fact: fact[1] == "right")[:MOST_FACTS]
    return {
        "id": item.document.id,
        "corpus": item.corpus,
        "task": item.task,
        "text": text[:MOST_TEXT],
        "cut": max(0, len(text) - MOST_TEXT),
        "problem": said.problem,
        "facts": [[metric, kind, _claim(gold), _claim(said, gold)] for metric, kind, gold, said in shown],
        "more": len(facts) - len(shown),
    }


def _place(fact: list[Any]) -> Place:
    """Where a fact stands in its text first; facts without a place come last."""
    _, _, gold, said = fact
    last = 1 << 60
    return min(
        (place for claim in (gold, said) if claim for end in claim.places for place in end), default=(last, last)
    )


def _claim(claim: Claim | None, partner: Claim | None = None) -> list[Any] | None:
    """[label, mentions, places]; a mention that overlaps its gold partner is marked only there."""
    if claim is None:
        return None
    places = []
    around = [place for end in partner.places for place in end] if partner else []
    for found in claim.places:
        near = [(s, e) for s, e in found if any(s < end and start < e for start, end in around)]
        kept = [(s, e) for s, e in near or found if e <= MOST_TEXT]
        places.append(kept[:MOST_SHOWN_PLACES])
    return [[shorten(part) for part in claim.label], [shorten(mention) for mention in claim.mentions], places]


def shorten(text: str) -> str:
    """A mention, cut if it is very long."""
    return text if len(text) <= MOST_MENTION else text[:MOST_MENTION] + f"… (+{len(text) - MOST_MENTION:,})"
