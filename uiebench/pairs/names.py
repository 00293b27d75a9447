"""Names that nobody bears: invented by rule for the classes that have one, recombined from a corpus for others.

    invented("person", "zh", number)             →  "贺兰舟"
    invented("company", "en", number)            →  "Varnholt Logistics Ltd"
    recombined(["急性胃炎", "慢性肾衰竭"], "zh", …)   →  "急性肾衰竭"

A model that has learnt what names look like invents such strings. Everything is put together from the lists
below, which were written for this purpose; `number` is a hash and says which parts are taken. The stems of a
class lie in two halves: one for the pairs of training, one for those of evaluation, so that a reward model can be
tried on names that it has not seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import IntEnum
from functools import cache, lru_cache
from itertools import pairwise

from uiebench.hashing import lot, mix
from uiebench.pairs.words import Words, is_content
from uiebench.types import Language

SALTS = [lot("names", place) for place in range(8)]

# Concept → class with a rule. What is not here has no rule.
CLASSES: dict[str, str] = {
    concept: name
    for name, concepts in {
        "person": "person|politician|actor|director|writer|scholar|athlete|soldier|artist or author|musical artist|"
        "researcher|scientist|entertainer|historical figure|other person|character|occupant|suspect|victim|defendant|"
        "attacker|agent|participant|winner|loser|founder|author|singer|spouse|perpetrator|arrested person|"
        "detained person|injured person|deceased|performer|speaker|celebrity|mythical figure|deity",
        "place": "location|place|geopolitical entity|other location|exact location|origin|destination|venue|hometown|"
        "native place|area|region|address|administrative region|vehicle location",
        "city": "city|district|town|community|county|development zone",
        "province": "province|state or province|state",
        "country": "country|nationality",
        "nature": "river|mountain|island|body of water|park|scenic spot",
        "road": "road|branch road|street|transport route",
        "facility": "facility|building|airport|hotel|theater|library|other building|sports facility|amenity|"
        "point of interest|subordinate point of interest",
        "organization": "organization|other organization|group|government|political party|religious organization|"
        "department|employer|regulator|institution|media organization|publishing house|performing group|band",
        "company": "company|company or brand|brand|acquirer|acquired company|listed company|financing company|"
        "investor|seller|buyer|pledgor|pledgee|manufacturer|vehicle brand",
        "school": "school|university|educational institution",
        "hospital": "hospital",
        "team": "sports team|team|sports league",
        "restaurant": "restaurant|restaurant name",
        "work": "work|book|movie|song|creative work|work of art|literary work|film or television work|variety show|"
        "music album|musical work|media work|written work|painting|poem|magazine|web novel|broadcast program|title|"
        "academic journal|other work of art",
        "date": "date|time|date or time|time of event",
        "year": "year",
        "duration": "duration|lock-up period",
        "number": "number|quantity|cardinal number|value|number of people|number of deaths|number of injured",
        "percent": "percent|percentage|share",
        "money": "money|price|amount|unit price|market value|penalty amount",
        "disease": "disease|health issue|adverse effect|disorder",
        "drug": "drug|treatment|chemical|medicine",
        "gene": "gene or protein|gene|protein|dna|rna|enzyme|cell line",
        "product": "product|vehicle|weapon|commodity|software|game|product model|vehicle model|other product|ship|"
        "airplane|car",
        "method": "algorithm|method|task|metric",
        "title": "job title|profession or title|position|profession",
        "award": "award",
    }.items()
    for concept in concepts.split("|")
}

# What names things of one sort, by class or concept: of these, one may be taken for another as a whole.
_SORTS = (
    "place|city|province|country|nature|road|facility|ethnicity",
    "native place|country|city|province|ethnicity",
    "organization|company|school|hospital|team|restaurant|facility",
    "work|product",
    "date|year|duration",
    "number|percent|money|duration",
    "disease|symptom|disease feature",
    "medical procedure|medical test|laboratory test|imaging examination|surgery|medical device",
    "medical procedure|surgery|treatment|drug",
    "body part|anatomical entity|symptom",
    "drug|gene",
    "building number|unit number|floor number|room number|street number|branch street number",
    "scientific term|scientific material|generic|method",
    "thing|physical matter|product",
    "education|field of study",
)
# What one of these is, one of those may stand for, or be taken for where no type is like it.
_LINKS = (
    ("place|city|province|country", "organization|team"),
    ("person", "title"),
    ("miscellaneous", "place|city|country|organization|company|team|work|date"),
)
_SORTED: dict[str, set[int]] = {}
for _place, _group in enumerate(_SORTS):
    for _name in _group.split("|"):
        _SORTED.setdefault(_name, set()).add(_place)
_LINKED = {frozenset((one, two)) for ones, twos in _LINKS for one in ones.split("|") for two in twos.split("|")}
_GROUPED = _SORTED.keys() | frozenset().union(*_LINKED)


class Kinship(IntEnum):
    """How near two concepts are: nothing is known, strangers, one stands for the other, or names of one sort."""

    UNKNOWN, NONE, LINKED, SAME = range(4)


@cache
def kinship(concept: str, other: str) -> Kinship:
    """How near two concepts are. A concept is looked up itself, where a group has it, and else by its class."""
    if concept == other:
        return Kinship.SAME
    one, two = (name if name in _GROUPED else CLASSES.get(name, "") for name in (concept, other))
    if one == two or _SORTED.get(one, set()) & _SORTED.get(two, set()):
        return Kinship.SAME if one else Kinship.UNKNOWN
    if frozenset((one, two)) in _LINKED:
        return Kinship.LINKED
    return Kinship.NONE if one in _GROUPED and two in _GROUPED else Kinship.UNKNOWN


_SURNAMES = "贺 庄 詹 乔 裴 温 岳 康 施 柏 骆 凌 祁 翁 邬 卞 厉 冼 官 辛 娄 芮 蒲 郁 戚 柯 缪 滕 殷 欧阳 上官 慕容"
_GIVEN = (
    "兰舟 砚清 若渔 知微 景澜 怀瑾 疏桐 青屿 望舒 牧之 晚棠 云峥 远岫 鹿鸣 听澜 棠溪 石岩 立夏 冬至 长庚 "
    "岭 澈 屹 沅 珩 霁 骁 曜 旻 蔚 朔 筝 芷 昶 晖 湛"
)
_PLACES = (
    "黛苇 雁棠 沅鹭 砚松 枫禾 竹沅 桐鹤 柳砚 苇雁 麻桐 丹鹭 鹤沙 松黛 桃砚 禾汀 榆鹭 芦雁 栎沙 沙鹭 "
    "椒岚 柏雁 霁棠 菱鹤 葭禾 楸鹭 蓼沙 荻雁 槭桐 蒹沅 茭鹤 樗岚 梓鹭"
)
_PLACE_ENDS = "湾 坪 坞 塘 洲 垭 滩 浦 圩 埠"
_EN_FIRST = (
    "Aldric Brenna Corwin Delphine Edrik Fiora Garrick Helene Ivo Jorina Kester Liora Marek Nerys Osric Petra Quill "
    "Rowena Soren Tamsin Ulric Vesna Wendell Ysolde"
)
_EN_LAST = (
    "Varn Brix Dunm Fenw Jess Kett Norw Penh Ridg Stann Ulv Wexc Yarb Thrack Moss Lind Gall Hask Pell Quarr Sibb Trev "
    "Brack Corb"
)
_EN_LAST_ENDS = "holt ley ere ick ard ett ingham ow anby idge"
_EN_PLACES = (
    "Orrin Hesk Tolv Selw Drav Umber Glenn Kestr Yarr Fald Brenn Cald Dunw Ravv Skell Thorv Wrenn Mard Nesk Polv "
    "Quenn Starv Tarv Velm"
)
_EN_PLACE_ENDS = "mere|ford|moor|bridge|wick|haven|field|mouth|combe|ley|stead| Vale| Bay| Hill| Cross| Ferry"
_STEMS_ZH = "黛 曜 砚 沅 榆 霁 珩 澜 翎 棠 璟 骁 煜 朔 筠 泓"
_STEM_ENDS_ZH = "禾 川 泽 桥 帆 原 宁 石 岳 舟"
_STEMS_EN = (
    "Varnholt Halcyon Meridian Northgate Silverline Keystone Bluewater Ironbridge Summit Redwood Arcadia Vantage "
    "Lumina Crestview Pinnacle Horizon Tidewater Granite Falcon Orchard"
)
_ROOTS = "vel nor tra zin mor lex cal dra phen quin ros thal bri cor lum ser tav mel fex gol"
_HAN_ROOTS = "维 诺 特 泽 莫 赛 卡 德 芬 昆 罗 泰 布 科 伦 塞 塔 美 法 戈"
_WORK_ZH = (
    "雪落 渡船 灯火 风起 夜航 白鹭 橘子 烟雨 归途 无名 春水 旧城 北窗 远灯 "
    "迟到 第七夜 半山 河灯 晚钟 石榴 芦花 老站 冬麦 雨巷"
)
_WORK_ENDS_ZH = "手记 谣 故人 来信 独白 书简 纪行 无声 往事 物语 年代 之外 未央 的孩子 渡口 小夜曲"
_WORK_EN = (
    "Silent Glass Paper Amber Northbound Hollow Crooked Falling Borrowed Winter Unlit Copper Distant Velvet Forgotten "
    "Salted Last Painted Quiet Broken"
)
_WORK_ENDS_EN = (
    "Harbour|Orchard|Lanterns|Ferry|Letters|Clockmaker|Hours|Shoreline|Meadow|Parade|Staircase|Garden of June|"
    "Ballad|Cartographer|Tide|Windows"
)
_ORGANS_ZH = "胃 肺 肾 肝 心肌 关节 甲状腺 胰腺 皮肤 角膜 脊髓 骨髓"
_DISEASES_ZH = "炎 囊肿 纤维化 综合征 结节 水肿 萎缩 功能不全"
_DISEASES_EN = "itis osis oma opathy algia emia"
_JOBS_ZH = "运营 技术 审计 外联 项目 采购 品牌 法务 质量 物流 培训 数据 渠道 安全 工艺 客服"
_LEVELS_ZH = "副 首席 高级 助理 见习 代理 执行 荣誉"
_POSTS_ZH = "总监 专员 主管 顾问 督导 秘书 干事 协调员"
_JOBS_EN = (
    "programme audit compliance outreach logistics archive field training liaison grants facilities safety procurement "
    "quality research communications"
)
_LEVELS_EN = "deputy senior acting assistant chief honorary interim regional"
_POSTS_EN = "officer director adviser coordinator curator secretary manager lead"
_METHODS_EN = "Sparse Hierarchical Adaptive Dual Latent Robust Gated Elastic Cascaded Masked Rotary Tempered"
_METHOD_SORTS_EN = "Gradient Boundary Kernel Graph Field Margin Prototype Lattice Residual Token"
_METHOD_HEADS_EN = "Pooling Decoder Sampler Matching Estimator Search Alignment Filter Routing Network"


class Draw:
    """Takes parts of lists, each by another mixture of the same number."""

    __slots__ = ("_half", "_number", "_place")

    def __init__(self, number: int, half: int) -> None:
        self._number, self._half, self._place = number, half, 0

    def below(self, size: int) -> int:
        """A number from 0 to `size` - 1."""
        self._place += 1
        return mix(self._number, SALTS[self._place % len(SALTS)]) % size

    def of(self, choices: str) -> str:
        """One of some words, separated by blanks (or by bars where a word holds blanks), of this half of them."""
        halves = _halves(choices)
        own = halves[self._half]
        return own[self.below(len(own))]

    def any(self, choices: str) -> str:
        """One of some words, which are no names: of all of them."""
        first, second = _halves(choices)
        at = self.below(len(first) + len(second))
        return first[at // 2] if at % 2 == 0 else second[at // 2]


@cache
def _halves(choices: str) -> tuple[list[str], list[str]]:
    words = choices.split("|") if "|" in choices else choices.split()
    return words[::2], words[1::2] or words


def _zh_person(d: Draw) -> str:
    return d.of(_SURNAMES) + d.of(_GIVEN)


def _zh_place(d: Draw) -> str:
    return d.of(_PLACES) + d.any(_PLACE_ENDS)


def _zh_stem(d: Draw) -> str:
    return d.of(_STEMS_ZH) + d.any(_STEM_ENDS_ZH)


def _en_last(d: Draw) -> str:
    return d.of(_EN_LAST) + d.any(_EN_LAST_ENDS)


def _en_person(d: Draw) -> str:
    return f"{d.of(_EN_FIRST)} {_en_last(d)}"


def _en_place(d: Draw) -> str:
    return d.of(_EN_PLACES) + d.any(_EN_PLACE_ENDS)


def _en_work(d: Draw) -> str:
    return d.any("The |") + d.of(_WORK_EN) + " " + d.any(_WORK_ENDS_EN)


def _zh_date(d: Draw) -> str:
    year, month, day = 1953 + d.below(70), 1 + d.below(12), 1 + d.below(28)
    return (f"{year}年{month}月{day}日", f"{month}月{day}日", f"{year}年{month}月")[d.below(3)]


def _en_date(d: Draw) -> str:
    month = d.any("January February March April May June July August September October November December")
    year, day = 1953 + d.below(70), 1 + d.below(28)
    return (f"{month} {day}, {year}", f"{month} {year}", f"{day} {month}")[d.below(3)]


def _gene(d: Draw) -> str:
    letters = "".join("BCDFGHKLMNPRSTVXZ"[d.below(17)] for _ in range(3))
    return letters + (str(1 + d.below(28)), f"-{1 + d.below(9)}", f"{1 + d.below(9)}B")[d.below(3)]


def _zh_organization(d: Draw) -> str:
    return _zh_place(d) + d.any("市文化局 商会 研究院 慈善基金会 报社 志愿者协会 地质队 青年联合会 出版社 合作社")


def _en_organization(d: Draw) -> str:
    stem = _en_place(d)
    tail = d.any("Foundation|Council|Institute|Press Agency|Trade Union|Historical Society|Task Force|Committee")
    return f"{stem} {tail}"


RULES: dict[Language, dict[str, Callable[[Draw], str]]] = {
    "zh": {
        "person": _zh_person,
        "place": lambda d: _zh_place(d) + d.any("市 县 镇 区 村 路 山"),
        "city": lambda d: _zh_place(d) + d.any("市 县 镇 区"),
        "province": lambda d: _zh_place(d) + "省",
        "country": lambda d: d.of(_HAN_ROOTS) + d.any("昆 泽 芬 赫 沃 韦 兹 弗") + d.any("兰 尼亚 斯坦 共和国"),
        "nature": lambda d: _zh_place(d) + d.any("河 山 岛 湖 公园 峡谷"),
        "road": lambda d: _zh_place(d) + d.any("路 大道 街 巷"),
        "facility": lambda d: _zh_place(d) + d.any("体育馆 大厦 机场 图书馆 会展中心 车站"),
        "organization": _zh_organization,
        "company": lambda d: (
            _zh_stem(d) + d.any("科技 实业 物流 生物 置业 传媒 新材料") + d.any("有限公司 集团 股份有限公司")
        ),
        "school": lambda d: _zh_place(d) + d.any("大学 师范学院 第三中学 职业技术学院 实验小学"),
        "hospital": lambda d: _zh_place(d) + d.any("市第二人民医院 中医院 妇幼保健院"),
        "team": lambda d: _zh_place(d) + d.any("队 女篮 俱乐部 雄鹰队"),
        "restaurant": lambda d: _zh_place(d) + d.any("酒家 面馆 私房菜 小馆"),
        "work": lambda d: d.of(_WORK_ZH) + d.any(_WORK_ENDS_ZH),
        "date": _zh_date,
        "year": lambda d: f"{1953 + d.below(70)}年",
        "duration": lambda d: str(2 + d.below(28)) + d.any("天 个月 年 小时 周"),
        "number": lambda d: str(3 + d.below(960)) + d.any("人 名 件 台 吨 个"),
        "percent": lambda d: f"{1 + d.below(98)}.{d.below(100):02}%",
        "money": lambda d: f"{1 + d.below(980)}.{d.below(10)}" + d.any("万元 亿元 万美元"),
        "disease": lambda d: (
            d.any("急性 慢性 原发性 遗传性 复发性 弥漫性 早发性 反应性") + d.of(_ORGANS_ZH) + d.any(_DISEASES_ZH)
        ),
        "drug": lambda d: d.of(_HAN_ROOTS) + d.any(_HAN_ROOTS) + d.any("替尼 霉素 洛尔 单抗 胶囊 西林"),
        "gene": _gene,
        "product": lambda d: _zh_stem(d) + "ABEKMXZ"[d.below(7)] + str(1 + d.below(90)),
        "title": lambda d: d.any(_LEVELS_ZH) + d.of(_JOBS_ZH) + d.any(_POSTS_ZH),
        "award": lambda d: _zh_place(d) + d.any("杯文学奖 科技进步奖 电影节评审团奖 金穗奖"),
    },
    "en": {
        "person": _en_person,
        "place": _en_place,
        "city": lambda d: _en_place(d) + d.any(" City| Springs| Falls"),
        "province": lambda d: d.any("North|South|New|Upper") + " " + _en_place(d),
        "country": lambda d: d.of(_ROOTS).capitalize() + d.any(_ROOTS) + d.any("ia land stan"),
        "nature": lambda d: d.any("Mount|Lake|Cape|Loch") + " " + _en_last(d),
        "road": lambda d: _en_last(d) + d.any(" Street| Avenue| Road"),
        "facility": lambda d: _en_last(d) + d.any(" Arena| Airport| Tower| Library| Theatre"),
        "organization": _en_organization,
        "company": lambda d: _en_last(d) + d.any(" Logistics| Holdings| Software| Energy") + d.any(" Ltd| Inc."),
        "school": lambda d: _en_place(d) + d.any(" University| College| High School"),
        "hospital": lambda d: _en_place(d) + d.any(" General Hospital| Clinic"),
        "team": lambda d: _en_place(d) + d.any(" Rovers| Falcons| United| Bears"),
        "restaurant": lambda d: _en_last(d) + d.any("'s Kitchen|'s Grill| Bistro"),
        "work": _en_work,
        "date": _en_date,
        "year": lambda d: str(1953 + d.below(70)),
        "duration": lambda d: str(2 + d.below(28)) + d.any(" days| weeks| months| years"),
        "number": lambda d: str(3 + d.below(960)),
        "percent": lambda d: f"{1 + d.below(98)}.{d.below(10)} percent",
        "money": lambda d: f"${1 + d.below(980)}.{d.below(10)} million",
        "disease": lambda d: d.any("chronic |acute |familial ") + d.of(_ROOTS) + d.any(_ROOTS) + d.any(_DISEASES_EN),
        "drug": lambda d: d.of(_ROOTS) + d.any("a e i o") + d.any(_ROOTS) + d.any("mab vir statin pril azole"),
        "gene": _gene,
        "product": lambda d: f"{d.of(_STEMS_EN)} {'ABEKMXZ'[d.below(7)]}{1 + d.below(90)}",
        "method": lambda d: f"{d.of(_METHODS_EN)} {d.any(_METHOD_SORTS_EN)} {d.any(_METHOD_HEADS_EN)}",
        "title": lambda d: f"{d.any(_LEVELS_EN)} {d.of(_JOBS_EN)} {d.any(_POSTS_EN)}",
        "award": lambda d: _en_last(d) + d.any(" Prize| Medal| Award for Fiction"),
    },
}


def invented(concept: str, language: Language, number: int, half: int = 0) -> str | None:
    """A name of a class, by the concept of a label; None where its class has no rule."""
    rule = RULES[language].get(CLASSES.get(concept, ""))
    return rule(Draw(number, half)) if rule else None


def recombined(mentions: Sequence[str], language: Language, number: int) -> str | None:
    """The beginning of one mention and the end of another; None where they cannot be put together.

    Both are cut between words, and have at most four of them.
    """
    draw, halves = Draw(number, 0), list[tuple[str, str]]()
    for _ in range(6 if len(mentions) > 1 else 0):
        found = _cut(mentions[draw.below(len(mentions))], language)
        if found:
            halves.append(found)
        if len(halves) == 2:
            if _fit(halves[0][0], halves[1][1], language):
                return halves[0][0] + halves[1][1]
            del halves[1]
    return None


def _fit(left: str, right: str, language: Language) -> bool:
    """Whether two parts can stand beside each other: neither says what the other one says (研究生|研究生班)."""
    if language == "en":
        return not set(left.lower().split()) & set(right.lower().split())
    return not any(left[at : at + 2] in right for at in range(len(left) - 1)) and left[-1] != right[0]


@lru_cache(50_000)
def _cut(mention: str, language: Language) -> tuple[str, str] | None:
    """A mention of two to four words in two, before its last word; None if there is a function word or a rest."""
    if not _PLAIN[language].fullmatch(mention):
        return None
    edges = [0, *Words(mention, language).inside(0, len(mention)), len(mention)]
    words = [mention[start:end].strip() for start, end in pairwise(edges)]
    shortest = min(len(words[0]), len(words[-2]), len(words[-1])) if len(words) > 1 else 0
    if not 1 < len(words) < 5 or shortest < 2 or not all(is_content(w, language) for w in (*words[-2:], words[0])):
        return None
    return mention[: edges[-2]], mention[edges[-2] :]


_PLAIN: dict[Language, re.Pattern[str]] = {
    "zh": re.compile(r"[\u4e00-\u9fd5]{3,14}"),
    "en": re.compile(r"[^\W\d_]{2,}(?: [^\W\d_]{2,}){1,3}"),
}
