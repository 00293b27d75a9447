"""ADE corpus v2: drugs and their adverse effects in sentences of medical case reports (MEDLINE).

Native form: in ``DRUG-AE.rel`` one pair a line (PubMed id, sentence, effect, its begin and end, drug, its begin
and end), the sentence repeated for every pair; in ``ADE-NEG.txt`` a sentence that states no adverse effect:

    101|Itching followed lorazine.|Itching|310|317|lorazine|327|335
    101 NEG He was discharged on day four.

Offsets count the characters of the whole report, which is not published. Where a sentence begins in it is
the only number that puts all strings of its rows at the place of their offsets.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from uiebench.formats import Row, apart, gathered, read_lines
from uiebench.ledger import Ledger
from uiebench.text import occurrences
from uiebench.types import (
    Corpus,
    Document,
    Download,
    Entity,
    Label,
    Licence,
    Reading,
    Relation,
    RelationLabel,
    Reported,
    Schema,
    Split,
    Totals,
)

BASE = "https://raw.githubusercontent.com/trunghlt/AdverseDrugReaction/2851af96e26050cf551a2e1f716ff861f7b1059b/"
RELATED = Download(
    "DRUG-AE.rel",
    BASE + "ADE-Corpus-V2/DRUG-AE.rel",
    sha256="542cdc483ccc94927762eaf2c9a8ecac49a6c10037dda2895be6a6e20160f75a",
    bytes=1423024,
)
UNRELATED = Download(
    "ADE-NEG.txt",
    BASE + "ADE-Corpus-V2/ADE-NEG.txt",
    sha256="8f506c159042ce354fbf26981dc39971dde8f09b1158d94106eab1e516e53fcf",
    bytes=2308469,
)

Stated = tuple[int, str, int, str, int]
"""The line, the effect and its begin, the drug and its begin."""


def sentences(files: Sequence[Path], ledger: Ledger) -> Iterator[Row]:
    """The sentences of both files; one that stands in two reports comes twice."""
    related, unrelated = files
    for (_, text), rows in _rows(related, ledger).items():
        ledger.line = rows[0][0]
        start = _beginning(text, rows, ledger)
        found = []
        for _, effect, at_effect, drug, at_drug in rows:
            head = Entity(drug, at_drug - start, at_drug - start + len(drug), "Drug")
            tail = Entity(effect, at_effect - start, at_effect - start + len(effect), "Adverse-Effect")
            found.append(Relation("DRUG-AE", head, tail))
        yield Row(Document("", text, relations=tuple(found)))
    for line in read_lines(unrelated, ledger):
        id, _, text = line.partition(" NEG ")
        if not id.isdigit() or not text:
            raise ledger.malformed(line, "a PubMed id, NEG and a sentence")
        yield Row(Document("", text))


def _rows(path: Path, ledger: Ledger) -> dict[tuple[str, str], list[Stated]]:
    """The rows of each sentence, by PubMed id and sentence."""
    found: dict[tuple[str, str], list[Stated]] = {}
    for line in read_lines(path, ledger):
        try:
            id, text, effect, at_effect, _, drug, at_drug, _ = line.split("|")
            row = ledger.line, effect, int(at_effect), drug, int(at_drug)
        except ValueError:
            raise ledger.malformed(line, "8 columns separated by '|', four of them offsets") from None
        found.setdefault((id, text), []).append(row)
    return found


def _beginning(text: str, rows: Sequence[Stated], ledger: Ledger) -> int:
    """Where the sentence begins in its report."""
    possible: set[int] | None = None
    for _, effect, at_effect, drug, at_drug in rows:
        for string, offset in ((effect, at_effect), (drug, at_drug)):
            here = {offset - place for place in occurrences(text, string)}
            possible = here if possible is None else possible & here
    if possible is None or len(possible) != 1:
        raise ledger.malformed(text, "offsets that leave one beginning for the sentence")
    return possible.pop()


CORPUS = Corpus(
    name="ade",
    title="ADE corpus v2",
    language="en",
    domain="medicine",
    domain_zh="医疗",
    tasks=("RE",),
    homepage="https://sites.google.com/site/adecorpus/",
    citation="""@article{gurulingappa-etal-2012-development,
  title = {Development of a benchmark corpus to support the automatic extraction of drug-related adverse effects
           from medical case reports},
  author = {Gurulingappa, Harsha and Rajput, Abdul Mateen and Roberts, Angus and Fluck, Juliane and
            Hofmann-Apitius, Martin and Toldo, Luca},
  journal = {Journal of Biomedical Informatics}, volume = {45}, number = {5}, year = {2012},
  pages = {885--892}, doi = {10.1016/j.jbi.2012.04.008},
}""",
    licence=Licence("unknown", redistribute=False, terms="No licence is stated; the authors ask for citation."),
    splits=(Split("train", (RELATED, UNRELATED)),),
    read=gathered(sentences),
    schema=Schema(
        entities=(
            Label("Drug", "药物", "drug", description="names of drugs and drug classes"),
            Label("Adverse-Effect", "不良反应", "adverse effect", description="harmful effects: symptoms, diseases"),
        ),
        relations=(
            RelationLabel(
                "DRUG-AE",
                "不良反应",
                "adverse effect",
                description="the tail is an adverse effect of the drug",
                heads=("Drug",),
                tails=("Adverse-Effect",),
            ),
        ),
    ),
    description="Sentences of medical case reports, annotated by hand with the pairs of a drug and an adverse effect "
    "it caused; drug and effect may overlap. A drug or symptom that is in no such pair is not annotated, so this is "
    "no corpus of entities. DRUG-DOSE.rel is not read: it gives doses in 213 of the sentences with an adverse effect "
    "and in none of the others, many of which name doses too. 86 % of PHEE's test and 83 % of its dev sentences "
    "stand here too: PHEE does not test a model that was trained on these texts (docs/contamination.md).",
    annotation="By hand.",
    verified="original",
    published={"train": Totals(relations=6821)},
    published_source="Gurulingappa et al. (2012)",
    expect={
        "train": Totals(20896, 0, 6820, 0, 0, drops={"repeated annotation": 1}, repairs={"outer space": 2}),
    },
    reported=(Reported("InstructUIE", "RE", 1, 3417, 427, 428),),
    differences=(
        "Ours hold the sentences with an adverse effect (4,271 texts) and 16,625 more without any, from ADE-NEG.txt "
        "(16,695 rows, some repeated); one sentence is the title of two reports and counted once. InstructUIE's "
        "3,417 / 427 / 428 are the 4,272 sentences with an adverse effect (reading `rows`, having relations), cut "
        "into three by an unpublished choice."
    ),
    differences_zh=(
        "我们的文本包括有不良反应的句子（4,271 个文本）以及 ADE-NEG.txt 中没有不良反应的 16,625 个（16,695 行，有重复"
        "）；有一句是两篇报告的标题，只计一次。InstructUIE 的 3,417 / 427 / 428 即有不良反应的 4,272 句（读法 `rows`"
        "，只取有关系的），按未公布的方式分成三份。"
    ),
    defects={
        "repeated annotation": "One sentence is the title of two reports, with the same pair.",
        "outer space": "One effect ends and one drug begins with a blank.",
    },
    readings={
        "rows": Reading(
            "a sentence of one report",
            apart(sentences),
            expect={"train": Totals(20967, 0, 6821, 0, 0, repairs={"outer space": 2})},
        )
    },
)
