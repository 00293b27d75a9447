"""FindVehicle: descriptions of vehicles on the road, made from templates, with their properties.

Native form: JSON lines; a mention is its type, the first and the end character (exclusive), the string,
the first and the end token, and the tokens. Where mentions of different layers cover one another, the
text may stand twice, first with one layer and then with the other:

    {"id": 4, "data": "Find the red Sparrow Dart .", "ner_label": [["vehicle_color", 9, 12, "red", 2, 3, ["red"]],
      ["vehicle_brand", 13, 20, "Sparrow", 3, 4, ["Sparrow"]], ["vehicle_model", 21, 25, "Dart", 4, 5, ["Dart"]]],
      "re_label": [[0, 1, 2]]}
    {"id": 5, "data": "Find the red Sparrow Dart .", "ner_label": [["vehicle_type-sedan", 13, 25, "Sparrow Dart",
      3, 5, ["Sparrow", "Dart"]]]}

A document is a text with the mentions of all its records: a type that one of them leaves out is not
absent from the text. ``re_label``, which says which mentions describe one vehicle, is not kept. Of the
fine types the documentation spells only ``vehicle_type-suv`` and ``vehicle_type-sedan``; in the others
letter case, blanks, hyphens and underscores are therefore taken alike.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from uiebench.formats import Row, gathered, offsets
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Document, Entity, Label, Licence, Manual, Reported, Schema, Split

HOW = (
    "Download FindVehicle from the disk that its page links to (the password stands there too) and put {} into the "
    "folder findvehicle of the raw folder."
)
PAGE = "https://github.com/GuanRunwei/FindVehicle"
TRAIN = Manual("FindVehicle_train.jsonl", HOW.format("FindVehicle_train.jsonl"), PAGE)
TEST = Manual("FindVehicle_test.jsonl", HOW.format("FindVehicle_test.jsonl"), PAGE)

RECORDS = offsets(text="data", mentions="ner_label", type=0, start=1, end=2, surface=3)


def rows(files: Sequence[Path], ledger: Ledger) -> Iterator[Row]:
    """The records, of which two may have one text."""
    for record in RECORDS(files, ledger):
        found = [Entity(m.text, m.start, m.end, spelt(m.type)) for m in record.entities]
        yield Row(Document("", record.text, tuple(found)))


def spelt(type: str) -> str:
    """A type with its fine part in lower case, words joined by underscores."""
    coarse, hyphen, fine = type.partition("-")
    return coarse + hyphen + "_".join(fine.lower().replace("-", " ").replace("_", " ").split())


CORPUS = Corpus(
    name="findvehicle",
    title="FindVehicle",
    language="en",
    domain="traffic",
    domain_zh="交通",
    tasks=("NER",),
    homepage=PAGE,
    citation="""@article{guan-etal-2023-findvehicle,
  title = {{FindVehicle} and {VehicleFinder}: a {NER} dataset for natural language-based vehicle retrieval and a
           keyword-based cross-modal vehicle retrieval system},
  author = {Guan, Runwei and Man, Ka Lok and Chen, Feifan and Yao, Shanliang and Hu, Rongsheng and Zhu, Xiaohui and
            Smith, Jeremy and Lim, Eng Gee and Yue, Yutao},
  journal = {Multimedia Tools and Applications},
  year = {2023}, doi = {10.1007/s11042-023-16373-y},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated."),
    splits=(Split("train", (TRAIN,)), Split("test", (TEST,))),
    read=gathered(rows),
    schema=Schema(
        entities=(
            Label("vehicle_color", "车辆颜色", "vehicle color", description="the colour of the vehicle"),
            Label("vehicle_brand", "车辆品牌", "vehicle brand", description="the maker or brand of the vehicle"),
            Label("vehicle_model", "车型", "vehicle model", description="the name of a model of one brand"),
            Label("vehicle_type", "车辆类型", "vehicle type", description="a kind of vehicle, such as sedan or bus"),
            Label(
                "vehicle_location",
                "画面位置",
                "vehicle location",
                description="where in the picture the vehicle is, such as bottom left",
            ),
            Label(
                "vehicle_orientation",
                "车辆朝向",
                "vehicle orientation",
                description="the direction in which the vehicle faces or moves",
            ),
            Label(
                "vehicle_velocity", "车速", "vehicle velocity", description="the speed, with its unit if there is one"
            ),
            Label(
                "vehicle_range", "距离范围", "vehicle range", description="a range or distance stated of the vehicle"
            ),
            Label("vehicle_type-suv", "运动型多用途车", "SUV", description="brand and model of an SUV"),
            Label("vehicle_type-sedan", "三厢轿车", "sedan", description="brand and model of a sedan"),
            Label("vehicle_type-mpv", "多用途车", "MPV", description="brand and model of a multi-purpose vehicle"),
            Label("vehicle_type-hatchback", "两厢轿车", "hatchback", description="brand and model of a hatchback"),
            Label("vehicle_type-coupe", "双门轿跑车", "coupe", description="brand and model of a coupe"),
            Label("vehicle_type-roadster", "敞篷跑车", "roadster", description="brand and model of a roadster"),
            Label("vehicle_type-sports_car", "跑车", "sports car", description="brand and model of a sports car"),
            Label("vehicle_type-estate_car", "旅行车", "estate car", description="brand and model of an estate car"),
            Label("vehicle_type-vintage_car", "老爷车", "vintage car", description="brand and model of a vintage car"),
            Label("vehicle_type-van", "厢式车", "van", description="brand and model of a van"),
            Label("vehicle_type-bus", "客车", "bus", description="brand and model of a bus"),
            Label("vehicle_type-truck", "卡车", "truck", description="brand and model of a truck"),
            Label("vehicle_type-motorcycle", "摩托车", "motorcycle", description="brand and model of a motorcycle"),
        )
    ),
    description="Descriptions of vehicles on the road as one would give them to find one in a video; mentions overlap.",
    verified="sample",
    reported=(Reported("InstructUIE", "NER", 21, 21_565, 20_777, 20_777),),
    differences=(
        "The files were not at hand: our totals are unknown. InstructUIE counts records; ours will be fewer where a "
        "text has two. There is no official dev split: InstructUIE's has the size of its test set."
    ),
    differences_zh=(
        "未能取得文件，故不知我们的总数。InstructUIE 按记录计；一个文本有两条记录时，我们的会少一些。没有官方开发集："
        "InstructUIE 的开发集与其测试集一样大。"
    ),
)
