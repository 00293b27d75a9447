"""Names that nobody bears, by rule, for classes of which a corpus has too few to put others together (see `parts`).

    invented("person", "zh", number)             →  "贺兰舟"
    invented("company", "en", number)            →  "Varnholt Logistics Ltd"

Everything is put together from the lists below, which were written for this purpose; `number` is a hash and says
which parts are taken. The stems of a class lie in two halves: one for the pairs of training, one for those of
evaluation, so that a reward model can be tried on names that it has not seen.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from functools import cache

from uiebench.hashing import lot, mix
from uiebench.pairs.parts import Draw
from uiebench.pairs.words import is_place, tag
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
    "place|city|province|country|road|facility|ethnicity",
    "nature",
    "native place|country|city|province|ethnicity",
    "organization|company|school|hospital|team|restaurant|facility",
    "work|product",
    "date|year|duration",
    "number|percent|money|duration",
    "disease|symptom",
    "disease feature",
    "medical procedure|medical test|laboratory test|imaging examination|surgery|medical device",
    "medical procedure|surgery|treatment|drug",
    "body part|anatomical entity",
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


_SURNAMES = (
    "贺 庄 詹 乔 裴 温 岳 康 施 柏 骆 凌 祁 翁 邬 卞 厉 冼 官 辛 娄 芮 蒲 郁 戚 柯 缪 滕 殷 倪 汤 齐 伍 余 顾 "
    "孟 穆 萧 尹 姚 邵 湛 汪 毛 狄 米 贝 戴 宋 庞 熊 纪 舒 屈 项 祝 董 梁 杜 阮 蓝 席 季 欧阳 上官 慕容 司徒 "
    "尉迟 令狐"
)
_GIVEN = (
    "兰 砚 若 知 景 怀 疏 青 望 牧 晚 云 远 鹿 听 棠 石 立 冬 长 伯 秉 承 楚 德 敦 方 广 鸿 惠 嘉 建 锦 敬 俊 "
    "开 可 礼 良 令 慕 乃 念 其 庆 仁 如 润 尚 世 书 思 天 庭 维 文 希 孝 秀 学 彦 一 宜 永 友 予 毓 元 泽 正 "
    "之 志 仲 子 宗"
)
_GIVEN_ENDS = (
    "舟 清 渔 微 澜 瑾 桐 屿 舒 之 棠 峥 岫 鸣 岩 夏 庚 岭 澈 屹 沅 珩 霁 骁 曜 旻 蔚 朔 筝 芷 昶 晖 湛 安 斌 "
    "波 昌 超 诚 达 丹 芳 菲 刚 光 桂 海 涵 航 豪 恒 宏 华 辉 慧 佳 洁 杰 娟 凯 坤 磊 莉 琳 玲 梅 敏 楠 宁 鹏 "
    "平 琪 强 琴 蓉 珊 涛"
)
_PLACES = (
    "黛 雁 沅 砚 枫 竹 桐 柳 苇 麻 丹 鹤 松 桃 禾 榆 芦 栎 沙 椒 柏 霁 菱 葭 楸 蓼 荻 槭 蒹 茭 樗 梓 青 白 石 "
    "云 清 永 安 金 银 龙 凤 虎 鹿 马 牛 燕 莲 兰 梅 樟 桂 槐 杏 梨 茶 麦 谷 棉 盐 铁 铜 陶 瓷 玉 珠"
)
_PLACE_SECONDS = (
    "苇 棠 鹭 松 沅 鹤 砚 雁 桐 黛 汀 岚 川 泽 源 宁 平 兴 昌 阳 阴 和 顺 康 泰 丰 庆 远 原 口 头 门 桥 关 寨 "
    "堡 岗 岭 坝 塔 渡 店 集 屯 围 井 泉 溪 沟 涧"
)
_PLACE_ENDS = ("", "", "湾", "坪", "坞", "塘", "洲", "垭", "滩", "浦", "圩", "埠")
_EN_FIRST = (
    "Aldric Brenna Corwin Delphine Edrik Fiora Garrick Helene Ivo Jorina Kester Liora Marek Nerys Osric Petra "
    "Quill Rowena Soren Tamsin Ulric Vesna Wendell Ysolde Alan Beth Carl Dana Eric Faye Glen Hana Ian Joan "
    "Keith Lena Mark Nora Owen Paula Roy Sara Tom Uma Vera Will Anna Bruno Clara Dirk Elsa Felix Greta Hugo "
    "Irene Jan Karin Leo Maya Nils Olga Paul Rosa Simon Thea Viktor Wanda Ahmed Bo Chen Devi Emeka Farid "
    "Goran Hiro Indira Jomo Kofi Leila Min Nadia Omar Priya Rashid Sunil Tariq Yuki Zoran"
)
_EN_LAST = (
    "Varn Brix Dun Fen Jes Ket Nor Pen Ridg Stan Ulv Wex Yar Thrack Mos Lin Gal Has Pel Quar Sib Trev Brack "
    "Cor Ash Bram Cal Dal Far Glen Hal Hart Kel Lang Mar Oak Pres Rad Sel Thorn Wes Win Bur Car Den El Gar "
    "Holm Ing Kir Lar Mer Nes Or Pol Ros Sten Tor Und Vin Wal"
)
_EN_LAST_ENDS = (
    "holt ley ere ick ard ett ingham ow anby idge ton ford ham well wood worth by den man field bury more son"
)
_EN_PLACES = (
    "Orrin Hesk Tolv Selw Drav Umber Glenn Kestr Yarr Fald Brenn Cald Dun Rav Skell Thorv Wrenn Mard Nesk "
    "Polv Quen Starv Tarv Velm Ander Bark Corv Dorn Ever Farn Gorst Holl Inch Jarn Kirk Lorn Melk Nord Oster "
    "Pend Rook Sand Tind Ulm Vard Wend Yelv Ald Birk Cran Eld Fosk Grim Harl"
)
_EN_PLACE_ENDS = (
    "mere|ford|moor|bridge|wick|haven|field|mouth|combe|ley|stead|ton|bury|by|dale|ham|port|worth|ville|burg|"
    " Vale| Bay| Hill| Cross| Ferry"
)
_STEMS_ZH = (
    "黛 曜 砚 沅 榆 霁 珩 澜 翎 棠 璟 骁 煜 朔 筠 泓 安 博 诚 创 达 德 鼎 东 方 丰 福 高 冠 光 海 汉 恒 宏 华 "
    "汇 金 锦 京 巨 凯 康 科 利 联 龙 美 明 南 鹏 普 启 千 瑞 润 三 盛 世 泰 天 通 万 新 信 兴 亚 益 永 远 中 "
    "众"
)
_STEM_ENDS_ZH = "禾 川 泽 桥 帆 原 宁 石 岳 舟 达 通 源 泰 和 瑞 信 业 邦 讯 维 元 康 华 丰"
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


class Stems(Draw):
    """Takes parts of lists, each by another mixture of the same number."""

    __slots__ = ("_half",)

    def __init__(self, number: int, half: int) -> None:
        super().__init__(number, SALTS)
        self._half = half

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


def _zh_person(d: Stems) -> str:
    surname, last = d.of(_SURNAMES), d.any(_GIVEN_ENDS)
    return surname + last if d.below(4) == 0 else surname + d.any(_GIVEN) + last


def _zh_place(d: Stems) -> str:
    return d.of(_PLACES) + d.any(_PLACE_SECONDS) + _PLACE_ENDS[d.below(len(_PLACE_ENDS))]


def _zh_stem(d: Stems) -> str:
    return d.of(_STEMS_ZH) + d.any(_STEM_ENDS_ZH)


def _en_last(d: Stems) -> str:
    return _joined(d.of(_EN_LAST), d.any(_EN_LAST_ENDS))


def _joined(stem: str, ending: str) -> str:
    """An English word of two parts, with no letter twice where they meet."""
    return stem.rstrip(ending[0]) + ending


def _en_person(d: Stems) -> str:
    return f"{d.of(_EN_FIRST)} {_en_last(d)}"


def _en_place(d: Stems) -> str:
    return _joined(d.of(_EN_PLACES), d.any(_EN_PLACE_ENDS))


def _en_work(d: Stems) -> str:
    return d.any("The |") + d.of(_WORK_EN) + " " + d.any(_WORK_ENDS_EN)


def _zh_date(d: Stems) -> str:
    year, month, day = 1953 + d.below(70), 1 + d.below(12), 1 + d.below(28)
    return (f"{year}年{month}月{day}日", f"{month}月{day}日", f"{year}年{month}月")[d.below(3)]


def _en_date(d: Stems) -> str:
    month = d.any("January February March April May June July August September October November December")
    year, day = 1953 + d.below(70), 1 + d.below(28)
    return (f"{month} {day}, {year}", f"{month} {year}", f"{day} {month}")[d.below(3)]


def _gene(d: Stems) -> str:
    letters = "".join("BCDFGHKLMNPRSTVXZ"[d.below(17)] for _ in range(3))
    return letters + (str(1 + d.below(28)), f"-{1 + d.below(9)}", f"{1 + d.below(9)}B")[d.below(3)]


def _zh_organization(d: Stems) -> str:
    return _zh_place(d) + d.any("市文化局 商会 研究院 慈善基金会 报社 志愿者协会 地质队 青年联合会 出版社 合作社")


def _en_organization(d: Stems) -> str:
    stem = _en_place(d)
    tail = d.any("Foundation|Council|Institute|Press Agency|Trade Union|Historical Society|Task Force|Committee")
    return f"{stem} {tail}"


RULES: dict[Language, dict[str, Callable[[Stems], str]]] = {
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


_REAL = frozenset({"place", "city", "province", "country", "nature", "road"})
"""Classes of which a dictionary has many Chinese names: what it has is not invented."""


def invented(concept: str, language: Language, number: int, half: int = 0) -> str | None:
    """A name of a class, by the concept of a label; None where its class has no rule."""
    kind = CLASSES.get(concept, "")
    rule = RULES[language].get(kind)
    name = rule(Stems(number, half)) if rule else None
    while rule and name and language == "zh" and kind in _REAL and (tag(name) != "?" or is_place(name[:-1])):
        number = mix(number, SALTS[0])
        name = rule(Stems(number, half))
    return name
