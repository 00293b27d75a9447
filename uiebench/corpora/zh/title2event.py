"""Title2Event: open events in titles of Chinese web pages, as triples (subject, trigger, object).

Native form: CSV with up to six events a title, each with its trigger and its triple as a Python tuple;
a subject or object that the title does not name is an empty string:

    title_id,title,topic,event1_trigger,event1_triple,event2_trigger,event2_triple,…,event6_triple
    402,远山科技道歉！新机推迟到下月发售,科技,道歉,"('远山科技', '道歉', '')",推迟发售,"('新机', '推迟发售', '')",…

The events have no type, so all are of one type here, ``event``; the topic is one of 34 of the title, not
of an event, and is not kept. The roles bear the names of the authors' tag files (``sbj``, ``obj``).
The strings have no offsets: annotators might join what is apart in the title (推迟 … 发售) or complete it,
and such a string stays as it is, without a place. The same data also come as JSON, where the triples
are joined by commas and cannot be taken apart safely; the CSV files are read. The triple decides, the
column of the trigger is not read. Read only in samples of the documented form.
"""

import ast
import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from uiebench.formats import read_text
from uiebench.ledger import Ledger
from uiebench.text import align
from uiebench.types import (
    Argument,
    Corpus,
    Document,
    Event,
    EventLabel,
    Label,
    Licence,
    Manual,
    Schema,
    Span,
    Split,
)

HOW = "Download the folder linked from the homepage (Google Drive or Baidu Netdisk) and put its file {} here."
HOMEPAGE = "https://open-event-hub.github.io/title2event/"
TRAIN = Manual("train.csv", HOW.format("train.csv"), HOMEPAGE)
DEV = Manual("dev.csv", HOW.format("dev.csv"), HOMEPAGE)
TEST = Manual("test.csv", HOW.format("test.csv"), HOMEPAGE)
TRIPLES = tuple(f"event{number}_triple" for number in range(1, 7))


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """The titles of CSV files; a line break inside a quoted title is part of it."""
    for path in files:
        rows = csv.DictReader(io.StringIO(read_text(path, ledger)), strict=True)
        try:
            for row in rows:
                ledger.line = rows.line_num
                yield Document("", row["title"], events=tuple(events(row, ledger)))
        except (csv.Error, KeyError) as error:
            ledger.line = rows.line_num
            wanted = f"a CSV file with title and {', '.join(TRIPLES)}"
            raise ledger.malformed(str(error), wanted) from None


def events(row: Mapping[str, str], ledger: Ledger) -> Iterator[Event]:
    """The events of a title, each in a cell such as ``('远山科技', '道歉', '')``."""
    title = row["title"]
    for cell in (row[column] for column in TRIPLES):
        if not cell:
            continue
        try:
            subject, trigger, object = ast.literal_eval(cell)
            arguments = []
            for part, role in ((subject, "sbj"), (object, "obj")):
                if part:
                    start, end = align(title, part)
                    arguments.append(Argument(part, start, end, role))
            start, end = align(title, trigger)
            yield Event("event", Span(trigger, start, end), tuple(arguments))
        except (ValueError, TypeError, SyntaxError) as error:
            raise ledger.malformed(cell, f"a tuple of three strings ({error})") from None


CORPUS = Corpus(
    name="title2event",
    title="Title2Event",
    language="zh",
    domain="news titles",
    domain_zh="新闻标题",
    tasks=("EE",),
    homepage=HOMEPAGE,
    citation="""@inproceedings{deng-etal-2022-title2event,
  title = {{T}itle2{E}vent: Benchmarking Open Event Extraction with a Large-scale {C}hinese Title Dataset},
  author = {Deng, Haolin and Zhang, Yanan and Zhang, Yangfan and Ying, Wangyang and Yu, Changlong and Gao, Jun
    and Wang, Wei and Bai, Xiaoling and Yang, Nan and Ma, Jin and Chen, Xiang and Zhou, Tianhua},
  booktitle = {Proceedings of the 2022 Conference on Empirical Methods in Natural Language Processing},
  year = {2022}, pages = {6511--6524}, url = {https://aclanthology.org/2022.emnlp-main.437},
}""",
    licence=Licence(
        "CC BY-SA 4.0",
        redistribute=True,
        url="https://creativecommons.org/licenses/by-sa/4.0/",
        terms="Stated on the homepage for the dataset.",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=read,
    schema=Schema(
        events=(
            EventLabel(
                "event",
                "事件",
                "event",
                description="标题陈述的事件，不限类型，由动作词触发",
                roles=(
                    Label("sbj", "主体", "subject", description="动作的主体"),
                    Label("obj", "客体", "object", description="动作的客体"),
                ),
            ),
        )
    ),
    description="More than 42,000 titles of Chinese web pages on 34 topics with the triples of all events they state.",
    annotation="By hand (Deng et al. 2022).",
    verified="sample",
)
