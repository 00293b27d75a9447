"""MAVEN: triggers of 168 general event types in English Wikipedia articles on events.

Native form: JSON lines, one article a line, its sentences cut into tokens; a mention names its sentence and
the tokens from the first to the one after the last:

    {"id": "…", "title": "…", "content": [{"sentence": "The army fled.", "tokens": ["The", "army", "fled", "."]}],
     "events": [{"id": "…", "type": "Escaping", "type_id": 97, "mention": [{"id": "…", "trigger_word": "fled",
       "sent_id": 0, "offset": [2, 3]}]}],
     "negative_triggers": [{"id": "…", "trigger_word": "army", "sent_id": 0, "offset": [1, 2]}]}

The test file has ``candidates`` (words to be judged) in place of ``events`` and ``negative_triggers``.

A document here is one sentence: mentions name their sentence, and the authors' baselines train and predict
sentence by sentence. Its text is the tokens with one blank between them, which is what a ``trigger_word``
is cut from. Not kept: which mentions are one event (the lists ``mention``), the words that are no triggers,
and titles. The names of the types are those of the authors' code, all 168 in the order of ``type_id``, most
of them frames of FrameNet. Read only in samples of the documented form.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from uiebench.formats import Tokens, json_records
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Document, Event, EventLabel, Licence, Manual, Reader, Schema, Span, Split, Totals

HOW = (
    "Download MAVEN 1.0 by a link in the README of github.com/THU-KEG/MAVEN-dataset (Tsinghua Cloud or Google "
    "Drive) and put its {} into this folder."
)
URL = "https://github.com/THU-KEG/MAVEN-dataset"
TRAIN = Manual("train.jsonl", HOW.format("train.jsonl"), URL)
DEV = Manual("valid.jsonl", HOW.format("valid.jsonl"), URL)
TEST = Manual("test.jsonl", HOW.format("test.jsonl"), URL)


def sentences(*, gold: bool = True) -> Reader:
    """A reader of the sentences of all articles; without `gold`, of their texts alone."""

    def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        for path in files:
            for record in json_records(path, ledger):
                try:
                    sentences = [Tokens(item["tokens"], ledger) for item in record["content"]]
                    found: list[list[tuple[int, Event]]] = [[] for _ in sentences]
                    for event in record["events"] if gold else ():
                        for mention in event["mention"]:
                            start, end = sentences[mention["sent_id"]].place(*mention["offset"])
                            trigger = Span(mention["trigger_word"], start, end)
                            found[mention["sent_id"]].append((start, Event(event["type"], trigger)))
                except (KeyError, IndexError, TypeError, ValueError) as error:
                    raise ledger.malformed(str(record), f"a record of MAVEN ({error!r})") from None
                for words, events in zip(sentences, found, strict=True):
                    yield Document("", words.text, events=tuple(event for _, event in sorted(events, key=place)))

    return read


def place(found: tuple[int, Event]) -> int:
    """Where an event is, to put those of a sentence in order."""
    return found[0]


def event(name: str, zh: str, en: str, description: str = "") -> EventLabel:
    """An event type."""
    return EventLabel(name, zh, en, description=description)


EVENTS = (
    event("Know", "知晓", "knowledge", "someone is aware of something or understands it"),
    event("Warning", "警告", "warning"),
    event("Catastrophe", "灾难", "catastrophe", "natural disasters, accidents and other misfortunes"),
    event("Placing", "放置", "placing"),
    event("Causation", "引起", "causation", "something brings something else about"),
    event("Arriving", "到达", "arrival"),
    event("Sending", "发送", "sending"),
    event("Protest", "抗议", "protest"),
    event("Preventing_or_letting", "阻止或允许", "preventing or letting"),
    event("Motion", "移动", "movement"),
    event("Damaging", "损坏", "damage"),
    event("Destroying", "摧毁", "destruction"),
    event("Death", "死亡", "death"),
    event("Perception_active", "主动感知", "active perception", "someone looks, listens or watches"),
    event("Presence", "存在", "presence", "something exists, happens or is there"),
    event("Influence", "影响", "influence"),
    event("Receiving", "接收", "receipt"),
    event("Check", "核实", "check", "something is confirmed or verified"),
    event("Hostile_encounter", "敌对交锋", "hostile encounter", "battles, wars, fights, clashes"),
    event("Killing", "杀害", "killing"),
    event("Conquering", "征服", "conquest"),
    event("Releasing", "释放", "release"),
    event("Attack", "攻击", "attack"),
    event("Earnings_and_losses", "盈亏", "earnings and losses", "something is won or lost: money, men, games"),
    event("Choosing", "选择", "choice"),
    event("Traveling", "旅行", "travel"),
    event("Recovering", "恢复", "recovery"),
    event("Using", "使用", "use"),
    event("Coming_to_be", "出现", "coming to be", "something forms or comes into existence"),
    event("Cause_to_be_included", "纳入", "inclusion"),
    event("Process_start", "开始", "start"),
    event("Change_event_time", "改期", "change of event time", "something is put off or brought forward"),
    event("Reporting", "报告", "report"),
    event("Bodily_harm", "身体伤害", "bodily harm"),
    event("Suspicion", "怀疑", "suspicion"),
    event("Statement", "陈述", "statement"),
    event(
        "Cause_change_of_position_on_a_scale", "数量升降", "change of position on a scale", "something rises or falls"
    ),
    event("Coming_to_believe", "相信", "coming to believe", "someone concludes or finds out something"),
    event("Expressing_publicly", "公开表达", "public expression"),
    event("Request", "请求", "request"),
    event("Control", "控制", "control"),
    event("Supporting", "支持", "support"),
    event("Defending", "防御", "defence"),
    event("Building", "建造", "building"),
    event("Military_operation", "军事行动", "military operation"),
    event("Self_motion", "自行移动", "self motion", "someone moves by their own power: walks, marches, runs"),
    event("GetReady", "准备", "preparation"),
    event("Forming_relationships", "建立关系", "forming of relationships", "marriages, alliances and their ends"),
    event("Becoming_a_member", "加入", "becoming a member"),
    event("Action", "行动", "action"),
    event("Removing", "移除", "removal"),
    event("Surrendering", "投降", "surrender"),
    event("Agree_or_refuse_to_act", "同意或拒绝", "agreement or refusal"),
    event("Participation", "参与", "participation"),
    event("Deciding", "决定", "decision"),
    event("Education_teaching", "教育", "education"),
    event("Emptying", "清空", "emptying"),
    event("Getting", "获得", "acquisition", "someone comes to have something"),
    event("Besieging", "围攻", "siege"),
    event("Creating", "创造", "creation"),
    event("Process_end", "结束", "end"),
    event("Body_movement", "身体动作", "body movement"),
    event("Expansion", "扩展", "expansion"),
    event("Telling", "告知", "telling"),
    event("Change", "改变", "change"),
    event("Legal_rulings", "司法裁决", "legal ruling"),
    event("Bearing_arms", "武装", "bearing arms"),
    event("Giving", "给予", "giving"),
    event("Name_conferral", "命名", "naming"),
    event("Arranging", "安排", "arrangement"),
    event("Use_firearm", "使用枪炮", "use of firearms"),
    event("Committing_crime", "犯罪", "crime"),
    event("Assistance", "援助", "assistance"),
    event("Surrounding", "包围", "surrounding"),
    event("Quarreling", "争吵", "quarrel"),
    event("Expend_resource", "耗费", "expense of resources"),
    event("Motion_directional", "定向移动", "directional motion", "something falls, rises, crosses"),
    event("Bringing", "携带", "bringing"),
    event("Communication", "交流", "communication"),
    event("Containing", "包含", "containing"),
    event("Manufacturing", "制造", "manufacture"),
    event("Social_event", "社交活动", "social event"),
    event("Robbery", "抢劫", "robbery"),
    event("Competition", "竞赛", "competition"),
    event("Writing", "书写", "writing"),
    event("Rescuing", "营救", "rescue"),
    event("Judgment_communication", "评价与指责", "judgment", "someone is blamed, accused, praised or criticized"),
    event("Change_tool", "更换", "replacement", "something is replaced by or exchanged for another of its kind"),
    event("Hold", "举办或持有", "holding"),
    event("Being_in_operation", "运作", "being in operation"),
    event("Recording", "记录", "recording"),
    event("Carry_goods", "运货", "carrying of goods"),
    event("Cost", "花费", "cost"),
    event("Departing", "离开", "departure"),
    event("GiveUp", "放弃", "giving up"),
    event("Change_of_leadership", "领导更替", "change of leadership"),
    event("Escaping", "逃脱", "escape"),
    event("Aiming", "瞄准", "aiming"),
    event("Hindering", "妨碍", "hindrance"),
    event("Preserving", "保存", "preservation"),
    event("Create_artwork", "艺术创作", "creation of artwork"),
    event("Openness", "开放", "opening"),
    event("Connect", "连接", "connection"),
    event("Reveal_secret", "揭露秘密", "revealing of a secret"),
    event("Response", "回应", "response"),
    event("Scrutiny", "审视", "scrutiny", "someone searches or examines something"),
    event("Lighting", "照明", "lighting"),
    event("Criminal_investigation", "刑事调查", "criminal investigation"),
    event("Hiding_objects", "藏匿", "hiding"),
    event("Confronting_problem", "面对问题", "confronting of a problem"),
    event("Renting", "租赁", "renting"),
    event("Breathing", "呼吸", "breathing"),
    event("Patrolling", "巡逻", "patrol"),
    event("Arrest", "逮捕", "arrest"),
    event("Convincing", "说服", "persuasion"),
    event("Commerce_sell", "出售", "sale"),
    event("Cure", "治疗", "cure"),
    event("Temporary_stay", "暂住", "temporary stay"),
    event("Dispersal", "分散", "dispersal"),
    event("Collaboration", "合作", "collaboration"),
    event("Extradition", "引渡", "extradition"),
    event("Change_sentiment", "情绪变化", "change of sentiment"),
    event("Commitment", "承诺", "commitment"),
    event("Commerce_pay", "支付", "payment"),
    event("Filling", "填充", "filling"),
    event("Becoming", "成为", "becoming"),
    event("Achieve", "实现", "achievement"),
    event("Practice", "实践", "practice"),
    event("Cause_change_of_strength", "强度变化", "change of strength", "something is strengthened or weakened"),
    event("Supply", "供应", "supply"),
    event("Cause_to_amalgamate", "合并", "amalgamation"),
    event("Scouring", "搜寻", "scouring", "a place is searched through"),
    event("Violence", "暴力", "violence"),
    event("Reforming_a_system", "改革", "reform"),
    event("Come_together", "聚集", "coming together"),
    event("Wearing", "穿戴", "wearing"),
    event("Cause_to_make_progress", "推进", "progress"),
    event("Legality", "合法性", "legality"),
    event("Employment", "雇佣", "employment"),
    event("Rite", "仪式", "rite"),
    event("Publishing", "出版", "publication"),
    event("Adducing", "援引", "adducing", "someone is named or something cited as an example or proof"),
    event("Exchange", "交换", "exchange"),
    event("Ratification", "批准", "ratification"),
    event("Sign_agreement", "签署协议", "signing of an agreement"),
    event("Commerce_buy", "购买", "purchase"),
    event("Imposing_obligation", "施加义务", "imposing of an obligation"),
    event("Rewards_and_punishments", "奖惩", "reward or punishment"),
    event(
        "Institutionalization",
        "收容",
        "institutionalization",
        "someone is taken into a hospital or another institution",
    ),
    event("Testing", "测试", "test"),
    event("Ingestion", "摄入", "ingestion", "someone eats, drinks or smokes"),
    event("Labeling", "标记", "labeling"),
    event("Kidnapping", "绑架", "kidnapping"),
    event("Submitting_documents", "提交文件", "submission of documents"),
    event("Prison", "监禁", "imprisonment"),
    event("Justifying", "辩解", "justification"),
    event("Emergency", "紧急情况", "emergency"),
    event("Terrorism", "恐怖主义", "terrorism"),
    event("Vocalizations", "发声", "vocalization"),
    event("Risk", "风险", "risk"),
    event("Resolve_problem", "解决问题", "solution of a problem"),
    event("Revenge", "报复", "revenge"),
    event("Limiting", "限制", "limitation"),
    event("Research", "研究", "research"),
    event("Having_or_lacking_access", "有无通路", "access", "a place or thing can or cannot be reached"),
    event("Theft", "盗窃", "theft"),
    event("Incident", "事件", "incident"),
    event("Award", "授予", "award"),
)

CORPUS = Corpus(
    name="maven",
    title="MAVEN",
    language="en",
    domain="encyclopedia",
    domain_zh="百科",
    tasks=("EET",),
    homepage="https://github.com/THU-KEG/MAVEN-dataset",
    citation="""@inproceedings{wang-etal-2020-maven,
  title = {{MAVEN}: A Massive General Domain Event Detection Dataset},
  author = {Wang, Xiaozhi and Wang, Ziqi and Han, Xu and Jiang, Wangyi and Han, Rong and Liu, Zhiyuan and Li, Juanzi
    and Li, Peng and Lin, Yankai and Zhou, Jie},
  booktitle = {Proceedings of the 2020 Conference on Empirical Methods in Natural Language Processing},
  year = {2020}, pages = {1652--1671}, url = {https://aclanthology.org/2020.emnlp-main.129},
}""",
    licence=Licence("unknown", redistribute=False, terms="The texts are of Wikipedia (CC BY-SA); ask the authors."),
    splits=(
        Split("train", (TRAIN,)),
        Split("dev", (DEV,)),
        Split("test", (TEST,), gold=False, read=sentences(gold=False)),
    ),
    read=sentences(),
    schema=Schema(events=EVENTS),
    description="Sentences of Wikipedia articles on events, with the triggers of 168 event types.",
    verified="sample",
    published={
        "train": Totals(32431, events=77993),
        "dev": Totals(8042, events=18904),
        "test": Totals(9400),
    },
    published_source="Wang et al. (2020); sentences, not articles (2,913 train, 710 dev, 857 test)",
)
