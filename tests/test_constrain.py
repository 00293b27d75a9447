"""Constrained decoding: what can be written is the canonical answers about the text, by backend and by reference alike.

Masks of llguidance are compared with those of the automaton on a byte-level BPE vocabulary trained here. With
``UIEBENCH_TOKENIZER=folder`` (a tokenizer.json of a real model) they are compared on that one too.
"""

import os
from collections import Counter
from functools import cache
from pathlib import Path

import msgspec
import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from native import SCHEMA

from uiebench import catalogue
from uiebench.errors import RecipeError
from uiebench.hashing import lot
from uiebench.instruct.prompt import Renderer
from uiebench.instruct.target import Names, decode, encode
from uiebench.instruct.windows import labels_of
from uiebench.train.automaton import Automaton, TokenMasks, strange
from uiebench.train.constrain import ConstraintError, Guide, masked
from uiebench.train.grammar import Asked, asked, grammar
from uiebench.train.vocabulary import vocabulary
from uiebench.types import (
    TASKS,
    Argument,
    Document,
    Entity,
    Event,
    EventLabel,
    Instruction,
    Label,
    Relation,
    RelationLabel,
    Schema,
    Span,
)

llguidance = pytest.importorskip("llguidance")
tokenizers = pytest.importorskip("tokenizers")
transformers = pytest.importorskip("transformers")
torch = pytest.importorskip("torch")

NASTY = '他说："高明\\，\n创办了\t远山\x01\x7f 🦜𪚥e\u0301\u2028 <|end|> ok"x\\"'
TEXTS = {
    "plain": "高明创办了远山公司，总部设在清河。",
    "english": "Ada Byron lives in London; Ada Byron's  firm is there.",
    "nasty": NASTY,
    "quote": '"',
    "one": "高",
    "four bytes": "𪚥🦜",
    "empty": "",
}
ODD = ('人"名', "a(b)/c", "机构\\x", "a", "a(b)", "行\n", "\u2028", "%<[é]")
ROLES = {label: ODD[: 2 * place] for place, label in enumerate(ODD)}
LEVELS = ("span", "json")


def question(task, text, labels=ODD[:4], **more):
    return Asked(task, labels, text, ROLES if task in ("EE", "EEA") else {}, **more)


# --- samples, tokenizers --------------------------------------------------------------------------


@cache
def sampled(name):
    """The documents with gold of a corpus's invented sample."""
    lines = (catalogue.samples(name) / name / "golden.jsonl").read_bytes().splitlines()
    return [msgspec.json.decode(line, type=Document) for line in lines if b'"entities"' in line and b'"id"' in line]


def answered(name):
    """(instruction, text) for all documents and tasks of a corpus's sample, named in several styles, in one window."""
    corpus = catalogue.load(name)
    for task in corpus.tasks:
        renderer = Renderer(corpus.language, task, corpus.schema)
        window = labels_of(corpus.schema, task)
        for place, document in enumerate(sampled(name)):
            style = ("plain", "masked", "other")[place % 3]
            framed = renderer.framed(0, window, style)
            target = encode(document, task, framed.names, window)
            prompt = f"{framed.before}{document.text}{framed.after}"
            id = f"{document.id}#{task}"
            yield (
                Instruction(id, document.id, name, task, corpus.language, window, prompt, target, framed.shown),
                document.text,
            )


@cache
def trained():
    """A byte-level BPE tokenizer of 3,000 tokens trained on invented texts and answers, across brackets and quotes."""
    rows = []
    for name in ("resume", "duie1", "fewfc", "conll04", "phee"):
        for instruction, text in answered(name):
            rows += [text, instruction.target]
    rows += [text * 3 for text in TEXTS.values()]
    rows += ['{"a(b)":["x"],"', '"]}', "[]}", '":[]', '","', '"},{"type":"', "🦜🦛🦔"] * 3
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = tokenizers.decoders.ByteLevel()
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=3000,
        initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|end|>", "<|pad|>", "<|user|>"],
        show_progress=False,
        max_token_length=12,
    )
    tokenizer.train_from_iterator(rows, trainer)
    tokenizer.add_tokens(["<tool>", '"]}\n', "高明创"])
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<|end|>", pad_token="<|pad|>")


@cache
def with_byte_fallback():
    """A tokenizer as SentencePiece makes them: ▁ for a space, bytes as <0xE4>; most bytes of ASCII are there twice."""
    pieces = [
        "<unk>",
        "<s>",
        "</s>",
        *(f"<0x{byte:02X}>" for byte in range(256)),
        "▁",
        *'{}[]":,高明创abc',
        "▁a",
        '":[',
        "高明",
    ]
    merges = [("▁", "a"), ("高", "明")]
    model = tokenizers.models.BPE(
        {piece: id for id, piece in enumerate(pieces)}, merges, unk_token="<unk>", byte_fallback=True
    )
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.decoder = tokenizers.decoders.Sequence(
        [tokenizers.decoders.Replace("▁", " "), tokenizers.decoders.ByteFallback(), tokenizers.decoders.Fuse()]
    )
    tokenizer.add_special_tokens(["<unk>", "<s>", "</s>"])
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="</s>", pad_token="<unk>")


def of_real_model():
    folder = os.environ.get("UIEBENCH_TOKENIZER")
    if not folder:
        pytest.skip("UIEBENCH_TOKENIZER names no folder with a tokenizer.json")
    return transformers.AutoTokenizer.from_pretrained(Path(folder))


TOKENIZERS = {"trained": trained, "byte fallback": with_byte_fallback, "real": cache(of_real_model)}


@cache
def tools(name="trained"):
    """The backend and the reference over one vocabulary."""
    guide = Guide(TOKENIZERS[name]())
    return guide, TokenMasks(guide.vocabulary)


def ids_in(mask):
    return numpy.unpackbits(mask.view(numpy.uint8), bitorder="little").nonzero()[0]


def mask_of(guide, matcher):
    mask = numpy.empty((1, guide.words), dtype="<u4")
    guide.fill(mask, [(matcher, 0)])
    return mask[0]


def tokens_of(guide, text):
    """The text in tokens: as the tokenizer cuts it, or the longest first where that does not spell the text."""
    ids = guide.tokens.tokenize_str(text)
    return ids if guide.bytes_of(ids) == text.encode() else guide.tokens.greedy_tokenize(text)


def compare(name, asked, level, choose):
    """Walk both machines side by side; (states compared, ids walked) after the end or 150 steps.

    `choose` takes the step and the allowed ids and says which one comes next.
    """
    guide, masks = tools(name)
    matcher, state, walked = guide.matcher(asked, level), Automaton(asked, level).start, []
    for step in range(150):
        mask, reference = mask_of(guide, matcher), masks(state)
        differing = ids_in(mask ^ reference)
        assert not len(differing), (
            asked, level, guide.bytes_of(walked), [guide.vocabulary.tokens[id] for id in differing[:5]]
        )  # fmt: skip
        allowed = ids_in(mask)
        assert len(allowed), "nothing can follow"
        id = choose(step, allowed)
        if id in guide.vocabulary.eos:
            return step + 1, walked
        assert matcher.consume_token(int(id))
        state = masks.after(state, int(id))
        walked.append(int(id))
    return step + 1, walked


def by_rank(guide, seed):
    """Choices by rank; one in three goes for what closes a string, a list or the answer, so that a walk ends."""
    closing = {id for id, token in enumerate(guide.vocabulary.tokens) if token[:1] in (b'"', b"]", b"}")}
    closing |= set(guide.vocabulary.eos)

    def choose(step, allowed):
        number = lot("walk", seed, step)
        near = [id for id in allowed if id in closing]
        among = near if near and (number % 3 == 0 or step > 40) else allowed
        return among[number // 3 % len(among)]

    return choose


# --- the backend says what the reference says -----------------------------------------------------


@pytest.mark.parametrize("name", TOKENIZERS)
@pytest.mark.parametrize("task", TASKS)
def test_masks_are_those_of_the_reference_on_random_walks(name, task):
    guide, _ = tools(name)
    compared = 0
    for text in TEXTS.values():
        for explicit in (True, False) if task == "NER" else (True,):
            for level in LEVELS if name != "real" else ("span",):
                for seed in range(2):
                    steps, _ = compare(name, question(task, text, explicit_empty=explicit), level, by_rank(guide, seed))
                    compared += steps
    print(f"{name} {task}: {compared} states")
    assert compared > 200


@pytest.mark.parametrize("name", TOKENIZERS)
@pytest.mark.parametrize("corpus", ["resume", "duie1", "fewfc", "conll04", "phee", "cmeee"])
def test_masks_are_those_of_the_reference_along_gold(name, corpus):
    guide, _ = tools(name)
    compared = 0
    for instruction, text in list(answered(corpus))[:6]:
        asked_for = asked(instruction, text, catalogue.load(corpus).schema)
        if strange(instruction.target, asked_for):
            continue
        ids = iter([*tokens_of(guide, instruction.target), guide.vocabulary.eos[0]])
        steps, walked = compare(name, asked_for, "span", lambda step, allowed, ids=ids: next(ids))
        assert steps == 150 or guide.bytes_of(walked).decode() == instruction.target
        compared += steps
    print(f"{name} {corpus}: {compared} states")
    assert compared > 30


@pytest.mark.parametrize("name", ["trained", "real"])
def test_masks_are_those_of_the_reference_for_a_text_of_3000_characters(name):
    letters = '高明远山创办公司清河总部，。\n"\\ Aabelmnost🦜𪚥'
    text = "".join(letters[lot("text", place) % len(letters)] for place in range(3000))
    guide, _ = tools(name)
    compared = 0
    for task in ("NER", "EE"):
        for seed in range(4):
            compared += compare(name, question(task, text), "span", by_rank(guide, seed))[0]
    print(f"{name}: {compared} states")
    assert compared > 50


def test_a_grammar_sent_to_a_server_gives_the_same_masks():
    """As vLLM reads it: format "grammar", and the tokenizer as llguidance makes it of the one of transformers."""
    import llguidance.hf

    guide, masks = tools()
    of_server = llguidance.hf.from_tokenizer(trained())
    for task in TASKS:
        for text in TEXTS.values():
            asked_for = question(task, text)
            rules = grammar(task, asked_for.labels, asked_for.roles, text)
            served = llguidance.grammar_from("grammar", rules)
            assert not llguidance.LLMatcher.validate_grammar(served, of_server)
            matcher, state = llguidance.LLMatcher(of_server, served), Automaton(asked_for, "span").start
            choose = by_rank(guide, "server")
            for step in range(60):
                allowed = ids_in(numpy.frombuffer(matcher.compute_bitmask(), dtype=numpy.uint8))
                assert allowed.tolist() == sorted(masks.ids(state))
                id = int(choose(step, allowed))
                if id in guide.vocabulary.eos:
                    break
                assert matcher.consume_token(id)
                state = masks.after(state, id)


def test_the_bytes_of_tokens_are_those_llguidance_finds():
    import llguidance.hf

    for tokenizer in (trained(), with_byte_fallback()):
        theirs, ours = llguidance.hf.from_tokenizer(tokenizer), vocabulary(tokenizer)
        assert theirs.vocab_size == len(ours.tokens)
        for id, token in enumerate(ours.tokens):
            assert token == theirs.decode_bytes([id]) or (not token and theirs.is_special_token(id)), id


# --- what the language is -------------------------------------------------------------------------


@pytest.mark.parametrize("name", catalogue.names())
def test_gold_of_every_sample_is_accepted_unless_a_string_is_not_in_the_text(name):
    corpus = catalogue.load(name)
    accepted = 0
    for instruction, text in answered(name):
        cases = [(instruction.target, asked(instruction, text, corpus.schema))]
        if instruction.task == "NER":
            filled = {label: said for label, said in msgspec.json.decode(instruction.target).items() if said}
            cases.append(
                (msgspec.json.encode(filled).decode(), msgspec.structs.replace(cases[0][1], explicit_empty=False))
            )
        for target, asked_for in cases:
            absent = strange(target, asked_for)
            assert Automaton(asked_for, "span").accepts(target) != bool(absent), (target, absent)
            assert Automaton(asked_for, "json").accepts(target), target
            accepted += not absent
    assert accepted


STRING = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.text('"\\\n 高a🦜/', max_size=12)


@st.composite
def annotated(draw):
    """A schema of any names, and a document with annotations of strings of its text."""
    names = draw(st.lists(STRING, min_size=1, max_size=3, unique=True))
    text = draw(STRING.filter(bool))

    def span():
        start = draw(st.integers(0, len(text) - 1))
        return text[start : draw(st.integers(start + 1, len(text)))], None, None

    labels = tuple(Label(name, name, name) for name in names)
    schema = Schema(
        labels,
        tuple(RelationLabel(name, name, name) for name in names),
        tuple(EventLabel(name, name, name, roles=labels) for name in names),
    )
    several, name = st.integers(0, 3), st.sampled_from(names)
    entities = tuple(Entity(*span(), draw(name)) for _ in range(draw(several)))
    relations = tuple(Relation(draw(name), Entity(*span(), ""), Entity(*span(), "")) for _ in range(draw(several)))
    events = tuple(
        Event(
            draw(name),
            Span(*span()) if draw(st.booleans()) else None,
            tuple(Argument(*span(), draw(name)) for _ in range(draw(several))),
        )
        for _ in range(draw(several))
    )
    return schema, Document("invented/train/0", text, entities, relations, events)


@given(annotated(), st.sampled_from(TASKS), st.booleans())
def test_any_gold_in_the_text_is_accepted_by_both_and_nothing_shorter_or_longer(made, task, explicit):
    schema, document = made
    names, window = Names("zh", schema), labels_of(schema, task)
    target = encode(document, task, names, window, explicit_empty=explicit)
    asked_for = Asked(task, window, document.text, dict.fromkeys(window, window), explicit)
    automaton = Automaton(asked_for, "span")
    assert automaton.accepts(target)
    assert not automaton.accepts(target[:-1])
    assert not automaton.accepts(target + "}")
    assert not automaton.accepts(target + " ")
    guide, _ = tools()
    assert guide.masks(asked_for, "span", [*guide.tokens.tokenize_str(target), guide.vocabulary.eos[0]]).any()


@given(annotated(), st.sampled_from(TASKS), st.integers(0, 1000))
@settings(max_examples=100)
def test_what_a_walk_writes_is_an_extraction_of_strings_of_the_text_and_labels_of_the_window(made, task, seed):
    schema, document = made
    names, window = Names("zh", schema), labels_of(schema, task)[:2]
    asked_for = Asked(task, window, document.text, {label: labels_of(schema, task) for label in window})
    guide, masks = tools()
    state, walked, choose = Automaton(asked_for, "span").start, b"", by_rank(guide, seed)
    for step in range(300):
        id = choose(step, sorted(masks.ids(state)))
        if id in guide.vocabulary.eos:
            break
        walked += guide.vocabulary.tokens[id]
        state = masks.after(state, id)
    else:
        return  # an answer without end
    said = decode(walked.decode(), task, names)
    assert not said.problem
    assert msgspec.json.encode(msgspec.json.decode(walked)) == walked, "not canonical, or a key twice"
    strings = [entity.text for entity in said.entities]
    strings += [end.text for relation in said.relations for end in (relation.head, relation.tail)]
    strings += [argument.text for event in said.events for argument in event.arguments]
    assert all(string and string in document.text for string in strings)
    assert all(event.trigger is None or event.trigger.text in document.text for event in said.events)
    assert {item.type for item in (*said.entities, *said.relations, *said.events)} <= set(window)
    assert {argument.role for event in said.events for argument in event.arguments} <= set(labels_of(schema, task))


TEXT = "高明创办了远山公司。"


@pytest.mark.parametrize(
    ("task", "answer"),
    [
        ("NER", '{"人物":["高明"],"机构":["远山公司"]}'),
        ("RE", '[{"relation":"人物","head":"高明","tail":"远山"},{"relation":"机构","head":"创","tail":"办"}]'),
        ("EE", '[{"type":"人物","trigger":"创办","arguments":{"谁":["高明"],"何物":["远山","公司"]}}]'),
        ("EE", '[{"type":"人物","trigger":"","arguments":{"何物":["远山"],"谁":["高明"]}}]'),
        ("EET", '[{"type":"人物","trigger":"创办"},{"type":"机构","trigger":""}]'),
        ("EEA", '[{"type":"机构","arguments":{}},{"type":"人物","arguments":{"谁":["高明"]}}]'),
    ],
)
def test_an_answer_is_accepted_and_each_fault_in_it_is_not(task, answer):
    asked_for = Asked(task, ("人物", "机构"), TEXT, {"人物": ("谁", "何物"), "机构": ()})
    guide, _ = tools()

    def both(text, level="span"):
        said = Automaton(asked_for, level).accepts(text)
        matcher = guide.matcher(asked_for, level)
        ids = guide.tokens.tokenize_str(text)
        assert said == (matcher.try_consume_tokens(ids) == len(ids) and matcher.is_accepting()), text
        return said

    assert both(answer)
    for right, wrong in [
        ("高明", "明高"), ("高明", "高 明"), ("高明", ""), ("机构", "地点"), (",", ", "), (":", ": "), ('"]', "]"),
        ("谁", "地点"), ('"}', "}"), ("}", "} "), ("高明", "高\\u660e"), ("创", "\\u521b"), ("远", "\x01"),
    ]:  # fmt: skip
        if right in answer:
            assert not both(answer.replace(right, wrong, 1)), wrong
    assert not both(f"```json\n{answer}\n```")
    strings = {"高明": "不在文中\n", "创办": "\U0001f99c", "远山": '"\\'}
    elsewhere = answer
    for string, other in strings.items():
        elsewhere = elsewhere.replace(string, msgspec.json.encode(other)[1:-1].decode())
    assert elsewhere == answer or not both(elsewhere)
    assert both(elsewhere, "json")
    assert not both(answer.replace("机构", "地点").replace("人物", "地点"), "json")
    assert not both(answer.replace("高明", "高\\u660e").replace("创办", "\\u521b"), "json") or "高明" not in answer


def strings_of(answer):
    """The mentions and triggers of an answer, empty ones left out."""
    value, found = msgspec.json.decode(answer), []

    def walk(value, key=""):
        if isinstance(value, str):
            found.extend([value] if value and key not in ("type", "relation") else [])
        for inner, item in value.items() if isinstance(value, dict) else ():
            walk(item, inner if isinstance(item, str) else "")
        for item in value if isinstance(value, list) else ():
            walk(item)

    walk(value)
    return found


@given(annotated(), st.sampled_from(TASKS), st.booleans())
def test_a_cut_off_answer_is_finished_with_the_mentions_it_has(made, task, explicit):
    schema, document = made
    names, window = Names("zh", schema), labels_of(schema, task)
    target = encode(document, task, names, window, explicit_empty=explicit)
    automaton = Automaton(Asked(task, window, document.text, dict.fromkeys(window, window), explicit), "span")
    assert automaton.finished(target) == target
    assert automaton.finished(target + "\ud800 and so on") == target
    for length in range(len(target)):
        finished = automaton.finished(target[:length])
        assert automaton.accepts(finished)
        assert Counter(strings_of(finished)) <= Counter(strings_of(target))


def test_a_cut_off_answer_loses_only_what_is_not_whole():
    ner = Automaton(Asked("NER", ("人物", "机构"), TEXT), "span")
    assert ner.finished('{"人物":["高明","远') == '{"人物":["高明"],"机构":[]}'
    assert ner.finished('{"人') == '{"人物":[],"机构":[]}'
    triples = Automaton(Asked("RE", ("a",), TEXT), "span")
    one = '[{"relation":"a","head":"高","tail":"明"}'
    assert triples.finished(one + ',{"relation":"a","head":"创","ta') == one + "]"
    events = Automaton(Asked("EE", ("a",), TEXT, {"a": ("b",)}), "span")
    assert events.finished('[{"type":"a","trigger":"创办","arguments":{"b":["高明"') == (
        '[{"type":"a","trigger":"创办","arguments":{"b":["高明"]}}]'
    )
    assert events.finished('[{"type":"a","trigger":"创办"') == '[{"type":"a","trigger":"创办","arguments":{}}]'
    assert events.finished("I found nothing.") == "[]"


def test_a_role_is_given_once_and_roles_come_in_any_order():
    asked_for = Asked("EEA", ("裁员",), TEXT, {"裁员": ("甲", "乙", "丙")})
    accepts = Automaton(asked_for, "span").accepts
    assert accepts('[{"type":"裁员","arguments":{"丙":["高"],"甲":["明"],"乙":["创"]}}]')
    assert not accepts('[{"type":"裁员","arguments":{"丙":["高"],"丙":["明"]}}]')
    guide, _ = tools()
    given = '[{"type":"裁员","arguments":{"丙":["高"],"甲":["明"],"乙":["创"]'
    matcher = guide.matcher(asked_for, "span")
    assert matcher.consume_tokens(guide.tokens.tokenize_str(given))
    allowed = {guide.vocabulary.tokens[id][:1] for id in ids_in(mask_of(guide, matcher))}
    assert allowed == {b"}"}, "all roles are given: no comma, which would lead nowhere"


def test_an_empty_text_has_no_mentions():
    for task, answer in (("NER", '{"a":[]}'), ("RE", "[]"), ("EEA", '[{"type":"a","arguments":{}}]')):
        automaton = Automaton(Asked(task, ("a",), "", {"a": ("b",)}), "span")
        assert automaton.accepts(answer)
    assert not Automaton(Asked("RE", ("a",), ""), "span").read(b"[{")


def test_labels_are_those_the_prompt_shows():
    """Numbers where a prompt masks its labels; where it names them in the other language, its roles are in that too."""
    document = Document(
        "invented/train/0",
        "高明裁员",
        (Entity("高明", 0, 2, "PER"),),
        (),
        (Event("Layoff", Span("裁员", 2, 4), (Argument("高明", 0, 2, "Firm"),)),),
    )
    for task, style, has in (
        ("NER", "masked", "类型1"),
        ("NER", "other", "person"),
        ("EE", "plain", "裁员方"),
        ("EE", "other", "firm"),
    ):
        renderer = Renderer("zh", task, SCHEMA)
        window = labels_of(SCHEMA, task)
        framed = renderer.framed(0, window, style)
        target = encode(document, task, framed.names, window)
        assert has in target
        instruction = Instruction(
            "invented/train/0#x", document.id, "invented", task, "zh", window, "", target, framed.shown
        )
        assert Automaton(asked(instruction, document.text, SCHEMA), "span").accepts(target)


def test_strange_tells_the_strings_that_are_not_in_the_text():
    ner = Asked("NER", ("a",), TEXT)
    assert strange('{"a":["高明","王明","王明"]}', ner) == ["王明"]
    assert strange('[{"relation":"a","head":"高明","tail":"x"}]', Asked("RE", ("a",), TEXT)) == ["x"]
    assert strange('[{"type":"a","trigger":"","arguments":{"b":["高","y"]}}]', Asked("EE", ("a",), TEXT)) == ["y"]


# --- generation -----------------------------------------------------------------------------------


@cache
def tiny(extra=0):
    """A small Qwen2 with random weights; with `extra` more logits than tokens, as Qwen2.5 has them."""
    torch.manual_seed(7)
    tokenizer = trained()
    config = transformers.Qwen2Config(
        vocab_size=len(tokenizer) + extra, hidden_size=32, intermediate_size=64, num_hidden_layers=2,
        num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=512, tie_word_embeddings=True,
        bos_token_id=None, eos_token_id=tokenizer.eos_token_id, pad_token_id=tokenizer.pad_token_id,
    )  # fmt: skip
    return transformers.Qwen2ForCausalLM(config).eval()


QUESTIONS = [
    Asked("NER", ("人物", "机构"), TEXT),
    Asked("RE", ('创"始',), "远山🦜"),
    Asked("EE", ("裁员",), "高明\n裁员", {"裁员": ("甲", "乙")}),
    Asked("EET", ("裁员", "降雨"), "雨"),
    Asked("NER", ("人物",), ""),
]


def generated(extra=0, questions=QUESTIONS, level="span", **how):
    """What the tiny model writes: (questions, prompt length, ids of the whole rows, logits of each step)."""
    torch.manual_seed(3)
    guide, tokenizer = tools()[0], trained()
    tokenizer.padding_side = "left"
    batch = tokenizer([question.text + "：" for question in questions], return_tensors="pt", padding=True)
    said = tiny(extra).generate(
        input_ids=batch["input_ids"], attention_mask=batch["attention_mask"], max_new_tokens=60,
        logits_processor=transformers.LogitsProcessorList([guide.processor(questions, level)]),
        return_dict_in_generate=True, output_scores=True, **how,
    )  # fmt: skip
    each = len(said.sequences) // len(questions)
    return [q for q in questions for _ in range(each)], batch["input_ids"].shape[1], said


@pytest.mark.parametrize(
    "how",
    [
        {"do_sample": False},
        {"do_sample": True, "temperature": 0.7, "top_k": 0},
        {"do_sample": True, "num_return_sequences": 3, "top_k": 20},
        {"do_sample": False, "num_beams": 3},
    ],
    ids=["greedy", "sampling", "several answers", "beams"],
)
@pytest.mark.parametrize("extra", [0, 37])
def test_a_batch_of_rows_of_different_lengths_writes_answers_of_each_rows_language(how, extra):
    guide, _ = tools()
    rows, prompt, said = generated(extra, **how)
    finished = 0
    for question, row in zip(rows, said.sequences[:, prompt:].tolist(), strict=True):
        automaton = Automaton(question, "span")
        ends = [place for place, id in enumerate(row) if id in guide.vocabulary.eos]
        answer = guide.bytes_of(row[: ends[0]] if ends else row)
        state = automaton.read(answer)
        assert state is not None
        assert state.end == bool(ends)
        finished += bool(ends)
    assert finished >= 2, "the batch is meant to hold finished rows beside others"


def test_a_finished_row_can_be_followed_by_end_and_padding_only():
    guide, _ = tools()
    questions = [Asked("NER", ("a",), ""), Asked("NER", ("a",), "x" * 50)]
    end, pad = guide.vocabulary.eos[0], trained().pad_token_id
    process = guide.processor(questions, "span")
    answer = [*guide.tokens.tokenize_str('{"a":[]}'), end, pad]
    other = guide.tokens.tokenize_str('{"a":["' + "x" * 49)[: len(answer)]
    other += [guide.tokens.tokenize_str("x")[0]] * (len(answer) - len(other))
    scores = torch.zeros(2, guide.size)
    for length in range(len(answer) + 1):
        rows = torch.tensor([[5, *answer[:length]], [5, *other[:length]]])
        allowed = torch.isfinite(process(rows, scores)).nonzero()
        of_first = allowed[allowed[:, 0] == 0, 1].tolist()
        assert len(allowed) > len(of_first)
        if length == len(answer) - 2:
            assert of_first == [end]
        if length > len(answer) - 2:
            assert of_first == sorted({end, pad})


@pytest.mark.parametrize("level", LEVELS)
def test_masks_of_a_response_are_those_it_was_generated_under(level):
    guide, _ = tools()
    rows, prompt, said = generated(do_sample=True, top_k=0, extra=5, level=level)
    for place, (question, row) in enumerate(zip(rows, said.sequences[:, prompt:].tolist(), strict=True)):
        masks = guide.masks(question, level, row)
        assert masks.shape == (len(row), guide.words)
        for step, scores in enumerate(said.scores):
            allowed = torch.isfinite(scores[place]).nonzero().flatten().tolist()
            assert allowed == ids_in(masks[step]).tolist()


def test_log_probabilities_under_the_masks_are_those_of_the_sampler():
    guide, _ = tools()
    rows, prompt, said = generated(questions=QUESTIONS[:1], do_sample=True, top_k=0, extra=5)
    with torch.no_grad():
        logits = tiny(5)(said.sequences).logits[:, prompt - 1 : -1]
    row = said.sequences[0, prompt:].tolist()
    masks = torch.from_numpy(guide.masks(rows[0], "span", row).view("<i4"))[None]
    ours = masked(logits, masks).log_softmax(-1)[0]
    theirs = torch.stack([scores[0] for scores in said.scores]).log_softmax(-1)
    chosen = torch.tensor(row)[:, None]
    assert torch.allclose(ours.gather(-1, chosen), theirs.gather(-1, chosen), atol=1e-4)
    assert not torch.allclose(logits[0].log_softmax(-1).gather(-1, chosen), theirs.gather(-1, chosen), atol=1e-1)


def test_masked_widens_and_cuts_to_the_logits_of_the_model():
    mask = torch.tensor([[0b101]], dtype=torch.int32)
    assert torch.isfinite(masked(torch.zeros(1, 40), mask)).nonzero()[:, 1].tolist() == [0, 2]
    assert torch.isfinite(masked(torch.zeros(1, 2), mask)).nonzero()[:, 1].tolist() == [0]
    assert torch.isfinite(masked(torch.zeros(2, 3, 9), mask.expand(2, 3, 1))).sum() == 12


# --- bad input ------------------------------------------------------------------------------------


def plain_tokenizer(decoder=None, eos="<e>", alphabet=True):
    """A byte-level tokenizer of single bytes, with something missing."""
    pieces = tokenizers.pre_tokenizers.ByteLevel.alphabet() if alphabet else ["a", "b"]
    model = tokenizers.models.BPE({piece: id for id, piece in enumerate(["<e>", *sorted(pieces)])}, [])
    tokenizer = tokenizers.Tokenizer(model)
    tokenizer.decoder = decoder or tokenizers.decoders.ByteLevel()
    tokenizer.add_special_tokens(["<e>"])
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token=eos)


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda: plain_tokenizer(eos=None), "no end-of-sequence token"),
        (lambda: plain_tokenizer(alphabet=False), "no token for the byte 0x20 alone"),
        (lambda: plain_tokenizer(decoder=tokenizers.decoders.WordPiece()), "byte-level BPE or byte fallback"),
        (object, "needs a fast tokenizer"),
    ],
    ids=["no end", "not every byte", "word pieces", "slow"],
)
def test_a_tokenizer_that_cannot_be_constrained_is_refused_in_one_line(made, says):
    with pytest.raises(RecipeError, match=says) as raised:
        Guide(made())
    assert "\n" not in str(raised.value)


def test_an_end_beyond_the_vocabulary_is_refused_and_several_ends_are_allowed_where_the_answer_ends():
    tokenizer = trained()
    with pytest.raises(RecipeError, match="is not one of its"):
        Guide(tokenizer, [10**6])
    user = tokenizer.convert_tokens_to_ids("<|user|>")
    guide = Guide(tokenizer, [tokenizer.eos_token_id, user])
    matcher = guide.matcher(Asked("RE", (), "x"), "span")
    assert matcher.consume_tokens(guide.tokens.tokenize_str("[]"))
    assert ids_in(mask_of(guide, matcher)).tolist() == sorted([tokenizer.eos_token_id, user])


def test_special_tokens_are_never_part_of_an_answer_even_where_the_text_spells_one():
    guide, _ = tools()
    asked_for = Asked("NER", ("a",), "<|user|><|end|>")
    special = {trained().convert_tokens_to_ids(token) for token in ("<|user|>", "<|end|>", "<|pad|>")}
    matcher = guide.matcher(asked_for, "span")
    for byte in b'{"a":["<|user|>':
        assert special.isdisjoint(ids_in(mask_of(guide, matcher)).tolist())
        assert matcher.consume_token(guide.vocabulary.tokens.index(bytes([byte])))


def test_half_surrogates_too_many_roles_and_half_tasks_are_errors_in_one_line():
    with pytest.raises(RecipeError, match=r"U\+D800"):
        grammar("NER", ("a",), {}, "x\ud800")
    with pytest.raises(RecipeError, match="surrogate"):
        grammar("NER", ("a\udc00",), {}, "x")
    with pytest.raises(RecipeError, match="70 roles"):
        grammar("EE", ("a",), {"a": [str(place) for place in range(70)]}, "x")
    grammar("EET", ("a",), {"a": [str(place) for place in range(70)]}, "x")
    instruction = Instruction("i", "d", "c", "NER-span", "zh", ("PER",), "", "", ("人物",))
    with pytest.raises(RecipeError, match="half-tasks"):
        asked(instruction, "x", SCHEMA)


def test_a_response_or_a_batch_that_does_not_fit_is_an_error():
    guide, _ = tools()
    with pytest.raises(ConstraintError, match=r"token \d+ at 1 of a response"):
        guide.masks(QUESTIONS[0], "span", [*guide.tokens.tokenize_str("{"), *guide.tokens.tokenize_str("x")])
    with pytest.raises(ConstraintError, match="cannot stand there"):
        guide.masks(QUESTIONS[0], "span", [10**6])
    process = guide.processor(QUESTIONS[:2], "span")
    with pytest.raises(ConstraintError, match="3 rows for 2 prompts"):
        process(torch.zeros(3, 4, dtype=torch.long), torch.zeros(3, guide.size))
    process = guide.processor(QUESTIONS[:1], "span")
    process(torch.zeros(1, 4, dtype=torch.long), torch.zeros(1, guide.size))
    with pytest.raises(ConstraintError, match="does not keep to the constraint"):
        process(torch.zeros(1, 5, dtype=torch.long) + guide.tokens.tokenize_str("x")[0], torch.zeros(1, guide.size))
    with pytest.raises(ConstraintError, match="0 prompts"):
        guide.processor([], "span")(torch.zeros(1, 4, dtype=torch.long), torch.zeros(1, guide.size))


def test_heavy_libraries_are_imported_only_where_they_are_needed():
    import subprocess
    import sys

    code = "import sys, uiebench.train.constrain; print({'torch', 'transformers', 'llguidance'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
