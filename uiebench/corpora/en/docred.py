"""DocRED: relations in whole introductions of Wikipedia articles, annotated by people.

Native form (see `uiebench.formats.clusters`): one JSON array; sentences as tokens, entities as clusters of mentions
(half-open token positions in a sentence), relations between clusters by Wikidata property. The test file has no
labels.

    [{"title": "Ashby Ferry", "sents": [["Ashby", "Ferry", "is", "a", "town", "in", "Norland", "."]],
      "vertexSet": [[{"name": "Ashby Ferry", "sent_id": 0, "pos": [0, 2], "type": "LOC"}],
                    [{"name": "Norland", "sent_id": 0, "pos": [6, 7], "type": "LOC"}]],
      "labels": [{"h": 0, "t": 1, "r": "P17", "evidence": [0]}]}]

The text is all tokens joined with one blank; tokens of white space alone are left out. Every mention is an
entity. A relation here joins two mentions, so each cluster is represented by its first mention in the text, as
a rule the full name, of a state often the adjective (`Canadian`, where `Canada` follows later). Coreference,
the title and the evidence sentences are not kept. The test file does give the entities, but not the relations:
its texts count as without gold. The distantly supervised part (``train_distant.json``) is not read.
"""

from uiebench.corpora.wikidata import DOCRED
from uiebench.formats import clustered_texts, clusters
from uiebench.types import Corpus, Licence, Manual, Split, Totals

FOLDER = "https://drive.google.com/drive/folders/1c5-0YwnoJx8NS6CV2f-NoTHR__BdkNqw"


def file(name: str) -> Manual:
    """The source of one split."""
    how = (
        f"Download {name} from the authors' folder on Google Drive and put it into the folder docred; or take "
        f"data/{name}.gz of the dataset thunlp/docred on Hugging Face and unpack it there"
    )
    return Manual(name, how, url=FOLDER)


TRAIN, DEV, TEST = file("train_annotated.json"), file("dev.json"), file("test.json")

CORPUS = Corpus(
    name="docred",
    title="DocRED",
    language="en",
    domain="encyclopedia",
    domain_zh="百科",
    tasks=("NER", "RE"),
    homepage="https://github.com/thunlp/DocRED",
    citation="""@inproceedings{yao-etal-2019-docred,
  title = {{DocRED}: A Large-Scale Document-Level Relation Extraction Dataset},
  author = {Yao, Yuan and Ye, Deming and Li, Peng and Han, Xu and Lin, Yankai and Liu, Zhenghao and Liu, Zhiyuan and
            Huang, Lixin and Zhou, Jie and Sun, Maosong},
  booktitle = {Proceedings of the 57th Annual Meeting of the Association for Computational Linguistics},
  year = {2019}, pages = {764--777}, url = {https://aclanthology.org/P19-1074},
}""",
    licence=Licence(
        "MIT",
        redistribute=True,
        url="https://huggingface.co/datasets/thunlp/docred",
        terms="The authors' dataset page states it; the texts are from Wikipedia (CC BY-SA).",
    ),
    splits=(Split("train", (TRAIN,)), Split("dev", (DEV,)), Split("test", (TEST,), gold=False, read=clustered_texts)),
    read=clusters,
    schema=DOCRED,
    description="Introductions of Wikipedia articles with the mentions of all entities and the relations between "
    "entities. Many true relations are not annotated: see Re-DocRED, whose train is this one revised, and whose dev "
    "and test are the two halves of this dev.",
    annotation="By crowd workers, of relations proposed by distant supervision from Wikidata.",
    verified="sample",
    published={"train": Totals(3053), "dev": Totals(1000), "test": Totals(1000)},
    published_source="Yao et al. (2019)",
    differences="The files were not at hand. The Hugging Face edition of dev is said to hold 998 articles. What is "
    "known to be wrong in Re-DocRED (mentions listed twice, names with a section number) is to be expected here too.",
    differences_zh=(
        "未能取得文件。据说 Hugging Face 版的开发集有 998 篇。Re-DocRED 中已知的错误（重复列出的提及、带章节号的名称"
        "）这里大概也有。"
    ),
)
