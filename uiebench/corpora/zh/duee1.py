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


def role(name: str, en: str, description: str) -> Label:
    """A role; the corpus names its labels in Chinese."""
    return Label(name, name, en, description=description)


def event(name: str, en: str, description: str, *roles: Label) -> EventLabel:
    """An event type and its roles."""
    return EventLabel(name, name, en, description=description, roles=roles)


TIME = role("时间", "time", "事件发生的时间")
PLACE = role("地点", "place", "事件发生的地点")
DEATHS = role("死亡人数", "number of deaths", "死亡的人数")
INJURIES = role("受伤人数", "number of injured", "受伤的人数")
AMOUNT_RAISED = role("融资金额", "amount raised", "融资或募集的数额")
MARRIED = role("结婚双方", "spouse", "结婚的人")
ORGANIZATION = role("所属组织", "organization", "人员所在的组织")
FORMER_ORGANIZATION = role("原所属组织", "former organization", "原先所在的组织")
ACTIVITY = role("活动名称", "activity", "开幕或闭幕的活动")

EVENTS = (
    event(
        "财经/交易-出售/收购",
        "acquisition or sale",
        "公司、股权、房产等资产的买卖",
        TIME,
        role("出售方", "seller", "卖出资产的一方"),
        role("交易物", "object of sale", "被买卖的公司、股权、房产等"),
        role("出售价格", "price", "买卖的价格"),
        role("收购方", "buyer", "买入资产的一方"),
    ),
    event(
        "财经/交易-跌停", "limit down", "股票跌到当日跌幅限制", TIME, role("跌停股票", "stock", "跌到当日限制的股票")
    ),
    event(
        "财经/交易-加息",
        "interest rate increase",
        "央行等机构上调利率",
        TIME,
        role("加息幅度", "extent of increase", "利率上调的幅度"),
        role("加息机构", "institution", "上调利率的机构"),
    ),
    event(
        "财经/交易-降价",
        "price cut",
        "商品或服务的价格下调",
        TIME,
        role("降价方", "price cutter", "降低价格的一方"),
        role("降价物", "goods", "价格下降的商品或服务"),
        role("降价幅度", "extent of cut", "价格下降的幅度"),
    ),
    event(
        "财经/交易-降息",
        "interest rate cut",
        "央行等机构下调利率",
        TIME,
        role("降息幅度", "extent of cut", "利率下调的幅度"),
        role("降息机构", "institution", "下调利率的机构"),
    ),
    event(
        "财经/交易-融资",
        "financing",
        "企业从投资人处获得资金",
        TIME,
        role("跟投方", "co-investor", "随领投方出资的一方"),
        role("领投方", "lead investor", "牵头出资的一方"),
        role("融资轮次", "financing round", "融资的轮次，如A轮"),
        AMOUNT_RAISED,
        role("融资方", "financed company", "得到投资的一方"),
    ),
    event(
        "财经/交易-上市",
        "stock exchange listing",
        "企业的股票在证券交易所挂牌",
        TIME,
        PLACE,
        role("上市企业", "listed company", "股票上市的企业"),
        AMOUNT_RAISED,
    ),
    event(
        "财经/交易-涨价",
        "price increase",
        "商品或服务的价格上调",
        TIME,
        role("涨价幅度", "extent of increase", "价格上涨的幅度"),
        role("涨价物", "goods", "价格上涨的商品或服务"),
        role("涨价方", "price raiser", "提高价格的一方"),
    ),
    event("财经/交易-涨停", "limit up", "股票涨到当日涨幅限制", TIME, role("涨停股票", "stock", "涨到当日限制的股票")),
    event(
        "产品行为-发布",
        "product release",
        "产品、服务或作品面世",
        TIME,
        role("发布产品", "product", "被发布的产品"),
        role("发布方", "releasing party", "发布产品的一方"),
    ),
    event(
        "产品行为-获奖",
        "award",
        "人、团体或作品获得奖项",
        TIME,
        role("获奖人", "winner", "获得奖项的人、组织或作品"),
        role("奖项", "prize", "获得的奖项"),
        role("颁奖机构", "awarding body", "颁发奖项的机构"),
    ),
    event(
        "产品行为-上映",
        "film release",
        "影视作品开始公开放映或播出",
        TIME,
        role("上映方", "distributor", "使影视上映的一方"),
        role("上映影视", "film or series", "上映的影视作品"),
    ),
    event(
        "产品行为-下架",
        "product removal",
        "产品停止在商店或平台上提供",
        TIME,
        role("下架产品", "removed product", "被下架的产品"),
        role("被下架方", "product owner", "产品被下架的一方"),
        role("下架方", "removing party", "使产品下架的一方"),
    ),
    event(
        "产品行为-召回",
        "product recall",
        "企业收回有缺陷的产品",
        TIME,
        role("召回内容", "recalled product", "被召回的产品"),
        role("召回方", "recalling party", "召回产品的一方"),
    ),
    event(
        "交往-道歉",
        "apology",
        "一方就过错向另一方致歉",
        TIME,
        role("道歉对象", "recipient", "接受道歉的一方"),
        role("道歉者", "apologizer", "表示道歉的一方"),
    ),
    event(
        "交往-点赞",
        "praise",
        "一方公开称赞另一方",
        TIME,
        role("点赞方", "praising party", "表示赞赏的一方"),
        role("点赞对象", "praised party", "得到赞赏的人或事"),
    ),
    event(
        "交往-感谢",
        "thanks",
        "一方向另一方表示谢意",
        TIME,
        role("致谢人", "thanking party", "表示感谢的一方"),
        role("被感谢人", "thanked party", "得到感谢的一方"),
    ),
    event(
        "交往-会见",
        "meeting",
        "双方正式见面会谈",
        TIME,
        PLACE,
        role("会见主体", "participant", "会见他人的一方"),
        role("会见对象", "counterpart", "被会见的一方"),
    ),
    event(
        "交往-探班",
        "visit at work",
        "到他人工作的地方看望",
        TIME,
        role("探班主体", "visitor", "前去探班的人"),
        role("探班对象", "person visited", "被探班的人或剧组"),
    ),
    event(
        "竞赛行为-夺冠",
        "championship win",
        "在比赛中获得冠军",
        TIME,
        role("冠军", "champion", "夺得冠军的人或队"),
        role("夺冠赛事", "competition", "夺得冠军的赛事"),
    ),
    event(
        "竞赛行为-晋级",
        "advancement in competition",
        "进入比赛的下一轮",
        TIME,
        role("晋级方", "advancing party", "晋级的人或队"),
        role("晋级赛事", "competition", "晋级所在的赛事"),
    ),
    event(
        "竞赛行为-禁赛",
        "ban from competition",
        "被禁止参加比赛",
        TIME,
        role("禁赛时长", "duration", "禁止参赛的时长"),
        role("被禁赛人员", "banned person", "被禁止参赛的人或队"),
        role("禁赛机构", "banning body", "作出禁赛决定的机构"),
    ),
    event(
        "竞赛行为-胜负",
        "match result",
        "一场比赛分出胜负",
        TIME,
        role("败者", "loser", "输掉比赛的一方"),
        role("胜者", "winner", "赢得比赛的一方"),
        role("赛事名称", "competition", "比赛的名称"),
    ),
    event(
        "竞赛行为-退赛",
        "withdrawal from competition",
        "退出已报名或进行中的比赛",
        TIME,
        role("退赛赛事", "competition", "退出的赛事"),
        role("退赛方", "withdrawing party", "退出比赛的人或队"),
    ),
    event("竞赛行为-退役", "retirement from sport", "运动员结束职业生涯", TIME, role("退役者", "retiree", "退役的人")),
    event(
        "人生-产子/女",
        "birth",
        "孩子出生",
        TIME,
        role("产子者", "parent", "生下孩子的人"),
        role("出生者", "child", "出生的孩子"),
    ),
    event(
        "人生-出轨",
        "infidelity",
        "伴侣一方与他人发生感情或关系",
        TIME,
        role("出轨方", "unfaithful partner", "对配偶或恋人不忠的一方"),
        role("出轨对象", "affair partner", "与其有私情的一方"),
    ),
    event("人生-订婚", "engagement", "双方约定结婚", TIME, role("订婚主体", "engaged person", "订婚的人")),
    event("人生-分手", "break-up", "恋爱关系结束", TIME, role("分手双方", "partner", "分手的人")),
    event("人生-怀孕", "pregnancy", "怀有身孕", TIME, role("怀孕者", "pregnant person", "怀孕的人")),
    event("人生-婚礼", "wedding", "举行结婚仪式", TIME, PLACE, role("参礼人员", "guest", "参加婚礼的人"), MARRIED),
    event("人生-结婚", "marriage", "双方结为夫妻", TIME, MARRIED),
    event("人生-离婚", "divorce", "夫妻解除婚姻", TIME, role("离婚双方", "spouse", "离婚的人")),
    event(
        "人生-庆生",
        "birthday celebration",
        "庆祝生日",
        TIME,
        role("生日方", "birthday person", "过生日的一方"),
        role("生日方年龄", "age", "过生日者的年龄"),
        role("庆祝方", "celebrating party", "为其庆祝的一方"),
    ),
    event(
        "人生-求婚",
        "marriage proposal",
        "向恋人提出结婚",
        TIME,
        role("求婚者", "proposer", "提出求婚的人"),
        role("求婚对象", "person proposed to", "被求婚的人"),
    ),
    event(
        "人生-失联",
        "disappearance",
        "人失去联系、下落不明",
        TIME,
        PLACE,
        role("失联者", "missing person", "失去联系的人或物"),
    ),
    event(
        "人生-死亡",
        "death",
        "人去世",
        TIME,
        PLACE,
        role("死者年龄", "age", "死者的年龄"),
        role("死者", "deceased", "死去的人"),
    ),
    event(
        "司法行为-罚款",
        "fine",
        "执法机构处以罚款",
        TIME,
        role("罚款对象", "fined party", "被罚款的一方"),
        role("执法机构", "enforcement agency", "作出处罚的机构"),
        role("罚款金额", "amount", "罚款的数额"),
    ),
    event(
        "司法行为-拘捕",
        "arrest",
        "嫌疑人被拘留、逮捕或抓获",
        TIME,
        role("拘捕者", "arresting party", "实施拘捕的机构"),
        role("被拘捕者", "arrested person", "被拘捕的人"),
    ),
    event(
        "司法行为-举报",
        "report of wrongdoing",
        "向有关方面检举他人的问题",
        TIME,
        role("举报发起方", "reporting party", "提出举报的一方"),
        role("举报对象", "accused party", "被举报的一方"),
    ),
    event(
        "司法行为-开庭",
        "court hearing",
        "法院开庭审理案件",
        TIME,
        role("开庭法院", "court", "开庭审理的法院"),
        role("开庭案件", "case", "开庭审理的案件"),
    ),
    event(
        "司法行为-立案",
        "opening of a case",
        "司法、纪检或监管机构决定立案调查",
        TIME,
        role("立案机构", "institution", "决定立案的机构"),
        role("立案对象", "subject of the case", "被立案调查的一方"),
    ),
    event(
        "司法行为-起诉",
        "lawsuit",
        "向法院提起诉讼",
        TIME,
        role("被告", "defendant", "被起诉的一方"),
        role("原告", "plaintiff", "提起诉讼的一方"),
    ),
    event(
        "司法行为-入狱",
        "imprisonment",
        "被判刑或入狱服刑",
        TIME,
        role("入狱者", "prisoner", "入狱服刑的人"),
        role("刑期", "sentence", "判处的刑期"),
    ),
    event(
        "司法行为-约谈",
        "regulatory interview",
        "主管机构就问题找有关方面谈话",
        TIME,
        role("约谈对象", "summoned party", "被约谈的一方"),
        role("约谈发起方", "summoning authority", "进行约谈的机构"),
    ),
    event("灾害/意外-爆炸", "explosion", "发生爆炸", TIME, PLACE, DEATHS, INJURIES),
    event("灾害/意外-车祸", "traffic accident", "发生道路交通事故", TIME, PLACE, DEATHS, INJURIES),
    event(
        "灾害/意外-地震",
        "earthquake",
        "发生地震",
        TIME,
        DEATHS,
        role("震级", "magnitude", "地震的震级"),
        role("震源深度", "focal depth", "震源的深度"),
        role("震中", "epicenter", "震中所在的地点"),
        INJURIES,
    ),
    event("灾害/意外-洪灾", "flood", "发生洪水灾害", TIME, PLACE, DEATHS, INJURIES),
    event("灾害/意外-起火", "fire", "发生火灾", TIME, PLACE, DEATHS, INJURIES),
    event(
        "灾害/意外-坍/垮塌",
        "collapse",
        "建筑物、地面等倒塌",
        TIME,
        role("坍塌主体", "collapsed structure", "坍塌的建筑或物体"),
        DEATHS,
        INJURIES,
    ),
    event(
        "灾害/意外-袭击",
        "attack",
        "以暴力或武力攻击人或地点",
        TIME,
        PLACE,
        role("袭击对象", "target", "遭到袭击的一方"),
        DEATHS,
        role("袭击者", "attacker", "发动袭击的一方"),
        INJURIES,
    ),
    event("灾害/意外-坠机", "plane crash", "飞行器坠毁", TIME, PLACE, DEATHS, INJURIES),
    event(
        "组织关系-裁员",
        "layoff",
        "组织裁减人员",
        TIME,
        role("裁员方", "employer", "裁减人员的组织"),
        role("裁员人数", "number of people laid off", "被裁减的人数"),
    ),
    event(
        "组织关系-辞/离职",
        "resignation",
        "成员辞去职务或离开任职的组织",
        TIME,
        role("离职者", "departing person", "离职的人"),
        FORMER_ORGANIZATION,
    ),
    event(
        "组织关系-加盟",
        "joining of an organization",
        "人加入球队、公司等组织",
        TIME,
        role("加盟者", "new member", "加盟组织的人"),
        role("所加盟组织", "organization", "加盟的组织"),
    ),
    event(
        "组织关系-解雇",
        "dismissal",
        "组织解除成员的职务",
        TIME,
        role("解雇方", "employer", "解雇人员的一方"),
        role("被解雇人员", "dismissed person", "被解雇的人"),
    ),
    event(
        "组织关系-解散",
        "disbandment",
        "团体或组织不再存在",
        TIME,
        role("解散方", "disbanded group", "宣布解散的组织或团体"),
    ),
    event(
        "组织关系-解约",
        "contract termination",
        "一方与另一方解除合约",
        TIME,
        role("被解约方", "counterparty", "被解除合约的一方"),
        role("解约方", "terminating party", "提出解除合约的一方"),
    ),
    event(
        "组织关系-停职",
        "suspension from duty",
        "成员被暂停职务",
        TIME,
        ORGANIZATION,
        role("停职人员", "suspended person", "被停职的人"),
    ),
    event(
        "组织关系-退出",
        "withdrawal from an organization",
        "成员退出所在的组织",
        TIME,
        role("退出方", "leaving party", "退出组织的一方"),
        FORMER_ORGANIZATION,
    ),
    event(
        "组织行为-罢工",
        "strike",
        "员工集体停止工作",
        TIME,
        ORGANIZATION,
        role("罢工人数", "number of strikers", "参加罢工的人数"),
        role("罢工人员", "striker", "参加罢工的人"),
    ),
    event("组织行为-闭幕", "closing of an activity", "会议、赛事等活动结束", TIME, PLACE, ACTIVITY),
    event("组织行为-开幕", "opening of an activity", "会议、赛事等活动开始", TIME, PLACE, ACTIVITY),
    event(
        "组织行为-游行",
        "protest march",
        "人群上街游行示威",
        TIME,
        PLACE,
        role("游行组织", "marching group", "组织或参加游行的团体"),
        role("游行人数", "number of marchers", "参加游行的人数"),
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
