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

from uiebench.corpora.event_labels import event_labels
from uiebench.formats import Tokens, json_records
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Document, Event, Licence, Manual, Reader, Schema, Span, Split, Totals

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


event = event_labels()
EVENTS = (
    event("Know", "知晓", "knowledge", "someone is aware of something or understands it"),
    event("Warning", "警告", "warning", "someone is told of a danger to come"),
    event("Catastrophe", "灾难", "catastrophe", "natural disasters, accidents and other misfortunes"),
    event("Placing", "放置", "placing", "something is put or set somewhere"),
    event("Causation", "引起", "causation", "something brings something else about"),
    event("Arriving", "到达", "arrival", "someone or something reaches a place"),
    event("Sending", "发送", "sending", "someone or something is sent to a place"),
    event("Protest", "抗议", "protest", "people show in public that they are against something"),
    event(
        "Preventing_or_letting",
        "阻止或允许",
        "preventing or letting",
        "something is kept from happening, or allowed to",
    ),
    event("Motion", "移动", "movement", "something moves, without more being said"),
    event("Damaging", "损坏", "damage", "something is harmed, but not destroyed"),
    event("Destroying", "摧毁", "destruction", "something is ruined so that it is no more"),
    event("Death", "死亡", "death", "someone dies"),
    event("Perception_active", "主动感知", "active perception", "someone looks, listens or watches"),
    event("Presence", "存在", "presence", "something exists, happens or is there"),
    event("Influence", "影响", "influence", "someone or something has an effect on another"),
    event("Receiving", "接收", "receipt", "someone gets something from another"),
    event("Check", "核实", "check", "something is confirmed or verified"),
    event("Hostile_encounter", "敌对交锋", "hostile encounter", "battles, wars, fights, clashes"),
    event("Killing", "杀害", "killing", "someone causes a death"),
    event("Conquering", "征服", "conquest", "a place or people is taken by force"),
    event("Releasing", "释放", "release", "someone or something held is set free"),
    event("Attack", "攻击", "attack", "someone acts violently against a person, place or thing"),
    event("Earnings_and_losses", "盈亏", "earnings and losses", "something is won or lost: money, men, games"),
    event("Choosing", "选择", "choice", "someone picks one among several"),
    event("Traveling", "旅行", "travel", "someone makes a journey"),
    event("Recovering", "恢复", "recovery", "something lost or harmed is got back or becomes well again"),
    event("Using", "使用", "use", "something is used for a purpose"),
    event("Coming_to_be", "出现", "coming to be", "something forms or comes into existence"),
    event("Cause_to_be_included", "纳入", "inclusion", "something is added to or made part of something else"),
    event("Process_start", "开始", "start", "something begins"),
    event("Change_event_time", "改期", "change of event time", "something is put off or brought forward"),
    event("Reporting", "报告", "report", "someone tells the authorities or the public of what happened"),
    event("Bodily_harm", "身体伤害", "bodily harm", "someone is hurt in body"),
    event("Suspicion", "怀疑", "suspicion", "someone is thought to have done something"),
    event("Statement", "陈述", "statement", "someone says or writes that something is so"),
    event(
        "Cause_change_of_position_on_a_scale", "数量升降", "change of position on a scale", "something rises or falls"
    ),
    event("Coming_to_believe", "相信", "coming to believe", "someone concludes or finds out something"),
    event("Expressing_publicly", "公开表达", "public expression", "an opinion or feeling is shown in public"),
    event("Request", "请求", "request", "someone asks for something or for something to be done"),
    event("Control", "控制", "control", "someone has power over a place, group or thing"),
    event("Supporting", "支持", "support", "someone backs or helps a person or cause"),
    event("Defending", "防御", "defence", "someone protects a person or place against attack"),
    event("Building", "建造", "building", "something is built or put together"),
    event("Military_operation", "军事行动", "military operation", "armed forces carry out a campaign or an action"),
    event("Self_motion", "自行移动", "self motion", "someone moves by their own power: walks, marches, runs"),
    event("GetReady", "准备", "preparation", "someone makes ready for something"),
    event("Forming_relationships", "建立关系", "forming of relationships", "marriages, alliances and their ends"),
    event("Becoming_a_member", "加入", "becoming a member", "someone joins a group or organization"),
    event("Action", "行动", "action", "someone does something, without more being said"),
    event("Removing", "移除", "removal", "something is taken away from where it was"),
    event("Surrendering", "投降", "surrender", "someone gives up resistance"),
    event(
        "Agree_or_refuse_to_act",
        "同意或拒绝",
        "agreement or refusal",
        "someone says that they will or will not do something",
    ),
    event("Participation", "参与", "participation", "someone takes part in something"),
    event("Deciding", "决定", "decision", "someone makes up their mind"),
    event("Education_teaching", "教育", "education", "someone teaches, learns or is trained"),
    event("Emptying", "清空", "emptying", "something is taken out of a place, which is left empty"),
    event("Getting", "获得", "acquisition", "someone comes to have something"),
    event("Besieging", "围攻", "siege", "a place is surrounded in order to take it"),
    event("Creating", "创造", "creation", "something new is made"),
    event("Process_end", "结束", "end", "something ends"),
    event("Body_movement", "身体动作", "body movement", "someone moves a part of the body"),
    event("Expansion", "扩展", "expansion", "something becomes larger or wider"),
    event("Telling", "告知", "telling", "someone tells another something"),
    event("Change", "改变", "change", "something becomes different"),
    event("Legal_rulings", "司法裁决", "legal ruling", "a court or authority decides a case"),
    event("Bearing_arms", "武装", "bearing arms", "someone carries or has weapons"),
    event("Giving", "给予", "giving", "someone hands something over to another"),
    event("Name_conferral", "命名", "naming", "someone or something is given a name"),
    event("Arranging", "安排", "arrangement", "things or events are put in order or planned"),
    event("Use_firearm", "使用枪炮", "use of firearms", "a gun or cannon is fired"),
    event("Committing_crime", "犯罪", "crime", "someone breaks the law"),
    event("Assistance", "援助", "assistance", "someone helps another"),
    event("Surrounding", "包围", "surrounding", "something is all around another"),
    event("Quarreling", "争吵", "quarrel", "people dispute with each other"),
    event("Expend_resource", "耗费", "expense of resources", "money, time or supplies are used up"),
    event("Motion_directional", "定向移动", "directional motion", "something falls, rises, crosses"),
    event("Bringing", "携带", "bringing", "someone takes someone or something along to a place"),
    event("Communication", "交流", "communication", "people exchange information"),
    event("Containing", "包含", "containing", "something holds another inside or consists of it"),
    event("Manufacturing", "制造", "manufacture", "goods are produced"),
    event("Social_event", "社交活动", "social event", "people come together for a party, concert or another occasion"),
    event("Robbery", "抢劫", "robbery", "someone is robbed by force or threat"),
    event("Competition", "竞赛", "competition", "people or teams compete with each other"),
    event("Writing", "书写", "writing", "someone writes a text"),
    event("Rescuing", "营救", "rescue", "someone is saved from danger"),
    event("Judgment_communication", "评价与指责", "judgment", "someone is blamed, accused, praised or criticized"),
    event("Change_tool", "更换", "replacement", "something is replaced by or exchanged for another of its kind"),
    event("Hold", "举办或持有", "holding", "an event is held, or something is possessed or kept"),
    event("Being_in_operation", "运作", "being in operation", "something works or is in service"),
    event("Recording", "记录", "recording", "something is written down, filmed or entered as a record"),
    event("Carry_goods", "运货", "carrying of goods", "goods are carried or shipped"),
    event("Cost", "花费", "cost", "something has a price or costs a loss"),
    event("Departing", "离开", "departure", "someone or something leaves a place"),
    event("GiveUp", "放弃", "giving up", "someone stops doing or having something"),
    event("Change_of_leadership", "领导更替", "change of leadership", "someone comes to or loses power"),
    event("Escaping", "逃脱", "escape", "someone gets away from captivity or danger"),
    event("Aiming", "瞄准", "aiming", "something is directed at a target or goal"),
    event("Hindering", "妨碍", "hindrance", "something makes an action harder or slower"),
    event("Preserving", "保存", "preservation", "something is kept as it is"),
    event("Create_artwork", "艺术创作", "creation of artwork", "a film, song, picture or another work of art is made"),
    event("Openness", "开放", "opening", "something is opened or open to the public"),
    event("Connect", "连接", "connection", "things are joined or linked"),
    event("Reveal_secret", "揭露秘密", "revealing of a secret", "something hidden is made known"),
    event("Response", "回应", "response", "someone reacts to what happened"),
    event("Scrutiny", "审视", "scrutiny", "someone searches or examines something"),
    event("Lighting", "照明", "lighting", "something is lit, burns or shines"),
    event("Criminal_investigation", "刑事调查", "criminal investigation", "the authorities look into a crime"),
    event("Hiding_objects", "藏匿", "hiding", "something or someone is put out of sight"),
    event("Confronting_problem", "面对问题", "confronting of a problem", "someone faces a difficulty"),
    event("Renting", "租赁", "renting", "something is let or rented for money"),
    event("Breathing", "呼吸", "breathing", "someone breathes or breathes in"),
    event("Patrolling", "巡逻", "patrol", "someone goes round a place to guard it"),
    event("Arrest", "逮捕", "arrest", "the authorities seize someone"),
    event("Convincing", "说服", "persuasion", "someone is brought to believe or do something"),
    event("Commerce_sell", "出售", "sale", "goods are sold"),
    event("Cure", "治疗", "cure", "someone who is ill or hurt is treated"),
    event("Temporary_stay", "暂住", "temporary stay", "someone stays at a place for some time"),
    event("Dispersal", "分散", "dispersal", "people or things are scattered"),
    event("Collaboration", "合作", "collaboration", "people or groups work together"),
    event("Extradition", "引渡", "extradition", "someone is handed over to another state"),
    event("Change_sentiment", "情绪变化", "change of sentiment", "someone's feelings change"),
    event("Commitment", "承诺", "commitment", "someone promises or binds themselves to something"),
    event("Commerce_pay", "支付", "payment", "money is paid"),
    event("Filling", "填充", "filling", "something is filled or covered with another"),
    event("Becoming", "成为", "becoming", "someone or something comes to be something else"),
    event("Achieve", "实现", "achievement", "a goal is reached"),
    event("Practice", "实践", "practice", "someone exercises an activity, or rehearses it"),
    event("Cause_change_of_strength", "强度变化", "change of strength", "something is strengthened or weakened"),
    event("Supply", "供应", "supply", "someone is provided with what they need"),
    event("Cause_to_amalgamate", "合并", "amalgamation", "things or groups are made into one"),
    event("Scouring", "搜寻", "scouring", "a place is searched through"),
    event("Violence", "暴力", "violence", "people use force against each other"),
    event("Reforming_a_system", "改革", "reform", "a law, organization or system is changed for the better"),
    event("Come_together", "聚集", "coming together", "people gather at a place"),
    event("Wearing", "穿戴", "wearing", "someone has clothes or something else on"),
    event("Cause_to_make_progress", "推进", "progress", "something is developed or improved"),
    event("Legality", "合法性", "legality", "something is allowed or forbidden by law"),
    event("Employment", "雇佣", "employment", "someone is hired, works for another or is dismissed"),
    event("Rite", "仪式", "rite", "a religious or another solemn ceremony is held"),
    event("Publishing", "出版", "publication", "a text, record or programme is brought out"),
    event("Adducing", "援引", "adducing", "someone is named or something cited as an example or proof"),
    event("Exchange", "交换", "exchange", "things are given for one another"),
    event("Ratification", "批准", "ratification", "a treaty, law or plan is formally approved"),
    event("Sign_agreement", "签署协议", "signing of an agreement", "a treaty or contract is signed"),
    event("Commerce_buy", "购买", "purchase", "goods are bought"),
    event("Imposing_obligation", "施加义务", "imposing of an obligation", "someone is made to do or pay something"),
    event("Rewards_and_punishments", "奖惩", "reward or punishment", "someone is rewarded or punished"),
    event(
        "Institutionalization",
        "收容",
        "institutionalization",
        "someone is taken into a hospital or another institution",
    ),
    event("Testing", "测试", "test", "something is tried out or examined"),
    event("Ingestion", "摄入", "ingestion", "someone eats, drinks or smokes"),
    event("Labeling", "标记", "labeling", "something is given a label or called something"),
    event("Kidnapping", "绑架", "kidnapping", "someone is carried off against their will"),
    event("Submitting_documents", "提交文件", "submission of documents", "a document is handed in"),
    event("Prison", "监禁", "imprisonment", "someone is put or kept in prison"),
    event("Justifying", "辩解", "justification", "reasons are given for what was done"),
    event("Emergency", "紧急情况", "emergency", "a dangerous situation calls for action at once"),
    event("Terrorism", "恐怖主义", "terrorism", "violence is used to spread fear for a cause"),
    event("Vocalizations", "发声", "vocalization", "someone makes a sound with the voice"),
    event("Risk", "风险", "risk", "something may go wrong, or someone is in danger"),
    event("Resolve_problem", "解决问题", "solution of a problem", "a difficulty is overcome"),
    event("Revenge", "报复", "revenge", "someone pays back a wrong"),
    event("Limiting", "限制", "limitation", "something is kept within bounds"),
    event("Research", "研究", "research", "something is studied in a scientific way"),
    event("Having_or_lacking_access", "有无通路", "access", "a place or thing can or cannot be reached"),
    event("Theft", "盗窃", "theft", "something is stolen"),
    event("Incident", "事件", "incident", "something happens, without more being said"),
    event("Award", "授予", "award", "a prize or honour is given"),
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
    annotation="By hand (Wang et al. 2020).",
    verified="sample",
    published={
        "train": Totals(32431, events=77993),
        "dev": Totals(8042, events=18904),
        "test": Totals(9400),
    },
    published_source="Wang et al. (2020); sentences, not articles (2,913 train, 710 dev, 857 test)",
)
