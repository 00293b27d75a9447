"""iFLYTEK AI Challenge 2020, event extraction: events of any kind in single sentences of Chinese news.

Native form (final round): one JSON array; ``words`` repeats the sentence character by character:

    [{"words": ["3", "日", "，", …], "sentence": "3日，远山科技发布年报", "events": [{"trigger": {"text": "发布",
      "length": 2, "offset": 7}, "tense": "过去", "polarity": "肯定", "arguments": [{"role": "subject",
      "text": "远山科技", "offset": 3, "length": 4}, {"role": "object", "text": "年报", "offset": 9, "length": 2}]}]}]

The events have no type: here all are of one type, ``event``. Tense and polarity are not kept.

The corpus is the final round alone. The preliminary round is another annotation, not more of this one:
rows of a CSV file in GB18030 with strings instead of offsets, one argument a role at most, and ``object``
for what the final round calls ``subject`` (and the other way round).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from uiebench.formats import json_records, texts
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
    Schema,
    Span,
    Split,
    Totals,
)

FOLDER = "data/final/raw_data/"
BASE = "https://raw.githubusercontent.com/WuHuRestaurant/xf_event_extraction2020Top1/156b2fd429c3a752134b4050f97db7a06ea38c24/"
TRAIN = Download(FOLDER + "raw_stack.json", BASE + FOLDER + "raw_stack.json", bytes=2657127)
CUT_TRAIN = Download(
    FOLDER + "train.json",
    BASE + FOLDER + "train.json",
    sha256="db476781869d84ddf5852f7426360359078828de4cfbffc8dcdbfad911c529c1",
    bytes=1934766,
)
CUT_DEV = Download(
    FOLDER + "dev.json",
    BASE + FOLDER + "dev.json",
    sha256="eed3394b14cccfe83957921c4e44f55823c20eaf0852b1c89bce60bbbc8085d2",
    bytes=343525,
)
TEST = Download(
    FOLDER + "sentences.json",
    BASE + FOLDER + "sentences.json",
    sha256="4b78971de8109f94a2893689ca5e364b90f71159ac1bab8e442ee0aa90933564",
    bytes=644633,
)


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """The sentences of JSON arrays in the form of the final round."""
    for path in files:
        for record in json_records(path, ledger):
            try:
                found = tuple([event(item) for item in record["events"]])
                yield Document("", record["sentence"], events=found)
            except (KeyError, TypeError) as error:
                wanted = f"a record with 'sentence' and 'events' ({error!r})"
                raise ledger.malformed(str(record), wanted) from None


def event(item: Any) -> Event:
    """An event of the one type there is."""
    arguments = [Argument(*place(argument), argument["role"]) for argument in item["arguments"]]
    return Event("event", Span(*place(item["trigger"])), tuple(arguments))


def place(item: Any) -> tuple[str, int, int]:
    """A string and its offsets."""
    return item["text"], item["offset"], item["offset"] + item["length"]


CORPUS = Corpus(
    name="iflytek2020",
    title="iFLYTEK 2020 Event Extraction",
    language="zh",
    domain="news",
    domain_zh="新闻",
    tasks=("EE",),
    homepage="http://challenge.xfyun.cn/topic/info?type=hotspot",
    citation="""@misc{iflytek2020event,
  title = {{iFLYTEK} {AI} Challenge 2020: Event Extraction},
  author = {{iFLYTEK}},
  year = {2020}, url = {http://challenge.xfyun.cn/topic/info?type=hotspot},
}""",
    licence=Licence("unknown", redistribute=False, terms="Data of a contest; no licence is stated."),
    splits=(
        Split("train", (TRAIN,)),
        Split(
            "train",
            (CUT_TRAIN, CUT_DEV),
            extract="all of its sentences in another order, as the winning team prepared them: an argument that held "
            "one of two quotation marks, brackets or book-title marks is stretched to hold both",
        ),
        Split("test", (TEST,), gold=False, read=texts(text="sentence")),
    ),
    read=read,
    schema=Schema(
        events=(
            EventLabel(
                "event",
                "事件",
                "event",
                description="句子报道的核心事件，不限类型，由一个动词触发",
                roles=(
                    Label("subject", "主体", "subject", description="发起或经历事件的一方"),
                    Label("object", "客体", "object", description="事件涉及的对象或内容"),
                    Label("time", "时间", "time", description="事件发生的时间"),
                    Label("loc", "地点", "place", description="事件发生的地点"),
                ),
            ),
        )
    ),
    description="Sentences of Chinese news, nearly all with one event of unrestricted type and up to four roles.",
    verified="original",
    expect={
        "train": Totals(2456, 0, 0, 2494, 5895, drops={"repeated annotation": 3}),
        "test": Totals(879, 0, 0, 0, 0),
    },
    defects={
        "repeated annotation": "An argument is given twice in the same role: three times in the winning team's files, "
        "where two objects became one by being stretched."
    },
)
