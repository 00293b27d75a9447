"""Speed of making confusions, beside the floor of the same prompts: part of ``make bench``. Not a test.

Invented prompts of each task in Chinese and English are confused as `uiebench pairs confuse` does it with the
shipped recipe, in one process and in memory: kinds, edits, words, and the scorer's verdict on every answer.

    task   prompts  what is asked                        floor: a target decoded, encoded and scored
    NER    3,000    four types in texts of a few dozen words, gold in nearly all
    RE     3,000    four relations
    EE     3,000    three event types

*cold* begins with no word known, as a run does; *warm* is the same again. The ratio to the floor is the figure to
compare between machines.
"""

import itertools
import time
from pathlib import Path

from test_confuse import SCHEMA, ask, elsewhere, labels_of

from uiebench.hashing import lot
from uiebench.pairs.answer import Gold, read
from uiebench.pairs.case import Page, Vocabulary
from uiebench.pairs.cases import as_case
from uiebench.pairs.confuse import Confuser
from uiebench.pairs.lexicon import Lexicon
from uiebench.pairs.settings import ConfuseRecipe
from uiebench.recipe import load_recipe
from uiebench.types import Argument, Document, Entity, Event, Relation, Span

PROMPTS = 3000
NAMES = {
    "zh": ["远山科技", "林川生物公司", "宁泽物流集团", "高明", "方远山", "季然", "南浦市", "鹿溪县"],
    "en": ["Halden Foods", "Linford Dairy Group", "Corvin Steel", "Oskar Brandt", "Mira Lund", "Ada Fenn"],
}
LINKS = {
    "zh": ["与", "在会议上宣布收购", "的代表昨天前往", "签署了合作协议，随后", "支持改革方案，", "的工人在", "批评了"],
    "en": [
        " met ",
        " announced a merger with ",
        " sent its delegates to ",
        ", which later criticised ",
        " and workers of ",
        " signed an agreement near ",
    ],
}
TYPES = {"zh": ["ORG"] * 3 + ["PER"] * 3 + ["LOC"] * 2, "en": ["ORG"] * 3 + ["PER"] * 3}
TASKS = ("NER", "RE", "EE")


def text_of(language, number):
    """An invented text and where its names stand."""
    text, places = "", []
    for part in range(4 + number % 4):
        at = lot(language, number, part) % len(NAMES[language])
        name = NAMES[language][at]
        places.append((name, len(text), len(text) + len(name), TYPES[language][at]))
        text += name + LINKS[language][lot(number, part) % len(LINKS[language])]
    return text + ("。" if language == "zh" else "."), places


def document(language, number):
    """An invented document with gold for every task."""
    text, places = text_of(language, number)
    entities = tuple(Entity(*place) for place in places)
    relations = tuple(
        Relation(labels_of("RE")[number % 4], head, tail)
        for head, tail in itertools.pairwise(entities)
        if head.text != tail.text
    )[:3]
    name, start, end, _ = places[0]
    spans = [Argument(*place[:3], "target") for place in places[1:3]]
    events = (Event("buy", Span(name, start, end), (Argument(*places[1][:3], "buyer"), *spans[1:])),)
    return Document(f"bench_{language}/train/{number}", text, entities, relations, events)


def measure(task, language):
    """(cold, warm, floor) in answers a second."""
    recipe = load_recipe(Path("confuse"), ConfuseRecipe)
    documents = [document(language, number) for number in range(PROMPTS)]
    learnt = Lexicon.learn([elsewhere(language), *documents], 0)
    known = Vocabulary(task, language, SCHEMA, learnt, lambda label: (), lambda event, role: ())
    asked = [ask(task, language, one) for one in documents]

    def run():
        confuser = Confuser(task, known, recipe)
        start, made = time.process_time(), 0
        for instruction, one in zip(asked, documents, strict=True):
            _, case = as_case(instruction, task, Page(one, language), known)
            made += len(list(confuser.pairs(instruction, case))) if case else 0
        return made / (time.process_time() - start)

    cold, warm = run(), run()
    start = time.process_time()
    for instruction in asked:
        form, answer = read(instruction.target, task, instruction.shown)
        Gold(answer, task, instruction.shown).judged(form.write(answer))
    return cold, warm, PROMPTS / (time.process_time() - start)


def main():
    """Print a line for each task and language."""
    for language in ("zh", "en"):
        measure("NER", language)  # loads the libraries
        for task in TASKS:
            cold, warm, floor = measure(task, language)
            print(
                f"confuse {task:3} {language}: {cold:8,.0f}/s cold, {warm:8,.0f}/s warm, floor {floor:8,.0f}/s: "
                f"{floor / warm:.1f} times the floor's time"
            )


if __name__ == "__main__":
    main()
