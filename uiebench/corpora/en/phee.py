"""PHEE: adverse and potential therapeutic effects of drugs in sentences of medical case reports.

Native form: JSON lines (though the files are called ``.json``), one sentence a line. Every argument is a
list of mentions, every mention a list of pieces with their first characters; sub-arguments stand inside:

    {"id": "1_2", "context": "A 9-year-old girl had seizures after zolpin.", "is_mult_event": false,
     "annotations": [{"events": [{"event_id": "E1", "event_type": "Adverse_event",
       "Trigger": {"text": [["after"]], "start": [[31]], "entity_id": ["T1"]},
       "Subject": {"text": [["A 9-year-old girl"]], "start": [[0]], "entity_id": ["T2"],
                   "Age": {"text": [["9-year-old"]], "start": [[2]], "entity_id": ["T3"]}},
       "Treatment": {"text": [["zolpin"]], "start": [[37]], "entity_id": ["T4"],
                     "Drug": {"text": [["zolpin"]], "start": [[37]], "entity_id": ["T5"]}},
       "Effect": {"text": [["seizures"]], "start": [[22]], "entity_id": ["T6"]}}]}]}

A sub-argument is an argument of the event in a role of its own, ``Subject.Age``. ``Combination`` is a list
of pseudo-events whose drugs are given together: they become ``Treatment.Combination.Drug``, each once.
Pieces with only white space between them are one mention. Not kept: whether an event is speculated or
negated and how severe it is, and which drugs form which combination.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from uiebench.formats import json_records
from uiebench.ledger import Ledger
from uiebench.types import (
    Argument,
    Corpus,
    Document,
    Download,
    Event,
    EventLabel,
    Label,
    Licence,
    Reported,
    Schema,
    Span,
    Split,
    Totals,
)

BASE = "https://raw.githubusercontent.com/ZhaoyueSun/PHEE/41489b08675d0b63a1eb7cd4f2d1946952833eb1/"
TRAIN = Download(
    "data/json/train.json",
    BASE + "data/json/train.json",
    sha256="a2d6cbdae3d95cb3a7e13439164c002041061f6f9823608af483c82d17a31f2b",
    bytes=2386113,
)
DEV = Download(
    "data/json/dev.json",
    BASE + "data/json/dev.json",
    sha256="e1e24c0dfbe6f624e590a26d294f3082d0142ffc28b9da56761f1dd45e96aa53",
    bytes=808437,
)
TEST = Download(
    "data/json/test.json",
    BASE + "data/json/test.json",
    sha256="ca7e24a88f62e8201583e14f206cd4df5c543acc627abd195bea4df8acd9afdf",
    bytes=809649,
)
DISCONTINUOUS = "discontinuous mention"
NO_ARGUMENTS = {"event_id", "event_type", "Trigger", "Speculated", "Negated", "Severity"}
OWN = {"text", "start", "entity_id"}
COMBINATION = "Combination"


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Sentences with their events."""
    for path in files:
        for record in json_records(path, ledger):
            try:
                body: str = record["context"]
                found = [item for annotation in record["annotations"] for item in annotation["events"]]
                events = [event for item in found if (event := one_event(body, item, ledger))]
            except (KeyError, TypeError, AttributeError, ValueError) as error:
                raise ledger.malformed(str(record), f"a record of PHEE ({error!r})") from None
            yield Document("", body, events=tuple(events))


def one_event(body: str, item: Mapping[str, Any], ledger: Ledger) -> Event | None:
    """An event with its arguments and sub-arguments, or None if its trigger is discontinuous."""
    arguments: list[Argument] = []
    for role, field in item.items():
        if role in NO_ARGUMENTS:
            continue
        arguments += arguments_of(body, role, field, ledger)
        for part, inner in field.items():
            if part == COMBINATION:
                drugs = [arguments_of(body, f"{role}.{part}.Drug", one["Drug"], ledger) for one in inner]
                arguments += dict.fromkeys(drug for together in drugs for drug in together)
            elif part not in OWN:
                arguments += arguments_of(body, f"{role}.{part}", inner, ledger)
    triggers = spans(body, item["Trigger"], ledger)
    return Event(item["event_type"], triggers[0], tuple(arguments)) if triggers else None


def arguments_of(body: str, role: str, field: Mapping[str, Any], ledger: Ledger) -> list[Argument]:
    """The mentions of a field in the role `role`."""
    return [Argument(span.text, span.start, span.end, role) for span in spans(body, field, ledger)]


def spans(body: str, field: Mapping[str, Any], ledger: Ledger) -> list[Span]:
    """The mentions of a field that are in one piece."""
    found = []
    for strings, starts in zip(field["text"], field["start"], strict=True):
        pieces = sorted((start, start + len(string)) for string, start in zip(strings, starts, strict=True))
        if any(body[left[1] : right[0]].strip() for left, right in pairwise(pieces)):
            ledger.drop(DISCONTINUOUS, " … ".join(strings))
        elif len(pieces) == 1:
            found.append(Span(strings[0], *pieces[0]))
        else:
            start, end = pieces[0][0], pieces[-1][1]
            found.append(Span(body[start:end], start, end))
    return found


ROLES = (
    Label("Subject", "受试者", "subject", description="the patient or patients, with all that is said of them"),
    Label("Subject.Age", "年龄", "age", description="how old the patients are"),
    Label("Subject.Gender", "性别", "gender", description="whether the patients are male or female"),
    Label("Subject.Race", "种族", "race", description="race or nationality of the patients"),
    Label("Subject.Population", "人数", "population", description="how many patients there are"),
    Label("Subject.Disorder", "受试者疾病", "disorder of the subject", description="what the patients suffer from"),
    Label("Treatment", "治疗", "treatment", description="the therapy, with all that is said of it"),
    Label("Treatment.Drug", "药物", "drug", description="the name of the drug"),
    Label("Treatment.Dosage", "剂量", "dosage", description="how much of the drug is given"),
    Label("Treatment.Freq", "用药频率", "frequency", description="how often the drug is given"),
    Label(
        "Treatment.Route", "给药途径", "route of administration", description="how the drug is given, such as by mouth"
    ),
    Label("Treatment.Duration", "疗程", "duration", description="how long the treatment lasts"),
    Label("Treatment.Time_elapsed", "间隔时间", "time elapsed", description="from the treatment to its effect"),
    Label("Treatment.Disorder", "治疗的疾病", "treated disorder", description="what the treatment is meant against"),
    Label("Treatment.Combination.Drug", "联合用药", "combined drug", description="drugs that are given together"),
    Label("Effect", "疗效或反应", "effect", description="the outcome of the treatment"),
)

CORPUS = Corpus(
    name="phee",
    title="PHEE",
    language="en",
    domain="pharmacovigilance",
    domain_zh="药物警戒",
    tasks=("EE",),
    homepage="https://github.com/ZhaoyueSun/PHEE",
    citation="""@inproceedings{sun-etal-2022-phee,
  title = {{PHEE}: A Dataset for Pharmacovigilance Event Extraction from Text},
  author = {Sun, Zhaoyue and Li, Jiazheng and Pergola, Gabriele and Wallace, Byron and John, Bino and Greene, Nigel
    and Kim, Joseph and He, Yulan},
  booktitle = {Proceedings of the 2022 Conference on Empirical Methods in Natural Language Processing},
  year = {2022}, url = {https://arxiv.org/abs/2210.12560},
}""",
    licence=Licence(
        "MIT",
        redistribute=False,
        url="https://github.com/ZhaoyueSun/PHEE/blob/41489b08675d0b63a1eb7cd4f2d1946952833eb1/LICENSE",
        terms="The licence of the repository; the sentences are from abstracts in MEDLINE, whose terms are unknown.",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=read,
    schema=Schema(
        events=(
            EventLabel(
                "Adverse_event",
                "不良事件",
                "adverse event",
                description="a treatment does harm",
                roles=ROLES,
            ),
            EventLabel(
                "Potential_therapeutic_event",
                "潜在治疗事件",
                "potential therapeutic event",
                description="a treatment does good, or may do so",
                roles=ROLES,
            ),
        )
    ),
    description="Sentences of medical case reports with the effects of drugs, good and bad, and 16 roles. 86 % of the "
    "test and 83 % of the dev sentences stand in ADE: no new text for whoever trains on ADE (docs/contamination.md).",
    annotation="By hand.",
    verified="original",
    expect={
        "train": Totals(2898, 0, 0, 3006, 14537, drops={DISCONTINUOUS: 379, "repeated annotation": 2}),
        "dev": Totals(961, 0, 0, 1003, 4966, drops={DISCONTINUOUS: 123, "repeated annotation": 2}),
        "test": Totals(968, 0, 0, 1010, 4981, drops={DISCONTINUOUS: 116, "repeated annotation": 1}),
    },
    reported=(Reported("InstructUIE", "EE", 2, 2898, 961, 968, roles=16),),
    differences="Sun et al. (2022) give 5,019 events in all, as here.",
    differences_zh="Sun 等人（2022）共计 5,019 个事件，与这里相同。",
    defects={
        DISCONTINUOUS: "A mention in several pieces with words between them cannot be one span.",
        "repeated annotation": "Five arguments are given twice with the same role and place.",
    },
)
