"""DuEE 1.0: events in single Chinese sentences and paragraphs from Baidu's news feed.

Native form: JSON lines; a place is the offset of its first character, a role with several values is
repeated, and ``class`` repeats the first part of the type:

    {"text": "昨晚，青岚湖大桥突发大火，2人受伤。", "id": "5d1c0f", "event_list": [{"event_type": "灾害/意外-起火",
      "trigger": "大火", "trigger_start_index": 10, "class": "灾害/意外", "arguments": [{"role": "受伤人数",
      "argument": "2人", "argument_start_index": 13, "alias": []}]}]}

``alias`` (other wordings of an argument) is empty wherever we saw it, and is not read.
"""

from uiebench.formats import events, texts
from uiebench.types import Corpus, Download, EventLabel, Label, Licence, Schema, Split, Totals

BASE = (
    "https://raw.githubusercontent.com/T-urning/MultiTaskBasedEventDetection/3a3f18de86d02e371f07482019ee9f7eda7bd57a/"
)
TRAIN = Download("data/train.json", BASE + "data/train.json")
DEV = Download(
    "data/dev.json",
    BASE + "data/dev.json",
    sha256="27f8d46dc3c77ebe5c09ca7459bcd57622be5a3e6bf8bd18b2adcccabc46494b",
    bytes=929086,
)
TEST = Download(
    "data/test.json",
    BASE + "data/test.json",
    sha256="ea09496fdab500c8398204ec20d0f3d3f8bb2ba562c6495af7f2927757104b5d",
    bytes=2876774,
)


def role(name: str, en: str) -> Label:
    """A role; the corpus names its labels in Chinese."""
    return Label(name, name, en)


def event(name: str, en: str, description: str, *roles: Label) -> EventLabel:
    """An event type and its roles."""
    return EventLabel(name, name, en, description=description, roles=roles)


TIME = role("时间", "time")
PLACE = role("地点", "place")
DEATHS = role("死亡人数", "number of deaths")
INJURIES = role("受伤人数", "number of injured")
AMOUNT_RAISED = role("融资金额", "amount raised")
MARRIED = role("结婚双方", "spouse")
ORGANIZATION = role("所属组织", "organization")
FORMER_ORGANIZATION = role("原所属组织", "former organization")
ACTIVITY = role("活动名称", "activity")

EVENTS = (
    event(
        "财经/交易-出售/收购",
        "acquisition or sale",
        "公司、股权、房产等资产的买卖",
        TIME,
        role("出售方", "seller"),
        role("交易物", "object of sale"),
        role("出售价格", "price"),
        role("收购方", "buyer"),
    ),
    event("财经/交易-跌停", "limit down", "股票跌到当日跌幅限制", TIME, role("跌停股票", "stock")),
    event(
        "财经/交易-加息",
        "interest rate increase",
        "央行等机构上调利率",
        TIME,
        role("加息幅度", "extent of increase"),
        role("加息机构", "institution"),
    ),
    event(
        "财经/交易-降价",
        "price cut",
        "商品或服务的价格下调",
        TIME,
        role("降价方", "price cutter"),
        role("降价物", "goods"),
        role("降价幅度", "extent of cut"),
    ),
    event(
        "财经/交易-降息",
        "interest rate cut",
        "央行等机构下调利率",
        TIME,
        role("降息幅度", "extent of cut"),
        role("降息机构", "institution"),
    ),
    event(
        "财经/交易-融资",
        "financing",
        "企业从投资人处获得资金",
        TIME,
        role("跟投方", "co-investor"),
        role("领投方", "lead investor"),
        role("融资轮次", "financing round"),
        AMOUNT_RAISED,
        role("融资方", "financed company"),
    ),
    event(
        "财经/交易-上市",
        "stock exchange listing",
        "企业的股票在证券交易所挂牌",
        TIME,
        PLACE,
        role("上市企业", "listed company"),
        AMOUNT_RAISED,
    ),
    event(
        "财经/交易-涨价",
        "price increase",
        "商品或服务的价格上调",
        TIME,
        role("涨价幅度", "extent of increase"),
        role("涨价物", "goods"),
        role("涨价方", "price raiser"),
    ),
    event("财经/交易-涨停", "limit up", "股票涨到当日涨幅限制", TIME, role("涨停股票", "stock")),
    event(
        "产品行为-发布",
        "product release",
        "产品、服务或作品面世",
        TIME,
        role("发布产品", "product"),
        role("发布方", "releasing party"),
    ),
    event(
        "产品行为-获奖",
        "award",
        "人、团体或作品获得奖项",
        TIME,
        role("获奖人", "winner"),
        role("奖项", "prize"),
        role("颁奖机构", "awarding body"),
    ),
    event(
        "产品行为-上映",
        "film release",
        "影视作品开始公开放映或播出",
        TIME,
        role("上映方", "distributor"),
        role("上映影视", "film or series"),
    ),
    event(
        "产品行为-下架",
        "product removal",
        "产品停止在商店或平台上提供",
        TIME,
        role("下架产品", "removed product"),
        role("被下架方", "product owner"),
        role("下架方", "removing party"),
    ),
    event(
        "产品行为-召回",
        "product recall",
        "企业收回有缺陷的产品",
        TIME,
        role("召回内容", "recalled product"),
        role("召回方", "recalling party"),
    ),
    event(
        "交往-道歉",
        "apology",
        "一方就过错向另一方致歉",
        TIME,
        role("道歉对象", "recipient"),
        role("道歉者", "apologizer"),
    ),
    event(
        "交往-点赞",
        "praise",
        "一方公开称赞另一方",
        TIME,
        role("点赞方", "praising party"),
        role("点赞对象", "praised party"),
    ),
    event(
        "交往-感谢",
        "thanks",
        "一方向另一方表示谢意",
        TIME,
        role("致谢人", "thanking party"),
        role("被感谢人", "thanked party"),
    ),
    event(
        "交往-会见",
        "meeting",
        "双方正式见面会谈",
        TIME,
        PLACE,
        role("会见主体", "participant"),
        role("会见对象", "counterpart"),
    ),
    event(
        "交往-探班",
        "visit at work",
        "到他人工作的地方看望",
        TIME,
        role("探班主体", "visitor"),
        role("探班对象", "person visited"),
    ),
    event(
        "竞赛行为-夺冠",
        "championship win",
        "在比赛中获得冠军",
        TIME,
        role("冠军", "champion"),
        role("夺冠赛事", "competition"),
    ),
    event(
        "竞赛行为-晋级",
        "advancement in competition",
        "进入比赛的下一轮",
        TIME,
        role("晋级方", "advancing party"),
        role("晋级赛事", "competition"),
    ),
    event(
        "竞赛行为-禁赛",
        "ban from competition",
        "被禁止参加比赛",
        TIME,
        role("禁赛时长", "duration"),
        role("被禁赛人员", "banned person"),
        role("禁赛机构", "banning body"),
    ),
    event(
        "竞赛行为-胜负",
        "match result",
        "一场比赛分出胜负",
        TIME,
        role("败者", "loser"),
        role("胜者", "winner"),
        role("赛事名称", "competition"),
    ),
    event(
        "竞赛行为-退赛",
        "withdrawal from competition",
        "退出已报名或进行中的比赛",
        TIME,
        role("退赛赛事", "competition"),
        role("退赛方", "withdrawing party"),
    ),
    event("竞赛行为-退役", "retirement from sport", "运动员结束职业生涯", TIME, role("退役者", "retiree")),
    event("人生-产子/女", "birth", "孩子出生", TIME, role("产子者", "parent"), role("出生者", "child")),
    event(
        "人生-出轨",
        "infidelity",
        "伴侣一方与他人发生感情或关系",
        TIME,
        role("出轨方", "unfaithful partner"),
        role("出轨对象", "affair partner"),
    ),
    event("人生-订婚", "engagement", "双方约定结婚", TIME, role("订婚主体", "engaged person")),
    event("人生-分手", "break-up", "恋爱关系结束", TIME, role("分手双方", "partner")),
    event("人生-怀孕", "pregnancy", "怀有身孕", TIME, role("怀孕者", "pregnant person")),
    event("人生-婚礼", "wedding", "举行结婚仪式", TIME, PLACE, role("参礼人员", "guest"), MARRIED),
    event("人生-结婚", "marriage", "双方结为夫妻", TIME, MARRIED),
    event("人生-离婚", "divorce", "夫妻解除婚姻", TIME, role("离婚双方", "spouse")),
    event(
        "人生-庆生",
        "birthday celebration",
        "庆祝生日",
        TIME,
        role("生日方", "birthday person"),
        role("生日方年龄", "age"),
        role("庆祝方", "celebrating party"),
    ),
    event(
        "人生-求婚",
        "marriage proposal",
        "向恋人提出结婚",
        TIME,
        role("求婚者", "proposer"),
        role("求婚对象", "person proposed to"),
    ),
    event("人生-失联", "disappearance", "人失去联系、下落不明", TIME, PLACE, role("失联者", "missing person")),
    event("人生-死亡", "death", "人去世", TIME, PLACE, role("死者年龄", "age"), role("死者", "deceased")),
    event(
        "司法行为-罚款",
        "fine",
        "执法机构处以罚款",
        TIME,
        role("罚款对象", "fined party"),
        role("执法机构", "enforcement agency"),
        role("罚款金额", "amount"),
    ),
    event(
        "司法行为-拘捕",
        "arrest",
        "嫌疑人被拘留、逮捕或抓获",
        TIME,
        role("拘捕者", "arresting party"),
        role("被拘捕者", "arrested person"),
    ),
    event(
        "司法行为-举报",
        "report of wrongdoing",
        "向有关方面检举他人的问题",
        TIME,
        role("举报发起方", "reporting party"),
        role("举报对象", "accused party"),
    ),
    event(
        "司法行为-开庭",
        "court hearing",
        "法院开庭审理案件",
        TIME,
        role("开庭法院", "court"),
        role("开庭案件", "case"),
    ),
    event(
        "司法行为-立案",
        "opening of a case",
        "司法、纪检或监管机构决定立案调查",
        TIME,
        role("立案机构", "institution"),
        role("立案对象", "subject of the case"),
    ),
    event("司法行为-起诉", "lawsuit", "向法院提起诉讼", TIME, role("被告", "defendant"), role("原告", "plaintiff")),
    event(
        "司法行为-入狱", "imprisonment", "被判刑或入狱服刑", TIME, role("入狱者", "prisoner"), role("刑期", "sentence")
    ),
    event(
        "司法行为-约谈",
        "regulatory interview",
        "主管机构就问题找有关方面谈话",
        TIME,
        role("约谈对象", "summoned party"),
        role("约谈发起方", "summoning authority"),
    ),
    event("灾害/意外-爆炸", "explosion", "发生爆炸", TIME, PLACE, DEATHS, INJURIES),
    event("灾害/意外-车祸", "traffic accident", "发生道路交通事故", TIME, PLACE, DEATHS, INJURIES),
    event(
        "灾害/意外-地震",
        "earthquake",
        "发生地震",
        TIME,
        DEATHS,
        role("震级", "magnitude"),
        role("震源深度", "focal depth"),
        role("震中", "epicenter"),
        INJURIES,
    ),
    event("灾害/意外-洪灾", "flood", "发生洪水灾害", TIME, PLACE, DEATHS, INJURIES),
    event("灾害/意外-起火", "fire", "发生火灾", TIME, PLACE, DEATHS, INJURIES),
    event(
        "灾害/意外-坍/垮塌",
        "collapse",
        "建筑物、地面等倒塌",
        TIME,
        role("坍塌主体", "collapsed structure"),
        DEATHS,
        INJURIES,
    ),
    event(
        "灾害/意外-袭击",
        "attack",
        "以暴力或武力攻击人或地点",
        TIME,
        PLACE,
        role("袭击对象", "target"),
        DEATHS,
        role("袭击者", "attacker"),
        INJURIES,
    ),
    event("灾害/意外-坠机", "plane crash", "飞行器坠毁", TIME, PLACE, DEATHS, INJURIES),
    event(
        "组织关系-裁员",
        "layoff",
        "组织裁减人员",
        TIME,
        role("裁员方", "employer"),
        role("裁员人数", "number of people laid off"),
    ),
    event(
        "组织关系-辞/离职",
        "resignation",
        "成员辞去职务或离开任职的组织",
        TIME,
        role("离职者", "departing person"),
        FORMER_ORGANIZATION,
    ),
    event(
        "组织关系-加盟",
        "joining of an organization",
        "人加入球队、公司等组织",
        TIME,
        role("加盟者", "new member"),
        role("所加盟组织", "organization"),
    ),
    event(
        "组织关系-解雇",
        "dismissal",
        "组织解除成员的职务",
        TIME,
        role("解雇方", "employer"),
        role("被解雇人员", "dismissed person"),
    ),
    event("组织关系-解散", "disbandment", "团体或组织不再存在", TIME, role("解散方", "disbanded group")),
    event(
        "组织关系-解约",
        "contract termination",
        "一方与另一方解除合约",
        TIME,
        role("被解约方", "counterparty"),
        role("解约方", "terminating party"),
    ),
    event(
        "组织关系-停职",
        "suspension from duty",
        "成员被暂停职务",
        TIME,
        ORGANIZATION,
        role("停职人员", "suspended person"),
    ),
    event(
        "组织关系-退出",
        "withdrawal from an organization",
        "成员退出所在的组织",
        TIME,
        role("退出方", "leaving party"),
        FORMER_ORGANIZATION,
    ),
    event(
        "组织行为-罢工",
        "strike",
        "员工集体停止工作",
        TIME,
        ORGANIZATION,
        role("罢工人数", "number of strikers"),
        role("罢工人员", "striker"),
    ),
    event("组织行为-闭幕", "closing of an activity", "会议、赛事等活动结束", TIME, PLACE, ACTIVITY),
    event("组织行为-开幕", "opening of an activity", "会议、赛事等活动开始", TIME, PLACE, ACTIVITY),
    event(
        "组织行为-游行",
        "protest march",
        "人群上街游行示威",
        TIME,
        PLACE,
        role("游行组织", "marching group"),
        role("游行人数", "number of marchers"),
    ),
)

CORPUS = Corpus(
    name="duee1",
    title="DuEE 1.0",
    language="zh",
    domain="news",
    domain_zh="新闻",
    tasks=("EE",),
    homepage="https://aistudio.baidu.com/datasetdetail/65680",
    citation="""@inproceedings{li-etal-2020-duee,
  title = {{DuEE}: A Large-Scale Dataset for {Chinese} Event Extraction in Real-World Scenarios},
  author = {Li, Xinyu and Li, Fayuan and Pan, Lu and Chen, Yuguang and Peng, Weihua and Wang, Quan and
            Lyu, Yajuan and Zhu, Yong},
  booktitle = {Natural Language Processing and Chinese Computing},
  year = {2020}, pages = {534--545}, doi = {10.1007/978-3-030-60457-8_44},
}""",
    licence=Licence(
        "DuEE participant agreement",
        redistribute=False,
        terms="Baidu gives the data to participants of its competitions under an agreement.",
    ),
    splits=(
        Split("train", (TRAIN,)),
        Split("dev", (DEV,)),
        Split("test", (TEST,), gold=False, read=texts()),
    ),
    read=events(start="trigger_start_index", argument_start="argument_start_index"),
    schema=Schema(events=EVENTS),
    description="Events of 65 types with trigger and arguments in short texts of a Chinese news feed.",
    verified="original",
    published={"train": Totals(11958), "dev": Totals(1498)},
    published_source="Li et al. (2020)",
    expect={
        "dev": Totals(1498, 0, 0, 1790, 3696, repairs={"outer space": 13}),
        "test": Totals(15000, 0, 0, 0, 0),
    },
    differences="We never saw the training file, so it has no hash and no totals of ours. The test file, which has no "
    "gold, holds 15,000 texts where the competition speaks of about 3,500: it is the later test set, enlarged by texts "
    "that do not count.",
    differences_zh=(
        "未见训练文件，因此没有其哈希和总数。没有标注的测试文件有 15,000 个文本，而竞赛说约 3,500 个：这是后来的测试"
        "集，混入了不计分的文本。"
    ),
    defects={
        "outer space": "An argument or a trigger begins with the space that stands before it: "
        "12 arguments and one trigger of the dev split. The space is taken off."
    },
)
