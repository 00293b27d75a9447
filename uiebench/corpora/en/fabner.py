"""FabNER: twelve types of manufacturing science in abstracts of its journals.

Native form (of the edition on the Hugging Face Hub): Parquet files, whose rows hold the tokens of a sentence
and their BIOES tags as numbers; the names of the numbers stand in the schema's metadata:

    {"id": "0", "tokens": ["Cracks", "after", "hot", "rolling", "."], "ner_tags": [0, 0, 5, 7, 0]}

5 is B-MANP, 7 is E-MANP. The tokens are joined with one blank. The text files of the authors (homepage) are
not read: how they mark the end of a sentence is not known.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from uiebench.errors import SourceError
from uiebench.formats import Tokens, spans_of
from uiebench.ledger import Ledger
from uiebench.types import Corpus, Document, HubFile, Label, Licence, Reported, Schema, Split, Totals

REPO, REVISION = "phucdev/fabner", "9f6dddced7fdcecedf54901cceeb7fbda01dbd4e"
TRAIN, DEV, TEST = (
    HubFile(path, REPO, path, REVISION)
    for path in (
        "fabner/train-00000-of-00001.parquet",
        "fabner/validation-00000-of-00001.parquet",
        "fabner/test-00000-of-00001.parquet",
    )
)
TYPES = ("MATE", "MANP", "MACEQ", "APPL", "FEAT", "PRO", "CHAR", "PARA", "ENAT", "CONPRI", "MANS", "BIOP")
TAGS = ["O", *(f"{place}-{type}" for type in TYPES for place in "BIES")]


def read(files: Sequence[Path], ledger: Ledger) -> Iterator[Document]:
    """Reads the rows; a file whose metadata numbers the tags otherwise is an error."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    for ledger.path in files:
        ledger.line = 0
        try:
            table: Any = pq.read_table(ledger.path)
            rows = zip(table["tokens"].to_pylist(), table["ner_tags"].to_pylist(), strict=True)
        except (OSError, KeyError, pa.ArrowException) as error:
            reason = str(error).splitlines()[0]
            raise SourceError(f"{ledger.path}: not a Parquet file of tokens and ner_tags ({reason})") from None
        if b"huggingface" in (metadata := table.schema.metadata or {}):
            info = msgspec.json.decode(metadata[b"huggingface"])
            names = info["info"]["features"]["ner_tags"]["feature"]["names"]
            if names != TAGS:
                raise ledger.malformed(names, f"the tags {TAGS}")
        for ledger.line, (tokens, numbers) in enumerate(rows, start=1):
            if len(tokens) != len(numbers) or not all(0 <= number < len(TAGS) for number in numbers):
                raise ledger.malformed(numbers, f"{len(tokens)} tags below {len(TAGS)}")
            words = Tokens(tokens, ledger)
            spans = spans_of([TAGS[number] for number in numbers], "BMES", ledger)
            yield Document("", words.text, words.entities(spans))


CORPUS = Corpus(
    name="fabner",
    title="FabNER",
    language="en",
    domain="manufacturing",
    domain_zh="制造业",
    tasks=("NER",),
    homepage="https://figshare.com/articles/dataset/Dataset_NER_Manufacturing_-_FabNER_Information_Extraction_from_"
    "Manufacturing_Process_Science_Domain_Literature_Using_Named_Entity_Recognition/14782407",
    citation="""@article{kumar-starly-2022-fabner,
  title = {{FabNER}: Information Extraction from Manufacturing Process Science Domain Literature Using Named Entity
    Recognition},
  author = {Kumar, Aman and Starly, Binil},
  journal = {Journal of Intelligent Manufacturing}, volume = {33}, number = {8}, pages = {2393--2407}, year = {2022},
  url = {https://doi.org/10.1007/s10845-021-01807-x},
}""",
    licence=Licence("unknown", redistribute=False, terms="The Hub states the licence as “other” and says no more."),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,))),
    read=read,
    schema=Schema(
        entities=(
            Label("MATE", "材料", "material", description="a material that is made or processed"),
            Label("MANP", "制造工艺", "manufacturing process", description="a process such as casting or milling"),
            Label("MACEQ", "机器设备", "machine or equipment", description="a machine, tool or other equipment"),
            Label("APPL", "应用", "application", description="what a product or process is used for"),
            Label("FEAT", "工程特征", "engineering feature", description="a geometric or design feature of a part"),
            Label("PRO", "力学性能", "mechanical property", description="a property such as hardness or fatigue life"),
            Label("CHAR", "表征方法", "characterization", description="how a process or material is characterized"),
            Label("PARA", "工艺参数", "process parameter", description="a parameter such as feed rate or temperature"),
            Label("ENAT", "使能技术", "enabling technology", description="a technology that supports manufacturing"),
            Label("CONPRI", "概念与原理", "concept or principle", description="a concept, principle or model"),
            Label("MANS", "制造标准", "manufacturing standard", description="a standard or the body that sets it"),
            Label("BIOP", "生物医学实体", "biomedical entity", description="a term of biology or medicine"),
        )
    ),
    description="Sentences of abstracts on the science of manufacturing processes, from the Web of Science.",
    annotation="By experts, as the dataset card of DFKI-SLT/fabner on the Hugging Face Hub says.",
    verified="sample",
    published={"train": Totals(9435), "dev": Totals(2183), "test": Totals(2064)},
    published_source="card of the data set on the Hugging Face Hub",
    reported=(Reported("InstructUIE", "NER", 12, 9435, 2182, 2064),),
    differences=(
        "The files were not at hand: our totals are unknown. InstructUIE gives 2,182 sentences for dev, one less "
        "than the card."
    ),
    differences_zh="未能取得文件，故不知我们的总数。InstructUIE 的开发集为 2,182 句，比数据卡少一句。",
)
