"""Mentions said otherwise: translated, abbreviated, with a title, with other numerals. True, and not in the text.

    paraphrases("世界卫生组织", "organization", "zh")     →  ["世卫", "World Health Organization", …]
    paraphrases("John Ashdown", "person", "en")          →  ["Mr. Ashdown", "J. Ashdown", "Ashdown, John"]

A model that understands a text and does not copy it writes such strings; an extraction has to give the words of
the text. The rules and the small lexicon below were written for this purpose.
"""

from __future__ import annotations

import re
from functools import lru_cache

from uiebench.pairs.names import CLASSES
from uiebench.pairs.words import Words
from uiebench.types import Language

TRANSLATIONS = {
    "中国": "China", "美国": "the United States", "英国": "the United Kingdom", "法国": "France", "德国": "Germany",
    "日本": "Japan", "韩国": "South Korea", "俄罗斯": "Russia", "印度": "India", "加拿大": "Canada", "巴西": "Brazil",
    "澳大利亚": "Australia", "意大利": "Italy", "西班牙": "Spain", "伊朗": "Iran", "伊拉克": "Iraq", "以色列": "Israel",
    "北京": "Beijing", "上海": "Shanghai", "广州": "Guangzhou", "深圳": "Shenzhen", "天津": "Tianjin", "重庆": "Chongqing",
    "香港": "Hong Kong", "台湾": "Taiwan", "澳门": "Macau", "南京": "Nanjing", "武汉": "Wuhan", "西安": "Xi'an",
    "成都": "Chengdu", "杭州": "Hangzhou", "纽约": "New York", "伦敦": "London", "巴黎": "Paris", "东京": "Tokyo",
    "莫斯科": "Moscow", "华盛顿": "Washington", "柏林": "Berlin", "罗马": "Rome", "欧洲": "Europe", "亚洲": "Asia",
    "非洲": "Africa", "联合国": "the United Nations", "欧盟": "the European Union", "世界卫生组织": "World Health Organization",
    "世界银行": "World Bank", "新华社": "Xinhua News Agency", "北京大学": "Peking University", "清华大学": "Tsinghua University",
    "大学": "university", "公司": "company", "医院": "hospital", "政府": "government", "学校": "school", "警方": "the police",
    "总统": "president", "总理": "prime minister", "董事长": "chairman", "总经理": "general manager", "教授": "professor",
    "主席": "chairman", "记者": "reporter", "医生": "doctor", "律师": "lawyer", "演员": "actor", "导演": "director",
    "汉族": "Han Chinese", "本科": "bachelor's degree", "硕士": "master's degree", "博士": "doctorate", "今天": "today",
    "昨天": "yesterday", "明天": "tomorrow", "今年": "this year", "去年": "last year", "糖尿病": "diabetes",
    "高血压": "hypertension", "肺炎": "pneumonia", "肝炎": "hepatitis", "癌症": "cancer", "发热": "fever", "头痛": "headache",
    "咳嗽": "cough", "感染": "infection", "疼痛": "pain", "手术": "surgery", "死亡": "death", "逮捕": "arrest",
    "攻击": "attack", "地震": "earthquake", "爆炸": "explosion", "裁员": "layoffs", "收购": "acquisition", "上市": "listing",
    "结婚": "marriage", "离婚": "divorce", "比赛": "match", "选举": "election", "会议": "meeting", "受伤": "injury",
    "胰岛素": "insulin", "阿司匹林": "aspirin", "肿瘤": "tumour", "患者": "patient", "儿童": "children", "夺冠": "championship",
    "辞职": "resignation", "去世": "passing away", "获奖": "award", "发布": "release", "亏损": "losses", "质押": "pledge",
}  # fmt: skip
"""Chinese → English, read both ways."""
BACK = {english.removeprefix("the ").lower(): chinese for chinese, english in TRANSLATIONS.items()}

_DIGITS = "〇一二三四五六七八九"
_TO_HAN = str.maketrans("0123456789", _DIGITS)
_TO_ARABIC = str.maketrans(_DIGITS + "零", "01234567890")
_WIDE = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})
_COUNTED = re.compile(r"\d+(?=[年月日号岁天个人名次])")
_HAN_COUNTED = re.compile(r"(?<![十百千万〇一二三四五六七八九])[〇一二三四五六七八九]+(?=[年月日号岁天个人名次])")
_NUMBER_WORDS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "twenty": "20", "thirty": "30", "hundred": "100",
}  # fmt: skip
_WORD_OF = {digits: word for word, digits in _NUMBER_WORDS.items()}
_HAN = re.compile(r"[\u4e00-\u9fd5]+")
_LATIN_NAME = re.compile(r"[A-Z][\w'’.-]+(?: [A-Z][\w'’.-]*)+")
_CAPITALS = re.compile(r"\b[A-Z]")
_OF = {"of", "the", "and", "for", "in", "on", "de", "la"}
_PLACES, _PEOPLE = {"city", "place", "province"}, {"person"}
_BODIES = {"organization", "company", "school", "hospital", "team"}
_MONTHS = (
    "January February March April May June July August September October November December".split()
)  # fmt: skip
_SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊"
    "纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房解应宗丁宣邓单杭洪包诸左"
    "石崔吉龚程邢裴陆荣翁荀羊惠曲封储靳段富巫焦巴弓牧山谷车侯全班秋仲伊宫宁仇甘厉祖武符刘景詹龙叶司韶黎薄白怀蒲从鄂索赖卓屠"
    "蒙池乔阴胥苍闻党翟谭贡劳冉桑桂牛寿通边燕冀尚农温别庄晏柴瞿阎连习艾容向古易慎戈廖庾终居衡步耿满匡文寇广欧阳上官"
)
"""Common Chinese surnames: only behind one of them a string is a name that a title can follow."""
_SUFFIXES = {"股份有限公司": "", "有限责任公司": "", "有限公司": "", "集团": "", "委员会": "委"}
_COMPANY_EN = re.compile(r",? (?:Inc|Corp|Ltd|Co|LLC|plc|Corporation|Company|Limited|Group)\.?$")


@lru_cache(50_000)
def paraphrases(mention: str, concept: str, language: Language) -> tuple[str, ...]:
    """Other ways to say a mention, the least mechanical first; none where no rule applies."""
    kind = CLASSES.get(concept, "")
    found = _chinese(mention, kind) if language == "zh" else _english(mention, kind)
    return tuple(dict.fromkeys(said for said in found if said and said != mention))


def _chinese(mention: str, kind: str) -> list[str]:
    found = []
    if mention in TRANSLATIONS:
        found.append(TRANSLATIONS[mention])
    else:
        for chinese, english in TRANSLATIONS.items():
            if len(chinese) > 1 and chinese in mention and len(mention) <= len(chinese) + 2 and kind in _PLACES:
                found.append(english.removeprefix("the "))
                break
    is_han = bool(_HAN.fullmatch(mention))
    if kind in _PEOPLE and is_han and 2 <= len(mention) <= 4 and mention[0] in _SURNAMES:
        surname = mention[:2] if len(mention) == 4 else mention[0]
        found += [f"{mention}先生", f"{surname}先生", f"{surname}某", f"{mention}女士"]
    elif kind in _BODIES and is_han and len(mention) >= 4:
        for suffix, short in _SUFFIXES.items():
            if mention.endswith(suffix) and len(mention) > len(suffix) + 1:
                found.append(mention.removesuffix(suffix) + short)
                break
        if len(mention) == 4 or (
            len(mention) == 6 and mention.endswith("大学")
        ):  # 远山大学 → 远大, 远山师范大学 → 远师大
            found.insert(0, mention[::2])
    elif kind in _PLACES and is_han:
        found += (
            [mention[:-1]] if len(mention) > 2 and mention[-1] in "市省县区镇国" else [f"{mention}市", f"{mention}地区"]
        )
    elif kind == "work":
        found += [mention.strip("《》"), f"《{mention}》"] if "《" in mention else [f"《{mention}》"]
    if _COUNTED.search(mention):
        found.append(_COUNTED.sub(lambda number: number[0].translate(_TO_HAN), mention))
    elif _HAN_COUNTED.search(mention):
        found.append(_HAN_COUNTED.sub(lambda number: number[0].translate(_TO_ARABIC), mention))
    if re.search("[A-Za-z0-9]", mention):
        found.append(mention.translate(_WIDE))
    if not found and is_han and len(mention) > 5 and "的" not in mention:  # 急性上呼吸道感染 → 急性感染
        edges = Words(mention, "zh").inside(0, len(mention))
        if len(edges) > 1 and edges[0] > 1 and len(mention) - edges[-1] > 1:
            found.append(mention[: edges[0]] + mention[edges[-1] :])
    return found


def _english(mention: str, kind: str) -> list[str]:
    found = []
    chinese = BACK.get(mention.lower().removeprefix("the "))
    words = mention.split()
    if kind in _PEOPLE and _LATIN_NAME.fullmatch(mention):
        first, last = words[0], words[-1]
        found += [f"{first[0]}. {last}", f"{last}, {first}", f"Mr. {last}"]
    elif kind in _PEOPLE and len(words) == 1 and mention.istitle():
        found += [f"Mr. {mention}", f"Ms. {mention}"]
    if len(words) > 2 and len(_CAPITALS.findall(mention)) > 2:
        found.append("".join(word[0] for word in words if word[0].isalpha() and word.lower() not in _OF).upper())
    if kind in _BODIES and (bare := _COMPANY_EN.sub("", mention)) != mention:
        found.append(bare)
    elif kind in _BODIES and mention[0].isupper() and not mention.startswith("The "):
        found.append(f"The {mention}")
    if kind == "date":
        for month in _MONTHS:
            if month in words and len(month) > 3:
                found.append(mention.replace(month, f"{month[:3]}."))
    swapped = [_NUMBER_WORDS.get(word.lower()) or _WORD_OF.get(word) or word for word in words]
    if swapped != words:
        found.append(" ".join(swapped))
    if len(words) == 2 and not kind and words[1].isalpha() and words[0].isalpha():
        found.append(f"{words[1]} of {words[0]}" if mention.islower() else "")
    elif len(words) == 3 and words[1] == "of":
        found.append(f"{words[2]} {words[0]}")
    if mention.islower() and mention.isalpha() and len(mention) > 4:
        found.append(mention[:-1] if mention.endswith("s") and not mention.endswith("ss") else mention.capitalize())
    if chinese:
        found.append(chinese)
    if not found and mention.isalpha():
        found.append(mention.upper() if not mention.isupper() else mention.capitalize())
    return found
