"""Neural Chinese Address Parsing: Chinese postal addresses divided into 21 kinds of parts.

Native form: a token and its BIO tag a line, an empty line between addresses. A token is a character, a
number or a Latin word; every token belongs to a part, there is no O:

    江 B-road
    滨 I-road
    路 I-road
    102 B-roadno
    号 I-roadno

The files spell three labels otherwise than their list of labels does (``devZone``, ``subRoad``, ``subRoadno``);
here they are those of the list.
"""

from uiebench.formats import columns
from uiebench.types import Corpus, Download, Label, Licence, Schema, Split, Totals

BASE = (
    "https://raw.githubusercontent.com/leodotnet/neural-chinese-address-parsing/"
    "54cf6bde941a152cc096f54294254fc4ee288fa7/data/"
)
TRAIN = Download(
    "train.txt",
    BASE + "train.txt",
    sha256="a2eab8e29c8d114a7bde9ea881355e38d79a08b0f190c4e253ce0e1068b3d1ac",
    bytes=1823063,
)
DEV = Download(
    "dev.txt",
    BASE + "dev.txt",
    sha256="8e3b1b56ab517ba4657a881e32eeca7ec839706fc858cbda554c0d107e98b354",
    bytes=610358,
)
TEST = Download(
    "test.txt",
    BASE + "test.txt",
    sha256="530dad1fea6e926def69e8d18d2a2b810658729baa53a5dae287a8ffe4d5607d",
    bytes=601996,
)

CORPUS = Corpus(
    name="address",
    title="Neural Chinese Address Parsing",
    language="zh",
    domain="address",
    domain_zh="地址",
    tasks=("NER",),
    homepage="https://github.com/leodotnet/neural-chinese-address-parsing",
    citation="""@inproceedings{li-etal-2019-neural,
  title = {Neural {C}hinese Address Parsing},
  author = {Li, Hao and Lu, Wei and Xie, Pengjun and Li, Linlin},
  booktitle = {Proceedings of the 2019 Conference of the North American Chapter of the Association for
    Computational Linguistics},
  year = {2019}, pages = {3421--3431}, url = {https://aclanthology.org/N19-1346},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated (also on Tianchi, dataset 108780)."),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=columns(
        scheme="BIO",
        separator=" ",
        rename={"devZone": "devzone", "subRoad": "subroad", "subRoadno": "subroadno"},
    ),
    schema=Schema(
        entities=(
            Label("country", "国家", "country", description="国家名称"),
            Label("prov", "省级行政区", "province", description="省、自治区，也包括写在省级位置上的直辖市"),
            Label("city", "地级行政区", "city", description="地级市、直辖市、自治州、地区"),
            Label("district", "县级行政区", "district", description="市辖区、县级市、县"),
            Label("devzone", "开发区", "development zone", description="非正式行政区划，多为经济技术开发区、高新区"),
            Label("town", "乡级行政区", "town", description="镇、乡、街道"),
            Label("community", "社区", "community", description="社区、行政村或自然村"),
            Label("road", "道路", "road", description="道路、街巷，或村内的组"),
            Label("subroad", "支路", "branch road", description="主路名之后的支路、辅路或路段"),
            Label("roadno", "门牌号", "street number", description="道路的门牌号、组号及其附号"),
            Label("subroadno", "支路门牌号", "branch street number", description="支路的门牌号"),
            Label("poi", "兴趣点", "point of interest", description="小区、大厦、学校、园区等可定位的地点"),
            Label("subpoi", "子兴趣点", "subordinate point of interest", description="兴趣点内部或附近的下级地点"),
            Label("houseno", "楼栋号", "building number", description="楼、栋、幢的编号"),
            Label("cellno", "单元号", "unit number", description="楼栋内单元的编号"),
            Label("floorno", "楼层号", "floor number", description="所在的楼层"),
            Label("roomno", "房间号", "room number", description="房间、室的编号"),
            Label("person", "楼内单位", "occupant", description="楼内的企业、机构、店铺或收件处"),
            Label("assist", "辅助定位词", "locating word", description="门口、旁边、对面等模糊的定位词"),
            Label("redundant", "冗余", "redundant text", description="重复的或对定位无帮助的内容，包括分隔符号"),
            Label("otherinfo", "其他信息", "other information", description="无法归入以上各类的内容"),
        )
    ),
    description="Delivery addresses, most of them in the province of Zhejiang, segmented into parts without remainder.",
    annotation="By hand.",
    verified="original",
    published={"train": Totals(8957), "dev": Totals(2985), "test": Totals(2985)},
    published_source="the sizes usually reported for Li et al. (2019)",
    expect={
        "train": Totals(8957, 50934, 0, 0, 0),
        "dev": Totals(2985, 17024, 0, 0, 0),
        "test": Totals(2985, 16704, 0, 0, 0),
    },
)
