"""What the corpora of Wikipedia sentences with Wikidata relations share: relation labels and texts of tokens.

    relations("P19 P26")                      →  (RelationLabel("P19", "出生地", "place of birth", …), …)
    join_words(["Mira", "Holt", "\\xa0", "."])  →  ("Mira Holt .", [0, 5, 10, 10], [4, 9, 9, 11])

DocRED, Re-DocRED, FewRel and Wiki-ZSL name their relations by Wikidata property. The English names here
are Wikidata's own of the time of these corpora, since the literature knows the relations by them; where
another corpus calls the same thing otherwise, the concept says so.
"""

from collections.abc import Sequence

from uiebench.types import RelationLabel

# property, Chinese name, English name, concept (empty: the English name), description
PROPERTIES = (
    ("P6", "政府首脑", "head of government", "", "the tail heads or headed the government of the place in the head"),
    ("P17", "所属国家", "country", "", "the head lies in, belongs to or comes from the country in the tail"),
    ("P19", "出生地", "place of birth", "", "the person was born in the tail"),
    ("P20", "死亡地点", "place of death", "", "the person died in the tail"),
    ("P22", "父亲", "father", "", "the tail is the father of the head"),
    ("P25", "母亲", "mother", "", "the tail is the mother of the head"),
    ("P26", "配偶", "spouse", "", "the two are or were married"),
    ("P27", "国籍", "country of citizenship", "nationality", "the person is or was a citizen of the country"),
    ("P30", "所属大洲", "continent", "", "the head lies on the continent in the tail"),
    ("P31", "类别", "instance of", "", "the head is one individual of the class in the tail"),
    ("P35", "国家元首", "head of state", "", "the tail is or was the head of the state in the head"),
    ("P36", "首都", "capital", "", "the tail is the capital of the state or region in the head"),
    ("P37", "官方语言", "official language", "", "the tail is an official language of the head"),
    ("P39", "职务", "position held", "job title", "the person holds or held the office in the tail"),
    ("P40", "子女", "child", "", "the tail is a child of the head"),
    ("P47", "接壤", "shares border with", "", "the two places have a common border"),
    ("P50", "作者", "author", "", "the tail wrote the work in the head"),
    ("P53", "家族", "family", "dynasty", "the person belongs to the family or dynasty in the tail"),
    (
        "P54",
        "所属运动队",
        "member of sports team",
        "sports team",
        "the person plays or played for the team in the tail",
    ),
    ("P57", "导演", "director", "", "the tail directed the work in the head"),
    ("P58", "编剧", "screenwriter", "", "the tail wrote the script of the work in the head"),
    ("P59", "星座", "constellation", "", "the celestial body stands in the constellation in the tail"),
    ("P69", "毕业院校", "educated at", "alma mater", "the person attends or attended the school in the tail"),
    ("P81", "连接线路", "connecting line", "", "the station lies on the line in the tail"),
    ("P84", "建筑师", "architect", "", "the tail designed the building in the head"),
    ("P86", "作曲者", "composer", "", "the tail wrote the music of the head"),
    ("P101", "工作领域", "field of work", "", "the person or organization works in the field in the tail"),
    ("P102", "所属政党", "member of political party", "", "the person belongs or belonged to the party in the tail"),
    ("P105", "分类等级", "taxon rank", "", "the tail is the rank of the head in biology, such as genus or species"),
    ("P106", "职业", "occupation", "", "the tail is the person's occupation"),
    ("P108", "任职机构", "employer", "", "the person works or worked for the tail"),
    ("P112", "创始人", "founded by", "founder", "the tail founded the head"),
    ("P118", "所属联赛", "league", "", "the team or player takes part in the league in the tail"),
    ("P121", "运营项目", "item operated", "", "the head runs the equipment or service in the tail"),
    ("P123", "出版商", "publisher", "", "the tail published the book, game or programme in the head"),
    ("P127", "所有者", "owned by", "owner", "the tail owns or owned the head"),
    (
        "P131",
        "所在行政区",
        "located in the administrative territorial entity",
        "",
        "the head lies in the town, district, state or other administrative area in the tail",
    ),
    ("P135", "流派运动", "movement", "", "the person or work belongs to the artistic or intellectual movement"),
    ("P136", "体裁", "genre", "", "the tail is the genre of the work or of the artist"),
    ("P137", "运营者", "operator", "", "the tail runs the facility, vehicle or service in the head"),
    ("P138", "得名于", "named after", "", "the head has its name from the tail"),
    ("P140", "宗教", "religion", "", "the tail is the religion of the person, group or building"),
    ("P144", "改编自", "based on", "source work", "the work in the head is made after the one in the tail"),
    (
        "P150",
        "下辖行政区",
        "contains administrative territorial entity",
        "administrative division",
        "the tail is a direct administrative division of the head",
    ),
    ("P155", "前一项", "follows", "", "the tail comes directly before the head in a series"),
    ("P156", "后一项", "followed by", "", "the tail comes directly after the head in a series"),
    ("P159", "总部地点", "headquarters location", "", "the organization has its seat in the tail"),
    ("P161", "演员", "cast member", "actor", "the tail acts in the film, series or play in the head"),
    ("P162", "制片人", "producer", "", "the tail produced the film or the music in the head"),
    ("P166", "所获奖项", "award received", "", "the head was given the award in the tail"),
    ("P170", "创作者", "creator", "", "the tail made the work, the character or the thing in the head"),
    ("P171", "父级分类单元", "parent taxon", "", "the tail is the next higher taxon of the head"),
    ("P172", "民族", "ethnic group", "ethnicity", "the person or population belongs to the ethnic group"),
    ("P175", "表演者", "performer", "", "the tail performs the music or plays the role in the head"),
    ("P176", "制造商", "manufacturer", "", "the tail makes or made the product in the head"),
    ("P177", "跨越", "crosses", "", "the bridge or tunnel crosses the river, road or valley in the tail"),
    ("P178", "开发者", "developer", "", "the tail developed the game, software or other product in the head"),
    ("P179", "所属系列", "series", "", "the work in the head is a part of the series in the tail"),
    ("P186", "材料", "material used", "material", "the head is made of the tail"),
    ("P190", "友好城市", "sister city", "", "the two towns are twinned"),
    ("P194", "立法机构", "legislative body", "", "the tail makes the laws of the state or region in the head"),
    ("P205", "流域国家", "basin country", "", "the lake or river drains land of the country in the tail"),
    ("P206", "毗邻水域", "located in or next to body of water", "", "the head lies in or at the sea, lake or river"),
    ("P241", "军种", "military branch", "", "the person or unit belongs to the branch of the forces in the tail"),
    ("P264", "唱片公司", "record label", "", "the music or the musician is published by the label in the tail"),
    ("P272", "出品公司", "production company", "", "the tail is the company that produced the work in the head"),
    ("P276", "位置", "location", "", "the event or thing takes place or stands in the tail"),
    ("P279", "上位类", "subclass of", "hyponym of", "everything the head means is also what the tail means"),
    ("P306", "操作系统", "operating system", "", "the software or device in the head runs on the system in the tail"),
    ("P355", "子公司", "subsidiary", "", "the head owns or controls the organization in the tail"),
    ("P360", "列表内容", "is a list of", "", "the head is a list of things of the kind in the tail"),
    ("P361", "从属于", "part of", "part-whole", "the head is a part of the tail"),
    (
        "P364",
        "影视原语言",
        "original language of film or tv show",
        "original language",
        "the work in the head was made in the language in the tail",
    ),
    ("P366", "用途", "use", "purpose", "the tail is what the head is used for"),
    ("P376", "所在天体", "located on astronomical location", "", "the place in the head is on the celestial body"),
    ("P397", "所绕天体", "parent astronomical body", "", "the head circles or belongs to the body in the tail"),
    ("P400", "平台", "platform", "", "the game or software was published for the platform in the tail"),
    ("P403", "河口", "mouth of the watercourse", "", "the river in the head flows into the water in the tail"),
    ("P407", "作品语言", "language of work or name", "", "the work or name in the head is in the language in the tail"),
    ("P410", "军衔", "military rank", "", "the person holds or held the military rank in the tail"),
    ("P412", "声部", "voice type", "", "the tail is the voice of the singer, such as soprano or bass"),
    (
        "P413",
        "场上位置",
        "position played on team / speciality",
        "position on team",
        "the player plays in the position",
    ),
    ("P425", "职业领域", "field of this occupation", "", "the occupation in the head is that of the field in the tail"),
    ("P449", "首播平台", "original network", "", "the show in the head was first broadcast on the network in the tail"),
    ("P452", "行业", "industry", "", "the tail is the line of business of the organization"),
    ("P460", "据称等同于", "said to be the same as", "", "the two are said to be one, which is disputed"),
    ("P461", "反义概念", "opposite of", "", "the two are opposites"),
    ("P463", "所属组织", "member of", "", "the head belongs to the organization, band or club in the tail"),
    ("P466", "使用者", "occupant", "", "the tail uses or lives in the building in the head"),
    ("P488", "主席", "chairperson", "chairman", "the tail chairs or chaired the organization in the head"),
    ("P495", "来源国", "country of origin", "", "the work, product or dish in the head comes from the country"),
    ("P527", "组成部分", "has part", "", "the tail is a part or a member of the head"),
    ("P530", "邦交国", "diplomatic relation", "", "the two states have diplomatic relations"),
    ("P551", "居住地", "residence", "place of residence", "the person lives or lived in the tail"),
    ("P569", "出生日期", "date of birth", "", "the person was born on the date in the tail"),
    ("P570", "死亡日期", "date of death", "", "the person died on the date in the tail"),
    ("P571", "成立或创建时间", "inception", "founding or creation date", "the head came into being then"),
    (
        "P576",
        "解散时间",
        "dissolved, abolished or demolished",
        "dissolution date",
        "the head ceased to exist at the time in the tail",
    ),
    ("P577", "出版日期", "publication date", "", "the work in the head was first published then"),
    ("P580", "开始时间", "start time", "", "the head began at the time in the tail"),
    ("P582", "结束时间", "end time", "", "the head ended at the time in the tail"),
    ("P585", "发生时间", "point in time", "", "the event in the head took place at the time in the tail"),
    ("P607", "参与战争", "conflict", "", "the person or unit fought in the war or battle in the tail"),
    ("P641", "运动项目", "sport", "", "the head plays, belongs to or takes place in the sport in the tail"),
    ("P647", "选秀球队", "drafted by", "", "the player was drafted by the team in the tail"),
    ("P674", "角色", "characters", "character", "the tail is a character of the work in the head"),
    ("P676", "作词者", "lyrics by", "lyricist", "the tail wrote the lyrics of the song in the head"),
    (
        "P706",
        "所在地形",
        "located on terrain feature",
        "",
        "the head lies on the landform, such as an island or a plain",
    ),
    ("P710", "参与者", "participant", "", "the tail takes or took part in the event in the head"),
    ("P734", "姓氏", "family name", "", "the tail is the person's family name"),
    ("P735", "名字", "given name", "", "the tail is a given name of the person"),
    ("P737", "受影响于", "influenced by", "", "the tail shaped the work or thought of the head"),
    ("P740", "成立地点", "location of formation", "founding location", "the group or company was formed in the tail"),
    ("P749", "母公司", "parent organization", "", "the tail owns or controls the organization in the head"),
    ("P750", "发行商", "distributor", "", "the tail distributes the work in the head"),
    ("P800", "代表作", "notable work", "", "the tail is a notable work of the head"),
    ("P802", "学生", "student", "", "the tail was taught by the head"),
    ("P807", "分离自", "separated from", "", "the head was founded by leaving or splitting the tail"),
    ("P840", "故事地点", "narrative location", "", "the story of the work in the head is set in the tail"),
    ("P921", "主题", "main subject", "", "the work in the head is about the tail"),
    ("P931", "服务地区", "place served by transport hub", "", "the airport or station serves the place in the tail"),
    ("P937", "工作地点", "work location", "", "the person works or worked in the place in the tail"),
    ("P974", "支流", "tributary", "", "the river in the tail flows into the one in the head"),
    ("P991", "当选人", "successful candidate", "", "the tail won the election in the head"),
    (
        "P1001",
        "适用辖区",
        "applies to jurisdiction",
        "",
        "the law, office or body in the head is that of the state or region",
    ),
    ("P1056", "产品", "product or material produced", "product", "the head makes the tail"),
    (
        "P1080",
        "虚构世界",
        "from narrative universe",
        "",
        "the character or thing belongs to the fictional world in the tail",
    ),
    ("P1198", "失业率", "unemployment rate", "", "the tail is the share of people without work in the head"),
    ("P1269", "所属主题", "facet of", "", "the head is one aspect of the wider topic in the tail"),
    ("P1303", "演奏乐器", "instrument", "musical instrument played", "the person plays the instrument in the tail"),
    ("P1336", "主张主权者", "territory claimed by", "", "the tail claims the territory in the head"),
    ("P1344", "参与事件", "participant of", "", "the head takes or took part in the event in the tail"),
    ("P1346", "获胜者", "winner", "", "the tail won the contest in the head"),
    ("P1365", "取代", "replaces", "", "the head took the place of the tail"),
    ("P1366", "被取代", "replaced by", "", "the tail took the place of the head"),
    ("P1376", "所治理地区", "capital of", "", "the town in the head is the capital of the tail"),
    (
        "P1408",
        "广播覆盖地",
        "licensed to broadcast to",
        "",
        "the station in the head is licensed for the place in the tail",
    ),
    ("P1411", "提名奖项", "nominated for", "", "the head was nominated for the award in the tail"),
    (
        "P1412",
        "使用语言",
        "languages spoken, written or signed",
        "language spoken",
        "the person uses the language in the tail",
    ),
    ("P1435", "遗产级别", "heritage designation", "", "the site in the head is protected as what the tail says"),
    ("P1441", "出现于作品", "present in work", "", "the character or thing in the head occurs in the work in the tail"),
    ("P1552", "具有特征", "has quality", "", "the tail is a quality of the head"),
    ("P1589", "最低点", "lowest point", "", "the tail is the lowest point of the country or region"),
    ("P1877", "原作者", "after a work by", "", "the head is made after a work of the artist or writer in the tail"),
    ("P1889", "不同于", "different from", "", "the two are easily confused but different"),
    (
        "P1923",
        "参赛队伍",
        "participating team",
        "",
        "the team in the tail takes part in the match or contest in the head",
    ),
    ("P2094", "竞赛级别", "competition class", "", "the athlete or contest belongs to the class, such as heavyweight"),
    (
        "P2389",
        "领导的组织",
        "organization directed from the office or person",
        "organization directed",
        "the office in the head directs the organization in the tail",
    ),
    ("P2416", "参赛项目", "sports discipline competed in", "", "the athlete competes in the discipline in the tail"),
    ("P3373", "兄弟姐妹", "sibling", "", "the two are brothers or sisters"),
    (
        "P3450",
        "赛季所属赛事",
        "sports season of league or competition",
        "",
        "the season in the head is one of the league or competition in the tail",
    ),
    ("P4552", "所属山脉", "mountain range", "", "the mountain belongs to the range in the tail"),
)
LABELS = {
    name: RelationLabel(name, zh, en, concept=concept, description=description)
    for name, zh, en, concept, description in PROPERTIES
}


def relations(properties: str) -> tuple[RelationLabel, ...]:
    """The labels of Wikidata properties, given as words of a string."""
    return tuple([LABELS[name] for name in properties.split()])


def join_words(tokens: Sequence[str]) -> tuple[str, list[int], list[int]]:
    """The text of tokens joined with one blank, and where each of them starts and ends.

    Tokens of white space alone, or empty, leave no trace in the text: such a token starts where the
    next one does and ends where the last one did, so that a run of tokens that begins or ends with one
    still has the place of its words.
    """
    words, starts, ends, at = [], [], [], 0
    for token in tokens:
        starts.append(at)
        if token and not token.isspace():
            words.append(token)
            at += len(token) + 1
        ends.append(max(at - 1, 0))
    return " ".join(words), starts, ends
