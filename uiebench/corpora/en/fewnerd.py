"""Few-NERD, supervised setting: sentences of Wikipedia with 66 fine types in 8 coarse ones.

Native form: token and type (``coarse-fine``) a line, separated by a tab, an empty line after every
sentence. The types have no B- or I- prefix, so that two mentions of one type that touch cannot be told
apart: neighbouring tokens of one type are one mention.

    Corran	location-GPE
    elected	O
    Ada	person-politician
    Finch	person-politician

The tokens are joined with one blank. The few-shot settings INTRA and INTER cut the same sentences by type
and are not read here.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from uiebench.formats import columns
from uiebench.ledger import Ledger
from uiebench.types import Archive, Corpus, Document, Label, Licence, Reader, Schema, Split, Totals

DATA = Archive(
    "supervised",
    "https://cloud.tsinghua.edu.cn/f/09265750ae6340429827/?dl=1",
    members=("train.txt", "dev.txt", "test.txt"),
    strip=1,
)
ROWS = columns(scheme="IO", separator="\t", joiner=" ")


def inside(name: str) -> Reader:
    """A reader of the file `name` of the unpacked folder."""

    def read(folders: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
        return ROWS([folder / name for folder in folders], ledger)

    return read


CORPUS = Corpus(
    name="fewnerd",
    title="Few-NERD (supervised)",
    language="en",
    domain="encyclopedia",
    domain_zh="百科",
    tasks=("NER",),
    homepage="https://github.com/thunlp/Few-NERD",
    citation="""@inproceedings{ding-etal-2021-nerd,
  title = {Few-{NERD}: A Few-shot Named Entity Recognition Dataset},
  author = {Ding, Ning and Xu, Guangwei and Chen, Yulin and Wang, Xiaobin and Han, Xu and Xie, Pengjun and
            Zheng, Haitao and Liu, Zhiyuan},
  booktitle = {Proceedings of the 59th Annual Meeting of the Association for Computational Linguistics},
  year = {2021}, url = {https://aclanthology.org/2021.acl-long.248},
}""",
    licence=Licence("CC BY-SA 4.0", redistribute=True, url="https://creativecommons.org/licenses/by-sa/4.0/"),
    splits=(
        Split("train", (DATA,), read=inside("train.txt")),
        Split("dev", (DATA,), read=inside("dev.txt")),
        Split("test", (DATA,), read=inside("test.txt")),
    ),
    read=inside("train.txt"),
    schema=Schema(
        entities=(
            Label(
                "art-broadcastprogram", "广播电视节目", "broadcast program", description="a television or radio program"
            ),
            Label("art-film", "电影", "movie", description="a film"),
            Label("art-music", "音乐作品", "musical work", description="a song, album or composition"),
            Label("art-other", "其他艺术作品", "other work of art", description="a work of art of no other type"),
            Label("art-painting", "绘画", "painting", description="a painting or drawing"),
            Label("art-writtenart", "文字作品", "written work", description="a book, poem, play, magazine or comic"),
            Label("building-airport", "机场", "airport", description="an airport"),
            Label("building-hospital", "医院", "hospital", description="a hospital or clinic"),
            Label("building-hotel", "酒店", "hotel", description="a hotel or inn"),
            Label("building-library", "图书馆", "library", description="a library"),
            Label("building-other", "其他建筑", "other building", description="a building of no other type"),
            Label("building-restaurant", "餐馆", "restaurant", description="a restaurant, café or bar"),
            Label(
                "building-sportsfacility",
                "体育场馆",
                "sports facility",
                description="a stadium, arena or sports ground",
            ),
            Label("building-theater", "剧院", "theater", description="a theatre, opera house or concert hall"),
            Label(
                "event-attack/battle/war/militaryconflict",
                "军事冲突",
                "military conflict",
                description="an attack, battle, war or campaign",
            ),
            Label("event-disaster", "灾难", "disaster", description="a natural disaster, accident or famine"),
            Label("event-election", "选举", "election", description="an election or referendum"),
            Label("event-other", "其他事件", "other event", description="a named event of no other type"),
            Label("event-protest", "抗议", "protest", description="a protest, uprising or revolution"),
            Label(
                "event-sportsevent",
                "体育赛事",
                "sports event",
                description="a match, tournament, season or another sports event",
            ),
            Label("location-bodiesofwater", "水体", "body of water", description="a river, lake, sea or canal"),
            Label(
                "location-GPE",
                "地缘政治实体",
                "geopolitical entity",
                description="a country, state, city or another place with a government",
            ),
            Label("location-island", "岛屿", "island", description="an island or a group of islands"),
            Label("location-mountain", "山脉", "mountain", description="a mountain or a range of mountains"),
            Label("location-other", "其他地点", "other location", description="a place of no other type"),
            Label("location-park", "公园", "park", description="a park, garden or nature reserve"),
            Label(
                "location-road/railway/highway/transit",
                "道路交通线",
                "transport route",
                description="a road, railway, highway, transit line or station",
            ),
            Label("organization-company", "公司", "company", description="a company, firm or brand"),
            Label(
                "organization-education", "教育机构", "educational institution", description="a school or university"
            ),
            Label(
                "organization-government/governmentagency",
                "政府",
                "government",
                description="a government or its agency",
            ),
            Label(
                "organization-media/newspaper",
                "媒体",
                "media organization",
                description="a newspaper, broadcaster or another medium",
            ),
            Label(
                "organization-other",
                "其他组织机构",
                "other organization",
                description="an organization of no other type",
            ),
            Label("organization-politicalparty", "政党", "political party", description="a political party"),
            Label(
                "organization-religion", "宗教组织", "religious organization", description="a church, order or religion"
            ),
            Label(
                "organization-showorganization", "演艺团体", "performing group", description="a band, choir or troupe"
            ),
            Label(
                "organization-sportsleague", "体育联盟", "sports league", description="a league or conference of teams"
            ),
            Label("organization-sportsteam", "运动队", "sports team", description="a club or team"),
            Label(
                "other-astronomything",
                "天体",
                "astronomical object",
                description="a star, planet, galaxy or another thing in space",
            ),
            Label("other-award", "奖项", "award", description="a prize, medal or honour"),
            Label(
                "other-biologything", "生物学对象", "biological entity", description="a gene, protein, cell or enzyme"
            ),
            Label(
                "other-chemicalthing", "化学物质", "chemical", description="an element, compound or another substance"
            ),
            Label("other-currency", "货币", "currency", description="a currency, or a sum in it"),
            Label("other-disease", "疾病", "disease", description="a disease, injury or disorder"),
            Label(
                "other-educationaldegree", "学位", "academic degree", description="a degree of a school or university"
            ),
            Label("other-god", "神灵", "deity", description="a deity or another divine being"),
            Label("other-language", "语言", "language", description="a language or dialect"),
            Label("other-law", "法律", "law", description="a law, treaty or constitution"),
            Label("other-livingthing", "生物", "organism", description="an animal, plant or another living thing"),
            Label("other-medical", "医学", "medical term", description="a treatment, drug or branch of medicine"),
            Label("person-actor", "演员", "actor", description="an actor or actress"),
            Label(
                "person-artist/author", "艺术家或作家", "artist or author", description="a painter, musician or writer"
            ),
            Label("person-athlete", "运动员", "athlete", description="a player or another athlete"),
            Label("person-director", "导演", "director", description="a director of films, plays or programmes"),
            Label("person-other", "其他人物", "other person", description="a person of no other type"),
            Label(
                "person-politician",
                "政治人物",
                "politician",
                description="a head of state, minister, member of parliament or another politician",
            ),
            Label("person-scholar", "学者", "scholar", description="a scientist, professor or another scholar"),
            Label("person-soldier", "军人", "soldier", description="a soldier or officer"),
            Label("product-airplane", "飞机", "airplane", description="a type or an individual airplane"),
            Label("product-car", "汽车", "car", description="a model or make of car"),
            Label("product-food", "食品", "food", description="a food, drink or plant to eat"),
            Label("product-game", "游戏", "game", description="a video game, board game or another game"),
            Label("product-other", "其他产品", "other product", description="a product of no other type"),
            Label("product-ship", "船舶", "ship", description="a ship or a class of ships"),
            Label(
                "product-software", "软件", "software", description="a program, system, website or programming language"
            ),
            Label("product-train", "列车", "train", description="a locomotive, train or its class"),
            Label("product-weapon", "武器", "weapon", description="a weapon or weapon system"),
        )
    ),
    description="Sentences of Wikipedia annotated by hand with 66 fine types of entities in 8 coarse ones.",
    annotation="By hand.",
    verified="sample",
    published={"train": Totals(131767), "dev": Totals(18824), "test": Totals(37648)},
    published_source="Ding et al. (2021)",
    differences=(
        "The files were not at hand: our totals are unknown. The paper counts 491,711 mentions in all; the files "
        "cannot tell mentions of one type that touch apart, so that ours will be fewer."
    ),
    differences_zh=(
        "未能取得文件，故不知我们的总数。论文共计 491,711 个提及；文件无法区分相邻的同类提及，因此我们的会少一些。"
    ),
)
