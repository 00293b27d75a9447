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


def event(name: str, en: str, description: str) -> EventLabel:
    """An event type. The Chinese name is the native one, without the slash that separates labels elsewhere."""
    return EventLabel(name, name.replace("/", "或"), en, description=description)


EVENTS = (
    event("明知", "knowledge of the facts", "行为人知道事实或后果"),
    event("投案", "surrender to the authorities", "涉案人员主动向司法机关投案"),
    event("供述", "confession", "涉案人员交代案情"),
    event("谅解", "forgiveness", "被害方谅解行为人"),
    event("赔偿", "compensation", "向受损一方给付财物以弥补损失"),
    event("退赃", "return of stolen goods", "退还赃款赃物"),
    event("销赃", "disposal of stolen goods", "出售或处理赃物"),
    event("分赃", "division of loot", "分配犯罪所得"),
    event("搜查/扣押", "search or seizure", "司法机关搜查场所或扣押财物"),
    event("举报", "report of an offence", "向有关部门检举"),
    event("拘捕", "arrest", "司法机关拘留或逮捕人员"),
    event("报警/报案", "call to the police", "向公安机关报告案情"),
    event("鉴定", "forensic examination", "由专业机构作出鉴别和判定"),
    event("冲突", "conflict", "未指明言语或肢体的冲突"),
    event("言语冲突", "verbal conflict", "双方争吵"),
    event("肢体冲突", "physical conflict", "双方厮打、推搡"),
    event("买卖", "trade", "未指明买方或卖方角度的交易"),
    event("卖出", "sale", "出售财物"),
    event("买入", "purchase", "购买财物"),
    event("租/借", "rental or loan", "未指明出租或租用角度的租借"),
    event("出租/出借", "renting out or lending", "把财物租给或借给他人"),
    event("租用/借用", "renting or borrowing", "向他人租借财物"),
    event("归还/偿还", "return or repayment", "归还财物或偿还欠款"),
    event("获利", "profit", "得到收益"),
    event("雇佣", "employment", "雇人做事"),
    event("放贷", "lending at interest", "向他人出借资金收取利息"),
    event("集资", "fundraising", "向他人募集资金"),
    event("支付/给付", "payment", "给付钱款或财物"),
    event("签订合同/订立协议", "signing of a contract", "双方签订合同或达成协议"),
    event("制造", "manufacture", "制作、生产物品"),
    event("遗弃", "abandonment", "丢弃物品或抛弃他人"),
    event("运输/运送", "transport", "运送人或物"),
    event("邮寄", "mailing", "通过邮政或快递寄送物品"),
    event("组织/安排", "organization or arrangement", "组织人员或安排活动"),
    event("散布", "dissemination", "向众人传播信息或物品"),
    event("联络", "contact", "与他人取得联系"),
    event("通知/提醒", "notification", "告知或提醒他人"),
    event("介绍/引荐", "introduction", "介绍人员或事物给他人"),
    event("邀请/招揽", "invitation or solicitation", "邀请或招揽他人参与"),
    event("纠集", "gathering of accomplices", "召集多人从事违法活动"),
    event("阻止/妨碍", "obstruction", "阻拦或妨碍他人的行为"),
    event("挑衅/挑拨", "provocation", "挑起争端"),
    event("帮助/救助", "help or rescue", "帮助或救助他人"),
    event("提供", "provision", "供给他人所需的物品、资金或条件"),
    event("放纵", "indulgence", "对应当制止的行为不加制止"),
    event("跟踪", "stalking", "尾随他人"),
    event("同意/接受", "consent or acceptance", "同意请求或接受条件"),
    event("拒绝/抗拒", "refusal or resistance", "拒绝请求或抗拒执法"),
    event("放弃/停止", "abandonment of an act", "停止或放弃正在进行或打算进行的行为"),
    event("要求/请求", "demand or request", "要求或请求他人做某事"),
    event("建议", "suggestion", "提出意见供他人采纳"),
    event("约定", "agreement", "双方事先说定某事"),
    event("饮酒", "drinking of alcohol", "喝酒"),
    event("自然灾害", "natural disaster", "其他类型之外的自然灾害"),
    event("洪涝", "flood", "洪水或内涝"),
    event("干旱", "drought", "长期缺水"),
    event("山体滑坡", "landslide", "山坡土石滑落"),
    event("事故", "accident", "交通、火灾、爆炸以外或未指明种类的事故"),
    event("交通事故", "traffic accident", "车辆等发生碰撞、倾覆"),
    event("火灾事故", "fire accident", "因意外起火"),
    event("爆炸事故", "explosion accident", "因意外爆炸"),
    event("暴力", "violence", "使用暴力，未说明具体方式"),
    event("杀害", "killing", "致他人死亡"),
    event("伤害人身", "bodily harm", "使他人身体受伤"),
    event("言语辱骂", "verbal abuse", "用言语侮辱他人"),
    event("敲诈勒索", "extortion", "以威胁手段索取财物"),
    event("威胁/强迫", "threat or coercion", "以威胁迫使他人就范"),
    event("持械/持枪", "being armed", "携带或手持武器"),
    event("拘束/拘禁", "restraint or confinement", "限制他人的人身自由"),
    event("绑架", "kidnapping", "劫持他人以达到目的"),
    event("欺骗", "deception", "以虚假的言行使人上当"),
    event("拐骗", "abduction by deceit", "以欺骗手段带走他人"),
    event("冒充", "impersonation", "假装成他人或其他身份"),
    event("伪造", "forgery", "制作假的证件、文书或货币"),
    event("变造", "alteration of documents", "在真的证件、文书或货币上改动"),
    event("盗窃财物", "theft", "偷窃他人财物"),
    event("抢夺财物", "snatching of property", "公然夺取而不使用暴力"),
    event("抢劫财物", "robbery", "以暴力或胁迫夺取"),
    event("挪用财物", "misappropriation", "擅自把公款公物移作他用"),
    event("侵占财物", "embezzlement", "非法占有经手或保管的财物"),
    event("毁坏财物", "destruction of property", "故意损坏他人财物"),
    event("猥亵", "indecent assault", "对他人实施性侵扰"),
    event("强奸", "rape", "违背他人意志发生性关系"),
    event("卖淫", "prostitution", "以金钱为条件提供性服务"),
    event("嫖娼", "buying of sex", "以金钱换取性服务"),
    event("吸毒", "drug use", "吸食或注射毒品"),
    event("贩卖毒品", "drug trafficking", "买卖毒品"),
    event("赌博", "gambling", "以财物作赌注"),
    event("开设赌场", "running of a gambling house", "提供场所和条件供人赌博"),
    event("指使/教唆", "instigation", "唆使他人实施行为"),
    event("共谋", "conspiracy", "两人以上共同策划"),
    event("违章驾驶", "traffic violation", "违反交通法规驾驶"),
    event("泄露信息", "disclosure of information", "把应保密的信息透露给他人"),
    event("私藏/藏匿", "hiding of things or people", "隐藏人或物"),
    event("入室/入户", "break-in", "进入他人住所"),
    event("贿赂", "bribery", "以财物收买或收受贿赂"),
    event("逃匿", "flight", "逃跑或躲藏"),
    event("放火", "arson", "故意点火"),
    event("走私", "smuggling", "逃避海关监管运送货物"),
    event("投毒", "poisoning by another", "投放毒物"),
    event("自杀", "suicide", "自己结束生命"),
    event("死亡", "death", "有人死去"),
    event("受伤", "injury", "有人身体受到损伤"),
    event("被困", "being trapped", "有人无法离开某处"),
    event("中毒", "being poisoned", "因毒物身体受害"),
    event("昏迷", "unconsciousness", "失去知觉"),
    event("遗失", "loss of property", "丢失财物"),
    event("受损", "damage", "财物遭到损坏"),
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
    annotation="By hand (Yao et al. 2022).",
    verified="sample",
    differences="Published for all splits together: 8,116 documents with 150,977 mentions. Ours are sentences.",
    differences_zh="只公布了全部的总数：8,116 篇、150,977 个提及。我们以句为文本。",
)
