"""Other strings in place of a right one: with another boundary, from elsewhere in the text, or from nowhere in it.

In "高明创办了远山科技有限公司。", for the mention 远山科技,

    wider → 远山科技有限公司      narrower → 远山      character → 远山科      like → a phrase that could be its like
    invented → 云帆传媒集团       borrowed → a mention of another document      paraphrased → 远科

Each takes a case and a hash that chooses, and gives None where there is nothing to give. The first two move one
edge from a word boundary to another word boundary; the last three give strings that are not in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import lru_cache

from uiebench.hashing import mix
from uiebench.pairs import names
from uiebench.pairs.case import SALT, Case, Found, Mention, skewed, turns
from uiebench.pairs.lexicon import Key, is_day, is_whole
from uiebench.pairs.lists import AUXILIARY, FOLLOWING, FUNCTION, OPENING
from uiebench.pairs.names import Kinship
from uiebench.pairs.paraphrase import BODIES, other_number, paraphrases
from uiebench.pairs.words import Words, is_nominal, last_word, proper, tag
from uiebench.types import Language

_DIGIT = re.compile(r"\d")
_ALNUM = re.compile(r"\w")
_PLAIN = re.compile(r"[^\W_]+(?:-[^\W_]+)*\.?")
_GAPS = re.compile(r"[\n\r。！？；]")
TRIES = 6
LIKEST = 4
"""From so many of the likest phrases one is chosen."""
_OUTER = " -–/,、.;:*·・\t\n　"
"""What does not begin or end a mention that is cut short; each is a word of its own."""
Make = Callable[[Case, str, int], str | None]
"""Another string in place of one that stands in the text."""


# --- boundaries -----------------------------------------------------------------------------------


def wider(case: Case, mention: str, number: int, *, trigger: bool = False) -> str | None:
    """With one more word on the left or right, now and then with two; never with one that nobody would take in."""
    place = case.page.place(mention)
    if place is None:
        return None
    text = case.text
    for left in (number & 1, 1 - (number & 1)):
        start, end = place
        for _ in range(2 if (number >> 8) % 4 == 0 else 1):
            more = case.words.before(start) if left else case.words.after(end)
            if more is None:
                break
            added = text[more:start] if left else text[end:more]
            if case.language == "zh" and (added[:1].isspace() or added[-1:].isspace()):  # another field, no other word
                break
            taken = added.strip()
            if not _may_belong(case, taken, text[start:end], mention, left=bool(left), trigger=trigger):
                break
            is_free = case.page.is_free(
                *((more, start) if left else (end, more))
            )  # two mentions are merged, not widened
            if not is_free or not (_is_closed(case, end if left else more) or _may_go_on(case, taken, left=bool(left))):
                break
            start, end = (more, end) if left else (start, more)
        said = text[start:end]
        if (start, end) != place and not _GAPS.search(said) and (is_whole(said) or not is_whole(mention)):
            return said
    return None


def _may_belong(case: Case, word: str, beside: str, mention: str, *, left: bool, trigger: bool) -> bool:
    """Whether a word beside a mention may be taken for a part of it: it qualifies the mention or is qualified by it.

    Not a mark; not a function word, except one that opens a phrase or belongs to a verb; not a number beside what has
    none. An English word has to stand elsewhere as nouns do or what modifies them, or beside a verb as auxiliaries,
    adverbs and prepositions do; in Chinese nouns belong to nouns, and adverbs and verbs to verbs, and what jieba's
    dictionary does not have may be cut in the wrong place.
    """
    if not _ALNUM.search(word) or (_DIGIT.search(word) and not _DIGIT.search(mention)):
        return False
    if case.language == "zh":
        return _may_belong_zh(word, last_word(beside, "zh"), left=left, trigger=trigger)
    usage = case.vocabulary.lexicon.usage("en")
    low, head = word.lower(), (beside.split() or [""])[-1]
    if trigger and not usage.is_noun(head.lower()):
        if left:
            return low in AUXILIARY or low.endswith("ly")
        return low in FOLLOWING or usage.is_noun(low)
    if low in FUNCTION["en"]:
        return left and low in OPENING["en"]
    if not _PLAIN.fullmatch(word) or low.endswith("ly"):
        return False
    if not word.islower():
        return not beside.islower()
    return usage.is_modifier(word) if left else usage.is_noun(word)


def _may_belong_zh(word: str, head: str, *, left: bool, trigger: bool) -> bool:
    if word in FUNCTION["zh"]:
        return left and word in OPENING["zh"]
    if tag(head) in "rt0":  # nothing qualifies a pronoun; a date is wider by another part of it
        return tag(head) != "r" and tag(word) in "t0"
    if trigger and len(word) > 1 and tag(word) in (("va" if tag(head) == "v" else "") + ("d" if left else "")):
        return True
    is_noun = not trigger or is_nominal(head, "zh")
    return is_noun and tag(word) in ("nsbamj" if left else "nskg") and (len(word) > 1 or not left)


def _may_go_on(case: Case, word: str, *, left: bool) -> bool:
    """Whether a mention may take in a word even where its phrase goes on: what qualifies it, or what a verb needs."""
    if case.language == "zh":
        return left
    return word.lower() not in OPENING["en"] if left else word.lower() in FOLLOWING


def _is_closed(case: Case, at: int) -> bool:
    """Whether a phrase may end at an offset: no noun or number goes on behind it."""
    text, more = case.text, case.words.after(at)
    if more is None or (case.language == "zh" and text[at : at + 1].isspace()):
        return True
    word = text[at:more].strip()
    if case.language == "en":
        return not text[at:more][:1].isspace() or not _ALNUM.match(word) or word.lower() in FUNCTION["en"]
    return word in FUNCTION["zh"] or tag(word) in "vdpucr"


def narrower(case: Case, mention: str, number: int) -> str | None:
    """Without its first or its last word: what is left begins and ends as a mention does."""
    place = case.page.place(mention)
    if place is None:
        return None
    start, end = place
    edges = case.words.inside(start, end)
    for turn in (number & 1, 1 - (number & 1)) if edges else ():
        rest = (case.text[edges[0] : end] if turn else case.text[start : edges[-1]]).strip(_OUTER)
        if rest != mention and _is_left(rest, mention, case.language):
            return rest
    return None


def _is_left(rest: str, mention: str, language: Language) -> bool:
    """Whether a part of a mention may be taken for the whole.

    It has two characters at least, its brackets, and no function word at its ends. A foreign name in Chinese stays
    whole, and so does a name of which jieba's dictionary does not have the rest: 程季淑 is no 程季 with a word behind.
    """
    if len(rest) < 2 or not _ALNUM.search(rest) or not (is_whole(rest) or not is_whole(mention)):
        return False
    if language == "en":
        words = rest.lower().split()
        return words[-1] not in FUNCTION["en"] and (words[0] not in FUNCTION["en"] or words[0] in OPENING["en"])
    if "·" in mention or (len(mention) - len(rest) == 1 and len(rest) < 4 and tag(rest) == "?"):
        return False
    edges = [0, *Words(rest, "zh").inside(0, len(rest)), len(rest)]
    return rest[: edges[1]] not in FUNCTION["zh"] - OPENING["zh"] and rest[edges[-2] :] not in FUNCTION["zh"]


def character(case: Case, mention: str, number: int) -> str | None:
    """With an end inside a word.

    In Chinese, with one character more or less at one of its ends. In English, where a model that reads pieces of
    words cuts: its first or last word without what stands before or behind a hyphen, a slash, or a change between
    digits and letters or small and capital ones; of other words nothing is made, "Kenned" is a mistake in spelling.
    """
    place = case.page.place(mention)
    if place is None:
        return None
    if case.language == "en":
        found = _inner(mention)
        return found[number % len(found)] if found else None
    (start, end), text = place, case.text
    for turn in turns(number, 4, 4):
        if turn == 0 and start and text[start - 1].isalnum():
            return text[start - 1 : end]
        if turn == 1 and end < len(text) and text[end].isalnum():
            return text[start : end + 1]
        if end - start > 1 and turn > 1:
            rest = text[start + 1 : end] if turn == 2 else text[start : end - 1]
            if rest[0].isalnum() and rest[-1].isalnum() and is_whole(rest) >= is_whole(mention):
                return rest
    return None


_SEAM = re.compile(r"[-/]|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])|(?<=[a-z])(?=[A-Z])")
"""Where a word of letters and digits is made of pieces."""


@lru_cache(50_000)
def _inner(mention: str) -> tuple[str, ...]:
    """An English mention without the beginning of its first word or the end of its last one, at their seams."""
    found: dict[str, None] = {}
    first, last = len(mention.split(" ", 1)[0]), mention.rfind(" ") + 1
    for seam in _SEAM.finditer(mention):
        for rest, own in (
            (mention[seam.end() :], mention[seam.end() : first]),
            (mention[: seam.start()], mention[last : seam.start()]),
        ):
            # 2M of QD2M, or the 19 of a name, nobody takes for the whole
            is_piece = len(own) > 1 and own[0].isalnum() and own[-1].isalnum()
            is_named = sum(map(str.isalpha, own)) > 1 and own[0].isalpha()
            if is_piece and (is_named or not re.search("[A-Za-z]", mention)) and is_whole(rest) >= is_whole(mention):
                found[rest] = None
    return tuple(found)


def pieces(case: Case, mention: str, number: int) -> tuple[str, str] | None:
    """In two, between two of its words that could be mentions of their own."""
    place = case.page.place(mention)
    if place is None:
        return None
    start, end = place
    edges = case.words.inside(start, end)
    for at in turns(number, len(edges), TRIES):
        left, right = case.text[start : edges[at]].rstrip(" ,、-–"), case.text[edges[at] : end]
        if _ALNUM.match(right) and all(_is_left(piece, mention, case.language) for piece in (left, right)):
            return left, right
    return None


@lru_cache(100_000)
def shape(string: str) -> str:
    """What a string looks like: d holds a digit, U a Latin capital in front, l a small letter, h anything else."""
    if _DIGIT.search(string):
        return "d"
    first = string[0]
    return "h" if not first.isascii() or not first.isalpha() else "U" if first.isupper() else "l"


# --- elsewhere in the text ------------------------------------------------------------------------


def like(
    case: Case,
    key: Key,
    number: int,
    *,
    taken: Collection[str] = (),
    among: Callable[[str], bool] | None = None,
) -> str | None:
    """A phrase of the text that nothing annotates and that looks like what the corpus has under a key.

    One of the likest of those that `among` allows, and none that is known to be such a mention anywhere in the corpus:
    it could be right.
    """
    found: list[str] = []
    for string in _likest(case, key):
        if not overlaps(string, taken) and (among is None or among(string)):
            found.append(string)
            if len(found) == LIKEST:
                break
    return among_likest(found, number)


def among_likest(found: Sequence[str], number: int) -> str | None:
    """One of the first phrases of some that have the likest first, the very first one most often; None if of none."""
    return found[skewed(number, min(len(found), LIKEST))] if found else None


def like_unseen(case: Case, key: Key) -> list[str]:
    """The phrases of the text that look like what is under a key, and are no entity in any other text."""
    lexicon, known = case.vocabulary.lexicon, case.page.unseen
    found = known.get((lexicon, key))
    if found is None:
        found = known[lexicon, key] = [one for one in _likest(case, key) if not lexicon.seen[one]]
    return found


def like_others(case: Case, key: Key) -> list[str]:
    """The entities of the text, of another type, that could be taken for one.

    Of a type akin to it, those that look like one; of any other, only those that resemble one more than what they are
    and are no entity in any other text.
    """
    lexicon, known = case.vocabulary.lexicon, case.page.others
    found = known.get((lexicon, key))
    if found is None:
        mentions = case.page.mentions
        here = {mention.text for mention in mentions}
        likeness = lexicon.likeness(key, case.language)
        kept: dict[str, None] = {}
        for mention in mentions if likeness else ():
            string, near = mention.text, kinship(case, mention.type, key[1])
            if near >= Kinship.LINKED:
                is_like = len(string) > 1 and not lexicon.knows(*key, string)
                if is_like and likeness and likeness.of(string, known=near is Kinship.SAME) is not None:
                    kept[string] = None
            elif (
                lexicon.seen[string] <= (string in here)
                and any(_likened(case, key, [mention]))
                and lexicon.resembles(key, string, last_word(string, case.language), case.language)
            ):
                kept[string] = None
        found = known[lexicon, key] = list(kept)
    return found


def kinship(case: Case, type: str, other: str) -> Kinship:
    """How near two entity types are: by their concepts, else if each is the one most easily taken for the other."""
    if not type or type == other:
        return Kinship.NONE
    vocabulary = case.vocabulary
    known = names.kinship(vocabulary.concepts.get(type, ""), vocabulary.concepts.get(other, ""))
    if known is not Kinship.UNKNOWN:
        return known
    is_mutual = other in vocabulary.near(type)[:1] and type in vocabulary.near(other)[:1]
    return Kinship.LINKED if is_mutual else Kinship.NONE


def _likest(case: Case, key: Key) -> list[str]:
    """The phrases of the text that look like what is under a key and are not known to be, the likest first.

    The cases about one text ask for the same ones again and again. Looked at are only those whose last word may end
    such a mention, which few do.
    """
    lexicon, known = case.vocabulary.lexicon, case.page.likest
    found = known.get((lexicon, key))
    if found is None:
        likeness = lexicon.likeness(key, case.language)
        scores: list[tuple[float, str]] = []
        for string, words in _ending(case, key) if likeness else ():
            if lexicon.knows(*key, string):
                continue
            # of what more tells that it is one, less is asked
            score = likeness.of(string, words, known=key[0] == "entity") if likeness else None
            if score is None or (case.language == "zh" and _is_part(case, string)):
                continue
            head = words[-1] if case.language == "zh" else last_word(string, "en")
            if string == head and _is_general(case, key, string):
                continue
            if _is_told(case, key, string, head) or (
                likeness is not None
                and likeness.is_typical(score)
                and not lexicon.is_unnamed(key, string)
                and (key[0] == "trigger" or lexicon.resembles(key, string, head, case.language))
            ):
                scores.append((-score, string))
        found = known[lexicon, key] = list(dict.fromkeys(string for _, string in sorted(scores)))
    return found


def _is_general(case: Case, key: Key, word: str) -> bool:
    """Whether a word is a noun for all organizations, firms or schools, where an entity type has the names of some."""
    concept = case.vocabulary.concepts.get(key[1], "") if key[0] == "entity" else ""
    if names.CLASSES.get(concept) not in BODIES:
        return False
    return word.islower() if case.language == "en" else tag(word) == "n" and not proper(word)


def _is_told(case: Case, key: Key, string: str, head: str) -> bool:
    """Whether a phrase could be an entity of a type by more than what it looks like.

    By its last word; or as a day or month, where the type holds dates or what no other one does; or as a whole English
    name that looks no less like this type than like any other.
    """
    if key[0] != "entity":
        return False
    lexicon, language = case.vocabulary.lexicon, case.language
    if language == "en" and lexicon.is_unnamed(key, string):
        concept = case.vocabulary.concepts.get(key[1], "")
        return is_day(string) and names.kinship(concept, "date") >= Kinship.LINKED
    return lexicon.is_typical(key, head, language, alone=head == string) or _is_name(case, key, string)


_BEFORE_NAME = re.compile(r"(?:\b[A-Z0-9][^\W_]*[ '’-]+|[A-Z])$")
_BEHIND_NAME = re.compile(r"[ '’-]+[A-Z0-9]|[A-Za-z0-9]")


def _is_name(case: Case, key: Key, string: str) -> bool:
    """Whether an English phrase is a name, no part of one, and looks most like the type among those of the corpus."""
    lexicon = case.vocabulary.lexicon
    if case.language != "en" or not lexicon.is_name(key, string):
        return False
    place, text = case.page.place(string), case.text
    if (
        place is None
        or _BEHIND_NAME.match(text, place[1])
        or _BEFORE_NAME.search(text, max(0, place[0] - 30), place[0])
    ):
        return False
    return lexicon.is_likeliest(key, string, "en")


def _ending(case: Case, key: Key) -> Iterator[Found]:
    """The phrases of the text that end as what is under a key does; of triggers those that are one of a like stem."""
    lexicon, phrases, language = case.vocabulary.lexicon, case.page.phrases, case.language
    if key[0] == "trigger":
        usage = lexicon.usage(language)
        yield from (one for one in _triggering(case) if usage.triggers(key[1], one.text))
        return
    behind, alone = lexicon.endings(key, phrases.heads, language)
    for head in behind | alone:
        for one in phrases.ending(head):
            if head in (alone if one.text == head else behind) and lexicon.is_phrase(one.text, language):
                yield one


def _triggering(case: Case) -> list[Found]:
    """The phrases of the text that are triggers anywhere in the corpus."""
    lexicon, phrases = case.vocabulary.lexicon, case.page.phrases
    found = case.page.triggering.get(lexicon)
    if found is None:
        heads = phrases.heads & lexicon.closings
        found = [one for head in heads for one in phrases.ending(head) if lexicon.triggers[one.text]]
        case.page.triggering[lexicon] = found
    return found


def _is_part(case: Case, string: str) -> bool:
    """Whether a phrase makes, with a word beside it, a string that the corpus annotates anywhere."""
    place = case.page.place(string)
    if place is None:
        return False
    (start, end), text, words = place, case.text, case.words
    opening, closing = words.before(start), words.after(end)
    annotates = case.vocabulary.lexicon.annotates
    left = start if opening is None else opening
    right = end if closing is None else closing
    return any(annotates(text[s:e]) for s, e in ((left, end), (start, right), (left, right)) if (s, e) != (start, end))


def annotated(case: Case, key: Key, number: int, *, taken: Collection[str] = ()) -> Iterator[str]:
    """Mentions of the text, annotated as something else, that look like what is under a key and are not known to be.

    Those of an entity type have to look more like this one than like their own, and be most easily taken for it.
    """
    mentions = case.page.mentions
    tried = [mentions[at] for at in turns(number, len(mentions), TRIES)]
    return (one for one in _likened(case, key, tried) if not overlaps(one, taken))


def _likened(case: Case, key: Key, mentions: Sequence[Mention]) -> Iterator[str]:
    """Those of some mentions that look like what is under a key."""
    lexicon, near = case.vocabulary.lexicon, case.vocabulary.near
    likeness = lexicon.likeness(key, case.language) if mentions else None
    for string, type, *_ in mentions if likeness else ():
        if lexicon.knows(*key, string):
            continue
        is_typed = type and key[0] == "entity"
        nearest = near(type)[:1] if is_typed else ()
        if (nearest and nearest[0] != key[1]) or likeness is None or likeness.of(string) is None:
            continue
        theirs = lexicon.likeness(("entity", type), case.language) if is_typed else None
        if theirs is None or likeness.score(string) > theirs.score(string):
            yield string


def overlaps(string: str, others: Collection[str]) -> bool:
    """Whether a string is in one of some others, or has one in it."""
    return any(other and (string in other or other in string) for other in others)


def is_possible(case: Case, key: Key, string: str) -> bool:
    """Whether a string may be taken for what the corpus has under a key; not, if it has too little to tell."""
    likeness = case.vocabulary.lexicon.likeness(key, case.language)
    return likeness is not None and likeness.is_possible(string)


def looks_like(case: Case, key: Key, string: str, *, known: bool = False) -> bool:
    """Whether a string looks like what the corpus has under a key; see `Likeness.of`."""
    likeness = case.vocabulary.lexicon.likeness(key, case.language)
    return likeness is not None and likeness.of(string, known=known) is not None


# --- not in the text ------------------------------------------------------------------------------


def invented(case: Case, concept: str, keys: Sequence[tuple[str, ...]], number: int) -> str | None:
    """A name that nobody bears, put together from others of its class; `keys` are where the lexicon holds them.

    By rule, where the corpus has too few.
    """
    lexicon, half, kind = case.vocabulary.lexicon, case.vocabulary.half, names.CLASSES.get(concept, "")
    for turn in range(3):
        own = mix(number, SALT[turn])
        name = None
        for key in keys:
            name = name or lexicon.parts(key, kind, case.language).made(own, half)
        if name is None and (name := names.invented(concept, case.language, own, half)) and kind == "work":
            known = lexicon.of(*keys[0]) if keys else []
            name = f"《{name}》" if 2 * sum(one[0] == "《" for one in known) > len(known) else name
        if name and not case.page.is_in(name) and not lexicon.annotates(name):
            return name
    return None


def borrowed(case: Case, keys: Sequence[tuple[str, ...]], number: int) -> str | None:
    """A mention of the same class in other documents of the corpus, that is not in this text."""
    for key in keys:
        known = case.vocabulary.lexicon.of(*key)
        for at in turns(number, len(known), TRIES):
            if not case.page.is_in(known[at]):
                return known[at]
    return None


def paraphrased(case: Case, mention: str, concept: str, number: int) -> str | None:
    """The mention said otherwise, in words that the text does not have in any case of letters."""
    said = list(paraphrases(mention, concept, case.language))
    if case.language == "en" and concept not in names.CLASSES:
        other = other_number(mention)
        if other and case.vocabulary.lexicon.has_word(other):
            said.append(other)
    is_body = case.language == "en" and names.CLASSES.get(concept) in BODIES
    if is_body and not mention.startswith("The ") and case.vocabulary.lexicon.takes_article(mention):
        said.append(f"The {mention}")
    found = [one for one in said if not case.page.is_in(one)]
    return found[skewed(number, len(found))] if found else None
