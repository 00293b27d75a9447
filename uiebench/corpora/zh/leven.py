"""LEVEN: triggers of 108 event types in the facts of Chinese criminal judgments.

Native form: JSON lines, one document a line, its sentences cut into words; a mention names its sentence
and the words from the first to the one after the last:

    {"title": "…", "id": "…", "crime": "盗窃罪", "case_no": "…",
     "content": [{"sentence": "孙某潜入仓库。", "tokens": ["孙某", "潜入", "仓库", "。"]}],
     "events": [{"id": "…", "type": "入室/入户", "type_id": 95, "mention": [{"trigger_word": "潜入",
       "sent_id": 0, "offset": [1, 2], "id": "…"}]}],
     "negative_triggers": [{"trigger_word": "仓库", "sent_id": 0, "offset": [2, 3], "id": "…"}]}

The test file has ``candidates`` (words to be judged) in place of ``events`` and ``negative_triggers``.

A document here is one sentence: mentions name their sentence, and the authors' baselines train and
predict sentence by sentence. A whole judgment holds some 19 mentions, many of them the same word.
Not kept: which mentions are one event (the lists ``mention``), the words that are no triggers, and
title, crime and case number. The names of the types are those of the authors' code, all 108 in the
order of ``type_id``; the English names are ours. Read only in samples of the documented form.
"""

from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

from uiebench.formats import json_records
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Document, Event, EventLabel, Licence, Manual, Reader, Schema, Span, Split

HOW = (
    "Download LEVEN.zip, linked from the README of github.com/thunlp/LEVEN (Tsinghua Cloud or Google Drive), "
    "and put {} from it into this folder."
)
URL = "https://thunlp.oss-cn-qingdao.aliyuncs.com/LEVEN/LEVEN.zip"
TRAIN = Manual("train.jsonl", HOW.format("train.jsonl"), URL)
DEV = Manual("valid.jsonl", HOW.format("valid.jsonl"), URL)
TEST = Manual("test.jsonl", HOW.format("test.jsonl"), URL)


def sentences(*, gold: bool = True) -> Reader:
    """A reader of the sentences of all documents; without `gold`, of their texts alone."""

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        for path in files:
            for record in json_records(path, ledger):
                try:
                    found: list[list[Event]] = [[] for _ in record["content"]]
                    for event in record["events"] if gold else ():
                        for mention in event["mention"]:
                            place = span(record["content"][mention["sent_id"]], mention, ledger)
                            found[mention["sent_id"]].append(Event(event["type"], place))
                    for item, events in zip(record["content"], found, strict=True):
                        yield Document("", item["sentence"], events=tuple(sorted(events, key=start)))
                except (KeyError, IndexError, TypeError) as error:
                    raise ledger.malformed(str(record), f"a record of LEVEN ({error!r})") from None

    return read


def start(event: Event) -> int:
    """Where an event is, to put those of a sentence in order."""
    return (event.trigger.start if event.trigger else None) or 0


def span(item: Any, mention: Any, ledger: Ledger) -> Span:
    """The characters of the words that a mention names; only white space may stand between words."""
    sentence, tokens = item["sentence"], item["tokens"]
    first, last = mention["offset"]
    if "".join(tokens) == sentence:
        starts = [0, *accumulate(map(len, tokens))]
        return Span(mention["trigger_word"], starts[first], starts[last])
    places, end = list[tuple[int, int]](), 0
    for token in tokens:
        begin = sentence.find(token, end)
        if begin < 0 or sentence[end:begin].strip():
            raise ledger.malformed(token, f"the next word of {sentence!r}")
        end = begin + len(token)
        places.append((begin, end))
    return Span(mention["trigger_word"], places[first][0], places[last - 1][1])


def event(name: str, en: str, description: str = "") -> EventLabel:
    """An event type. The Chinese name is the native one, without the slash that separates labels elsewhere."""
    return EventLabel(name, name.replace("/", "或"), en, description=description)


EVENTS = (
    event("明知", "knowledge of the facts", "行为人知道事实或后果"),
    event("投案", "surrender to the authorities"),
    event("供述", "confession"),
    event("谅解", "forgiveness", "被害方谅解行为人"),
    event("赔偿", "compensation"),
    event("退赃", "return of stolen goods"),
    event("销赃", "disposal of stolen goods"),
    event("分赃", "division of loot"),
    event("搜查/扣押", "search or seizure"),
    event("举报", "report of an offence", "向有关部门检举"),
    event("拘捕", "arrest"),
    event("报警/报案", "call to the police"),
    event("鉴定", "forensic examination"),
    event("冲突", "conflict", "未指明言语或肢体的冲突"),
    event("言语冲突", "verbal conflict"),
    event("肢体冲突", "physical conflict"),
    event("买卖", "trade", "未指明买方或卖方角度的交易"),
    event("卖出", "sale"),
    event("买入", "purchase"),
    event("租/借", "rental or loan", "未指明出租或租用角度的租借"),
    event("出租/出借", "renting out or lending"),
    event("租用/借用", "renting or borrowing"),
    event("归还/偿还", "return or repayment"),
    event("获利", "profit"),
    event("雇佣", "employment"),
    event("放贷", "lending at interest"),
    event("集资", "fundraising"),
    event("支付/给付", "payment"),
    event("签订合同/订立协议", "signing of a contract"),
    event("制造", "manufacture"),
    event("遗弃", "abandonment"),
    event("运输/运送", "transport"),
    event("邮寄", "mailing"),
    event("组织/安排", "organization or arrangement"),
    event("散布", "dissemination"),
    event("联络", "contact"),
    event("通知/提醒", "notification"),
    event("介绍/引荐", "introduction"),
    event("邀请/招揽", "invitation or solicitation"),
    event("纠集", "gathering of accomplices"),
    event("阻止/妨碍", "obstruction"),
    event("挑衅/挑拨", "provocation"),
    event("帮助/救助", "help or rescue"),
    event("提供", "provision"),
    event("放纵", "indulgence"),
    event("跟踪", "stalking"),
    event("同意/接受", "consent or acceptance"),
    event("拒绝/抗拒", "refusal or resistance"),
    event("放弃/停止", "abandonment of an act", "停止或放弃正在进行或打算进行的行为"),
    event("要求/请求", "demand or request"),
    event("建议", "suggestion"),
    event("约定", "agreement"),
    event("饮酒", "drinking of alcohol"),
    event("自然灾害", "natural disaster"),
    event("洪涝", "flood"),
    event("干旱", "drought"),
    event("山体滑坡", "landslide"),
    event("事故", "accident", "交通、火灾、爆炸以外或未指明种类的事故"),
    event("交通事故", "traffic accident"),
    event("火灾事故", "fire accident"),
    event("爆炸事故", "explosion accident"),
    event("暴力", "violence"),
    event("杀害", "killing"),
    event("伤害人身", "bodily harm"),
    event("言语辱骂", "verbal abuse"),
    event("敲诈勒索", "extortion"),
    event("威胁/强迫", "threat or coercion"),
    event("持械/持枪", "being armed"),
    event("拘束/拘禁", "restraint or confinement"),
    event("绑架", "kidnapping"),
    event("欺骗", "deception"),
    event("拐骗", "abduction by deceit"),
    event("冒充", "impersonation"),
    event("伪造", "forgery", "制作假的证件、文书或货币"),
    event("变造", "alteration of documents", "在真的证件、文书或货币上改动"),
    event("盗窃财物", "theft"),
    event("抢夺财物", "snatching of property", "公然夺取而不使用暴力"),
    event("抢劫财物", "robbery", "以暴力或胁迫夺取"),
    event("挪用财物", "misappropriation"),
    event("侵占财物", "embezzlement"),
    event("毁坏财物", "destruction of property"),
    event("猥亵", "indecent assault"),
    event("强奸", "rape"),
    event("卖淫", "prostitution"),
    event("嫖娼", "buying of sex"),
    event("吸毒", "drug use"),
    event("贩卖毒品", "drug trafficking"),
    event("赌博", "gambling"),
    event("开设赌场", "running of a gambling house"),
    event("指使/教唆", "instigation"),
    event("共谋", "conspiracy"),
    event("违章驾驶", "traffic violation"),
    event("泄露信息", "disclosure of information"),
    event("私藏/藏匿", "hiding of things or people"),
    event("入室/入户", "break-in"),
    event("贿赂", "bribery"),
    event("逃匿", "flight"),
    event("放火", "arson"),
    event("走私", "smuggling"),
    event("投毒", "poisoning by another"),
    event("自杀", "suicide"),
    event("死亡", "death"),
    event("受伤", "injury"),
    event("被困", "being trapped"),
    event("中毒", "being poisoned"),
    event("昏迷", "unconsciousness"),
    event("遗失", "loss of property"),
    event("受损", "damage"),
)

CORPUS = Corpus(
    name="leven",
    title="LEVEN",
    language="zh",
    domain="law",
    domain_zh="法律",
    tasks=("EET",),
    homepage="https://github.com/thunlp/LEVEN",
    citation="""@inproceedings{yao-etal-2022-leven,
  title = {{LEVEN}: A Large-Scale {C}hinese Legal Event Detection Dataset},
  author = {Yao, Feng and Xiao, Chaojun and Wang, Xiaozhi and Liu, Zhiyuan and Hou, Lei and Tu, Cunchao and Li, Juanzi
    and Liu, Yun and Shen, Weixing and Sun, Maosong},
  booktitle = {Findings of the Association for Computational Linguistics: ACL 2022},
  year = {2022}, pages = {183--201}, url = {https://aclanthology.org/2022.findings-acl.17},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated; the texts are court judgments."),
    splits=(
        Split("train", (TRAIN,)),
        Split("dev", (DEV,)),
        Split("test", (TEST,), gold=False, read=sentences(gold=False)),
    ),
    read=sentences(),
    schema=Schema(events=EVENTS),
    description="Sentences of the facts of Chinese criminal judgments with the triggers of 108 event types.",
    verified="sample",
    differences="Published for all splits together: 8,116 documents with 150,977 mentions. Ours are sentences.",
    differences_zh="只公布了全部的总数：8,116 篇、150,977 个提及。我们以句为文本。",
)
