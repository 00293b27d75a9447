"""Confusion tables: each evidence, the fusion, and what a table may and may not depend on."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from uiebench.confusion import compute, embedding, load, reports, table
from uiebench.confusion import schema_evidence as schema
from uiebench.confusion import text_evidence as text
from uiebench.confusion.across import Place, Universe, concepts
from uiebench.confusion.evaluate import best, coverage, half, measure, read_reference, recall
from uiebench.confusion.fusion import evidence, fuse, order, trust
from uiebench.confusion.labels import Group, groups
from uiebench.confusion.text_evidence import Sample, Seen
from uiebench.confusion.texts import cases, sample, tokens
from uiebench.confusion.vectors import cosine, ppmi, ranks, tfidf
from uiebench.confusion.weak import Error
from uiebench.errors import RecipeError, SourceError, UiebenchError
from uiebench.storage import read_parquet, write_json, write_parquet
from uiebench.types import (
    Argument,
    Document,
    Entity,
    Event,
    EventLabel,
    Label,
    Relation,
    RelationLabel,
    Schema,
    plain,
)

ROOT = Path(__file__).parent.parent


def mention(text, string, type):
    start = text.index(string)
    return Entity(string, start, start + len(string), type)


def document(id, text, *mentions):
    return Document(id, text, tuple(mention(text, string, type) for string, type in mentions))


def related(id, text, type, head, tail):
    return Document(id, text, relations=(Relation(type, mention(text, head, ""), mention(text, tail, "")),))


def entity_group(*labels, corpus="mini"):
    return Group(corpus, "zh", "entity", "", tuple(labels))


def nearest_of(group, matrix, label):
    return group.names[order(group, matrix)[group.names.index(label)][0]]


PERSON, CITY, FIRM, BODY, DATE = (
    Label("PER", "人物", "person"),
    Label("CITY", "城市", "city"),
    Label("公司", "公司", "firm"),
    Label("企业名称", "企业名称", "enterprise"),
    Label("DATE", "日期", "date"),
)
FIVE = entity_group(PERSON, CITY, FIRM, BODY, DATE)
FIRMS = ("云帆", "远山", "青岚", "白鹭", "沧浪", "松涛")
PEOPLE = ("高明", "李然", "周晓", "陈曦", "孙黎", "吴越")
CITIES = ("临江", "安宁", "长汀", "永和", "海阳", "东岭")


def news(corpus, firm="公司", body="企业名称", split="train"):
    """Invented texts in which two labels stand in the same places, and the others elsewhere."""
    found = []
    for i, (one, other, person, city) in enumerate(zip(FIRMS, FIRMS[::-1], PEOPLE, CITIES, strict=True)):
        at = f"{corpus}/{split}/{4 * i}"
        found += [
            document(at, f"{one}科技发布了年度财报，股价上涨。", (f"{one}科技", firm)),
            document(at + "b", f"{other}集团发布了季度财报，股价下跌。", (f"{other}集团", body)),
            document(at + "c", f"演员{person}昨晚主演了话剧。", (person, "PER")),
            document(at + "d", f"列车将于{i + 3}月到达{city}市。", (f"{i + 3}月", "DATE"), (f"{city}市", "CITY")),
        ]
    return found


def put(folder, name, schema, train=(), language="zh", **splits):
    described = {"name": name, "language": language, "domain": "news", "schema": plain(schema)}
    write_json(folder / "corpora" / name / "corpus.json", described)
    for split, documents in {"train": train, **splits}.items():
        if documents:
            write_parquet(folder / "corpora" / name / f"{split}.parquet", Document, documents)


def manifest(folder, **held_out):
    recipe = {"held_out": held_out}
    write_json(folder / "manifest.json", {"name": "mini", "benchmark_version": "1", "recipe": recipe, "files": {}})


@pytest.fixture
def mini(tmp_path):
    """A benchmark of two invented corpora."""
    put(tmp_path, "mini", Schema(entities=FIVE.labels), news("mini"))
    others = (Label("corp", "公司", "corporation"), Label("who", "人名", "person"), Label("town", "城镇", "town"))
    put(
        tmp_path,
        "other",
        Schema(entities=others),
        [document("other/train/0", "云帆科技在海边。", ("云帆科技", "corp"))],
    )
    manifest(tmp_path)
    return tmp_path


# --- vectors ----------------------------------------------------------------------------------------


def test_cosine_of_sparse_rows_is_that_of_dense_ones():
    rows = [{"a": 1.0, "b": 2.0}, {"b": 3.0}, {}, {"a": -1.0, "c": 1.0}]
    dense = np.array([[row.get(f, 0.0) for f in "abc"] for row in rows])
    lengths = np.linalg.norm(dense, axis=1)
    expected = np.array(
        [[a @ b / (n * m) if n * m else 0.0 for b, m in zip(dense, lengths, strict=True)]
         for a, n in zip(dense, lengths, strict=True)]
    )  # fmt: skip
    assert np.allclose(cosine(rows), expected, atol=1e-6)


def test_tfidf_agrees_with_scikit_learn():
    extraction = pytest.importorskip("sklearn.feature_extraction.text")
    texts = ["出 生 地", "出 生 日 期", "国 籍", "国 国 籍"]
    vectorizer = extraction.TfidfVectorizer(analyzer=str.split)
    wanted = (vectorizer.fit_transform(texts) @ vectorizer.transform(texts).T).toarray()
    assert np.allclose(cosine(tfidf([text.split() for text in texts])), wanted, atol=1e-6)


def test_ppmi_keeps_what_a_label_has_more_of_than_the_mean_label():
    rows = ppmi([{"own": 3, "shared": 1}, {"shared": 4, "once": 1}, {}])
    assert set(rows[0]) == {"own"}
    assert set(rows[1]) == {"shared"}
    assert rows[0]["own"] == pytest.approx(np.log(0.75 / 0.375))
    assert rows[2] == {}


def test_ties_share_their_mean_rank_and_a_label_has_no_rank_for_itself():
    matrix = np.array([[9, 0.5, 0.5, 0.1], [1, 9, 0, 0], [0, 1, 9, 2], [0, 0, 0, 9.0]])
    found = ranks(matrix)
    assert found[0].tolist() == [np.inf, 1.5, 1.5, 3]
    assert found[1].tolist() == [1, np.inf, 2.5, 2.5]
    assert found[3].tolist() == [2, 2, 2, np.inf]


def square(n):
    row = st.lists(st.floats(0, 1), min_size=n, max_size=n)
    return st.lists(row, min_size=n, max_size=n)


@given(st.integers(2, 7).flatmap(square))
def test_fusion_is_symmetric_and_ranks_sum_to_their_number(rows):
    matrix = np.array(rows)
    n = len(matrix)
    places = ranks(matrix)
    assert np.allclose(np.where(np.isinf(places), 0, places).sum(1), n * (n - 1) / 2)
    fused = fuse({"names": matrix, "context": matrix.T})
    assert np.array_equal(fused, fused.T)
    assert not fused.diagonal().any()


# --- evidence of the schema -------------------------------------------------------------------------


def test_names_that_share_characters_are_alike():
    labels = (
        Label("a", "出生地", "place of birth"),
        Label("b", "出生日期", "date of birth"),
        Label("c", "导演", "director"),
    )
    found = schema.names(labels)
    assert found[0, 1] > found[0, 2] == found[1, 2]


def test_descriptions_count_only_where_most_labels_have_one():
    labels = [
        Label("a", "甲", "first", description="发行唱片的企业"),
        Label("b", "乙", "second", description="出版图书的企业"),
    ]
    more = [Label("c", "丙", "third"), Label("d", "丁", "fourth"), Label("e", "戊", "fifth")]
    assert schema.descriptions(labels + more) is None
    found = schema.descriptions([*labels, more[0]])
    assert found[0, 1] > found[0, 2]


@pytest.mark.parametrize(
    ("names", "like"),
    [
        (("财经-降价", "灾害-起火", "财经-涨价"), (0, 2)),
        (("/people/person/birth", "/business/firm/founder", "/people/person/age"), (0, 2)),
        (("per:title", "org:members", "per:age"), (0, 2)),
        (("Life.Die", "Conflict.Attack", "Life.Injure"), (0, 2)),
    ],
)
def test_levels_of_native_names_are_classes(names, like):
    found = schema.classes([Label(name, "名", "name") for name in names])
    assert found[like] > found[0, 1]


def test_names_without_levels_have_no_classes():
    assert schema.classes(FIVE.labels) is None


def test_type_signatures_weigh_heads_twice_and_types_may_be_observed():
    entities = (PERSON, CITY, DATE)
    declared = [
        RelationLabel("born in", "出生地", "born in", heads=("PER",), tails=("CITY",)),
        RelationLabel("born on", "生日", "born on", heads=("PER",), tails=("DATE",)),
        RelationLabel("founded on", "建市", "founded on", heads=("CITY",), tails=("DATE",)),
    ]
    found = schema.signatures(declared, entities, {})
    assert found[0, 1] == pytest.approx(2.0)
    assert found[1, 2] == pytest.approx(1.0)
    untyped = [RelationLabel(label.name, label.zh, label.en) for label in declared]
    assert schema.signatures(untyped, entities, {}) is None
    seen = {label.name: (frozenset(label.heads), frozenset(label.tails)) for label in declared}
    assert np.array_equal(schema.signatures(untyped, entities, seen), found)


def test_events_that_share_roles_are_alike():
    time, buyer, seller = Label("t", "时间", "time"), Label("b", "买方", "buyer"), Label("s", "卖方", "seller")
    events = [
        EventLabel("buy", "买入", "purchase", roles=(time, buyer, seller)),
        EventLabel("sell", "卖出", "sale", roles=(time, buyer, seller)),
        EventLabel("storm", "风暴", "storm", roles=(time,)),
    ]
    assert schema.role_sets(events)[0].tolist() == pytest.approx([1, 1, 1 / 3])
    assert schema.role_sets(events[:1] * 3) is None


# --- evidence of texts ------------------------------------------------------------------------------


def test_tokens_are_characters_words_and_digits():
    assert tokens("iPhone 15发布于Été") == ["iphone", "00", "发", "布", "于", "été"]


def test_case_of_a_pair_has_all_relations_of_it_and_what_stands_between():
    text = "云帆由高明于1999年创办。后来关闭。"
    head, tail = mention(text, "云帆", ""), mention(text, "高明", "")
    (case,) = cases(Document("x", text, relations=(Relation("创始人", head, tail), Relation("总裁", head, tail))))
    assert case.labels == ("创始人", "总裁")
    assert {"b:由", "=before"} <= set(case.context)
    assert {"h:云", "t:高 明"} <= set(case.mention)
    assert "创 办" in case.sentence
    assert "关 闭" not in case.sentence


def test_events_without_trigger_and_mentions_without_place_are_cases_too():
    event = Event("裁员", None, (Argument("云帆", None, None, "裁员方"),))
    found = list(cases(Document("x", "云帆裁员。", events=(event,))))
    assert [(case.kind, case.labels) for case in found] == [("event", ("裁员",)), ("role", ("裁员方",))]
    lost = Document("y", "没有。", (Entity("别处", None, None, "PER"),))
    assert [case.context for case in cases(lost)] == [()]


@pytest.mark.parametrize("view", text.VIEWS)
def test_each_view_finds_the_labels_that_stand_alike(view):
    found = text.views(FIVE, Sample.of(news("mini")), view)
    assert nearest_of(FIVE, found, "公司") == "企业名称"


def test_labels_of_one_text_stand_together():
    found = text.together(FIVE, Sample.of(news("mini")))
    assert found[1, 4] == pytest.approx(1.0)
    assert found[0, 2] == 0


def test_naive_bayes_finds_the_likeliest_other_label():
    assert nearest_of(FIVE, text.likelihoods(FIVE, Sample.of(news("mini"))), "企业名称") == "公司"


def test_labels_whose_strings_another_corpus_labels_alike_are_alike():
    own = [
        document("mini/train/0", "甲乙丙丁戊己", ("甲", "公司"), ("乙", "企业名称"), ("丙", "PER"), ("丁", "CITY")),
        document("mini/train/1", "庚辛壬癸", ("庚", "公司"), ("辛", "企业名称"), ("壬", "PER"), ("癸", "CITY")),
    ]
    tags = {"甲": "ORG", "乙": "ORG", "庚": "ORG", "辛": "ORG", "丙": "HUM", "壬": "HUM", "丁": "LOC", "癸": "LOC"}
    strings = {string: {"third": [("entity", tag)]} for string, tag in tags.items()}
    found = text.elsewhere(FIVE, Seen.of(own, [FIVE], 100), strings)
    assert nearest_of(FIVE, found, "公司") == "企业名称"
    mine = {string: {"mini": given["third"]} for string, given in strings.items()}
    assert text.elsewhere(FIVE, Seen.of(own, [FIVE], 100), mine) is None


def test_a_corpus_without_annotations_gives_no_evidence_of_texts():
    seen = Seen.of([Document("mini/train/0", "什么也没有。")], [FIVE], 100)
    found = evidence([FIVE], {"mini": seen})[FIVE]
    assert set(found) <= {"names", "descriptions", "classes"}


@given(st.permutations(range(24)), st.integers(1, 30))
def test_sample_depends_on_no_order_and_keeps_every_label(places, limit):
    documents = news("mini")
    chosen = sample([documents[i] for i in places], limit, 5)
    assert chosen == sample(documents, limit, 5)
    assert {e.type for d in chosen for e in d.entities} == set(FIVE.names)
    assert len(chosen) <= 5 * -(-limit // 5)
    assert {d.id for d in chosen} <= {d.id for d in sample(documents, limit + 5, 5)}


# --- other corpora ----------------------------------------------------------------------------------


def test_names_that_share_nothing_are_brought_together_by_a_third_name():
    hire, post = Label("雇佣", "雇佣", "hire"), Label("任职", "任职", "post")
    # 雇佣 is like 雇佣任职 of another corpus, and so is 任职
    bridge, plain_ = Label("bridge", "雇佣任职", "working relation"), Label("地点", "地点", "place")
    own, other = entity_group(hire, post, plain_), entity_group(bridge, corpus="other")
    assert schema.names(own.labels)[0, 1] == 0
    alone = Universe([own]).within(own)
    found = Universe([own, other]).within(own)
    assert alone[0, 1] == 0
    assert found[0, 1] > found[0, 2] == 0


def test_equal_concepts_are_one_whatever_their_names():
    pair = entity_group(Label("a", "雇佣", "hire", "employment"), Label("b", "任职", "post", "employment"))
    assert Universe([pair]).within(pair)[0, 1] == 1


def test_synonyms_without_a_shared_character_are_found_in_texts():
    """公司 and 企业名称 share no character, and here no English word; 公司 stands nearest all the same."""
    seen = {"mini": Seen.of(news("mini"), [FIVE], 1000)}
    assert schema.names(FIVE.labels)[2, 3] == 0
    found = evidence([FIVE], seen)[FIVE]
    fused = fuse(found, trust(FIVE, seen["mini"]))
    assert nearest_of(FIVE, fused, "公司") == "企业名称"
    assert nearest_of(FIVE, fused, "企业名称") == "公司"


def test_relations_without_a_shared_character_are_found_in_texts():
    hire, post, born = (
        RelationLabel(n, n, e) for n, e in (("雇佣", "hire"), ("任职", "post"), ("籍贯", "native place"))
    )
    own = Group("mini", "zh", "relation", "", (hire, post, born))
    documents = []
    for i, (firm, person, city) in enumerate(zip(FIRMS, PEOPLE, CITIES, strict=True)):
        verb = ("雇佣", "任职")[i % 2]
        documents.append(related(f"mini/train/{i}", f"{person}在{firm}科技担任工程师。", verb, person, f"{firm}科技"))
        documents.append(related(f"mini/train/{i}b", f"{person}的老家是{city}县。", "籍贯", person, f"{city}县"))
    seen = {"mini": Seen.of(documents, [own], 100)}
    fused = fuse(evidence([own], seen)[own], trust(own, seen["mini"]))
    assert nearest_of(own, fused, "雇佣") == "任职"


def test_synonyms_of_other_corpora_are_found_by_the_strings_they_share():
    own = entity_group(Label("公司", "公司", "firm"), Label("人", "人", "human"))
    other = entity_group(Label("企业名称", "企业名称", "enterprise"), Label("CITY", "城市", "city"), corpus="other")
    seen = {
        "mini": Seen.of([document(f"mini/train/{f}", f"{f}科技。", (f"{f}科技", "公司")) for f in FIRMS], [own], 100),
        "other": Seen.of(
            [document(f"o/train/{f}", f"看{f}科技！", (f"{f}科技", "企业名称")) for f in FIRMS], [other], 100
        ),
    }
    links = Universe([own, other]).links(seen, 10)
    (link,) = links[Place("mini", "entity", "公司")]
    assert link.to == Place("other", "entity", "企业名称")
    assert link.names == 0
    assert link.strings == pytest.approx(1.0)
    assert links[Place("mini", "entity", "人")] == ()


def test_a_held_out_corpus_learns_from_what_others_say_of_like_labels():
    own = entity_group(Label("C", "公司", "company"), Label("P", "人物", "person"), Label("O", "机构", "organization"))
    other = entity_group(
        Label("x", "公司", "company"), Label("y", "人物", "person"), Label("z", "机构", "organization"), corpus="other"
    )
    told = np.array([[0, 0.1, 0.9], [0.1, 0, 0.2], [0.9, 0.2, 0]])
    found = concepts(own, Universe([own, other]), {("other", "entity"): told})
    assert nearest_of(own, found, "C") == "O"
    assert concepts(own, Universe([own, other]), {("mini", "entity"): told}) is None


# --- the table --------------------------------------------------------------------------------------


def test_every_label_lists_all_others_once(mini):
    found = compute(mini)
    for one in found.tables:
        names = {row.label for row in one.rows}
        for row in one.rows:
            assert len(row.order) == len(names) - 1
            assert set(row.order) == names - {row.label}
    assert found.near("mini", "NER", "公司")[0] == "企业名称"


def test_what_a_pair_stands_on_is_told(mini):
    (row,) = [r for t in compute(mini).tables if t.corpus == "mini" for r in t.rows if r.label == "公司"]
    assert row.near[0].ranks["context"] == 1
    assert row.near[0].ranks["text"] == 1
    assert "names" not in row.near[0].ranks
    assert ("other", "corp") in {(link.to.corpus, link.to.label) for link in row.across}


def test_roles_compete_within_their_event_type(tmp_path):
    time, buyer, seller = Label("t", "时间", "time"), Label("b", "买入方", "buyer"), Label("s", "卖出方", "seller")
    events = (EventLabel("buy", "买入", "purchase", roles=(time, buyer, seller)), EventLabel("rain", "雨", "rain"))
    put(tmp_path, "mini", Schema(events=events))
    found = compute(tmp_path)
    assert found.roles("mini", "buy", "b")[0] == "s"
    assert found.near("mini", "EEA", "buy") == ("rain",)
    with pytest.raises(RecipeError, match="buy of mini has no role 'x'"):
        found.roles("mini", "buy", "x")


def test_unknown_labels_are_an_error_with_a_hint(mini):
    with pytest.raises(RecipeError, match="mini has no entity type 'PERS'; did you mean 'PER'"):
        compute(mini).near("mini", "NER", "PERS")


def test_table_is_the_same_after_writing_and_reading(mini, tmp_path):
    found = compute(mini)
    table.write(tmp_path / "out.json", found)
    assert load(tmp_path / "out.json") == found
    (tmp_path / "bad.json").write_text('{"key": 3}')
    with pytest.raises(SourceError, match="not a confusion table"):
        load(tmp_path / "bad.json")


def test_only_training_texts_are_read(mini):
    """A cue that only dev and test have, and texts of held-out corpora, change nothing but nothing."""
    before = compute(mini)
    cue = [document(f"mini/test/{i}", f"高明科技发布了财报{i}。", ("高明科技", "PER")) for i in range(40)]
    write_parquet(mini / "corpora/mini/test.parquet", Document, cue)
    write_parquet(mini / "corpora/mini/dev.parquet", Document, cue)
    assert table.encoded(compute(mini)) == table.encoded(before)
    write_parquet(mini / "corpora/mini/train.parquet", Document, [*news("mini"), *cue])
    assert compute(mini).tables != before.tables  # the same cue in training does have an effect


def test_texts_of_held_out_corpora_are_not_read(mini):
    held_out = compute(mini, held_out=["mini"])
    (one,) = [t for t in held_out.tables if t.corpus == "mini"]
    assert one.texts == 0
    assert set(one.evidence) <= {"names", "descriptions", "classes", "types", "roles", "concepts"}
    write_parquet(mini / "corpora/mini/train.parquet", Document, news("mini")[:4])
    assert table.encoded(compute(mini, held_out=["mini"])) == table.encoded(held_out)


def test_a_second_call_reads_the_cache_and_any_change_of_input_does_not(mini, tmp_path, monkeypatch):
    cached = tmp_path / "cache"
    first = compute(mini, cached=cached)
    with monkeypatch.context() as patch:
        patch.setattr(table, "tabulate", None)  # would raise if it were called
        assert compute(mini, cached=cached) == first
    changes = [
        lambda: compute(mini, sentences=7, cached=cached),
        lambda: compute(mini, held_out=["other"], cached=cached),
        lambda: (put(mini, "mini", Schema(entities=FIVE.labels[:4])), compute(mini, cached=cached))[1],
        lambda: (put(mini, "mini", Schema(entities=FIVE.labels), news("mini")[:-1]), compute(mini, cached=cached))[1],
    ]
    keys = [first.key] + [change().key for change in changes]
    monkeypatch.setattr(table, "code", lambda: "other code")
    keys.append(compute(mini, cached=cached).key)
    assert len(set(keys)) == 6
    assert {path.stem for path in cached.iterdir()} == set(keys)


def test_a_damaged_cache_is_computed_again(mini, tmp_path):
    first = compute(mini, cached=tmp_path / "cache")
    (path,) = (tmp_path / "cache").iterdir()
    path.write_text("{")
    assert compute(mini, cached=tmp_path / "cache") == first
    assert load(path) == first


def test_order_of_documents_changes_nothing(mini):
    before = compute(mini)
    write_parquet(mini / "corpora/mini/train.parquet", Document, news("mini")[::-1])
    assert compute(mini).tables == before.tables


def test_same_bytes_under_another_hash_seed(mini):
    program = (
        "import sys; from pathlib import Path; from uiebench.confusion.table import compute, encoded;"
        "sys.stdout.buffer.write(encoded(compute(Path(sys.argv[1]))))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program, str(mini)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert runs == {table.encoded(compute(mini))}


def test_a_table_needs_no_heavy_library(mini):
    program = (
        "import sys; from pathlib import Path; from uiebench.confusion import compute; compute(Path(sys.argv[1]));"
        "print([m for m in ('sklearn', 'scipy', 'torch', 'pandas') if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", program, str(mini)], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"


def test_folders_without_corpora_and_models_that_are_none_are_errors(mini, tmp_path):
    with pytest.raises(RecipeError, match="no corpora here"):
        compute(tmp_path / "nowhere")
    with pytest.raises(RecipeError, match="no model here"):
        compute(mini, model=tmp_path)


# --- an embedding model ---------------------------------------------------------------------------


def test_a_model_of_the_user_is_evidence_and_part_of_the_key(mini, tmp_path, monkeypatch):
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{}")

    def similarities(folder):
        def firm(label):
            return label.name[0] in "公企"

        return lambda labels: np.array([[float(firm(a) == firm(b)) for b in labels] for a in labels])

    monkeypatch.setattr(embedding, "similarities", similarities)
    found = compute(mini, model=tmp_path / "model")
    assert {one.corpus: "model" in one.evidence for one in found.tables} == {"mini": True, "other": False}
    before = compute(mini)
    assert all("model" not in one.evidence for one in before.tables)
    (tmp_path / "model" / "config.json").write_text('{"size": 2}')
    assert len({found.key, before.key, compute(mini, model=tmp_path / "model").key}) == 3


def test_a_model_without_its_libraries_says_what_to_install(mini, tmp_path, monkeypatch):
    (tmp_path / "config.json").write_text("{}")
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(UiebenchError, match="--model needs torch: pip install"):
        compute(mini, model=tmp_path)


# --- a scored model ---------------------------------------------------------------------------------


def breakdown(metric="ner", gold=("公司",), said=("DATE",), count=30):
    pairs = [{"gold": list(gold), "said": list(said), "count": count}, {"gold": list(gold), "said": [], "count": 9}]
    return {"corpus": "mini", "task": "NER", "metric": metric, "confusions": pairs}


@pytest.mark.parametrize("whole", [False, True])
def test_confusions_of_a_scored_model_are_evidence(mini, tmp_path, whole):
    rows = [breakdown()]
    (tmp_path / "report.json").write_text(json.dumps({"errors": rows, "rows": []} if whole else rows))
    found = compute(mini, scored=tmp_path / "report.json")
    (one,) = [t for t in found.tables if t.corpus == "mini"]
    (row,) = [r for r in one.rows if r.label == "公司"]
    assert "scored" in one.evidence
    assert {near.label for near in row.near if near.ranks.get("scored") == 1} == {"DATE"}
    assert found.key != compute(mini).key


def test_confusions_of_roles_stay_within_their_event_type(tmp_path):
    path = tmp_path / "report.json"
    path.write_text(
        json.dumps([breakdown("ac", ("buy", "b"), ("buy", "t")), breakdown("ac", ("buy", "b"), ("x", "s"))])
    )
    roles = tuple(Label(name, name, name) for name in "tbs")
    found = reports.read(path).matrix(Group("mini", "zh", "role", "buy", roles))
    assert found.tolist() == [[0, 0, 0], [1, 0, 0], [0, 0, 0]]


def test_a_report_without_confusions_is_an_error_in_one_line(tmp_path):
    path = tmp_path / "report.json"
    for content in ("{}", "[3]", "nothing"):
        path.write_text(content)
        with pytest.raises(SourceError, match="no report with confusions"):
            reports.read(path)


# --- the measures -----------------------------------------------------------------------------------


def test_balanced_coverage_weighs_every_false_label_alike():
    wrong = [Error(("a",), "b")] * 9 + [Error(("a",), "c"), Error(("d", "a"), "c")]
    lists = {"a": ("b",), "d": ("c",)}
    assert coverage(wrong, lists) == pytest.approx((1 + 1 / 3) / 2)
    assert coverage(wrong, lists, together=True) == pytest.approx((1 + 1 / 2) / 2)
    assert coverage([], lists) == 0


@given(st.lists(st.tuples(st.sampled_from("abcdefghi"), st.sampled_from("abcdefghi")), min_size=1), st.randoms())
def test_no_lists_cover_more_than_the_best(pairs, random):
    wrong = [Error((gold,), said) for gold, said in pairs if gold != said]
    names = list("abcdefghi")
    lists = {name: tuple(random.sample([o for o in names if o != name], 5)) for name in names}
    assert coverage(wrong, lists) <= coverage(wrong, best(wrong)) + 1e-9


def test_recall_counts_at_most_five():
    lists = {"a": ("b", "c", "d", "e", "f"), "z": ()}
    assert recall(lists, {"a": tuple("bcdefg"), "z": ("a", "b")}) == pytest.approx(0.5)


def test_a_text_is_in_one_half_in_every_spelling():
    assert half("ＡＢＣ 你好") == half("abc你 好")
    assert {half(f"第{i}句") for i in range(20)} == {0, 1}


LETTERS = "甲乙丙丁戊己庚辛"


def many(folder):
    """Eight labels in four pairs; the two of a pair stand in the same places."""
    schema = Schema(entities=tuple(Label(c, f"类{c}", f"kind {i}") for i, c in enumerate(LETTERS)))
    cues = ("走路", "游泳", "唱歌", "画画")
    documents = []
    for i in range(320):
        label = LETTERS[i % 8]
        what = f"{'天地玄黄宇宙洪荒'[i // 8 % 8]}{i // 64}物"
        documents.append(document(f"many/train/{i}", f"第{i}次{what}在{cues[i % 8 // 2]}。", (what, label)))
    put(folder, "many", schema, documents)
    manifest(folder)


def test_evaluation_sets_lists_beside_chance_and_finds_the_pairs(tmp_path):
    pytest.importorskip("sklearn")
    many(tmp_path)
    path = tmp_path / "reference.json"
    path.write_text(json.dumps({"many": {"类甲": ["kind 1"], "丙": ["丁"]}}))
    found = measure(tmp_path, ["many"], reference=read_reference(path))
    (group,) = found.groups
    assert (group.labels, group.split, group.documents) == (8, "train", 320)
    assert found.means["fusion"]["naive Bayes"] == 1
    assert found.means["fusion"]["presence"] == 1
    assert found.means["fusion"]["recall"] == 1
    assert found.means["optimum"]["MLP"] >= found.means["random"]["MLP"]
    assert {"random", "frequency", "name TF-IDF", "context", "schema", "fusion", "optimum"} <= set(found.means)
    assert measure(tmp_path, ["many"], reference=read_reference(path)) == found


def test_what_cannot_be_measured_is_an_error(mini, tmp_path):
    pytest.importorskip("sklearn")
    with pytest.raises(RecipeError, match="mini cannot be measured: fewer than 8 labels"):
        measure(mini, ["mini"])
    with pytest.raises(RecipeError, match="no corpus 'mimi'; did you mean 'mini'"):
        measure(mini, ["mimi"])
    many(mini)
    for wrong, told in (({"none": {}}, "not there"), ({"many": {"癸": ["甲"]}}, "does not have: '癸'")):
        with pytest.raises(RecipeError, match=told):
            measure(mini, ["many"], reference=wrong)
    (tmp_path / "bad.json").write_text("[]")
    with pytest.raises(SourceError, match="no reference of the form"):
        read_reference(tmp_path / "bad.json")


def test_evaluation_without_scikit_learn_says_what_to_install(mini, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(UiebenchError, match="pip install"):
        measure(mini)


# --- the command line -------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs `uiebench confusions …` in this process: exit code, stdout, stderr."""
    from uiebench import cli

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["uiebench", "confusions", *map(str, arguments)])
        try:
            cli.main()
        except SystemExit as ended:
            return (ended.code or 0, *capsys.readouterr())
        raise AssertionError("a command line ends by leaving")

    return run


@pytest.mark.parametrize("name", ["公司", "firm", "FIRM"])
def test_show_finds_a_label_by_any_of_its_names(mini, run, name):
    code, out, _ = run("show", name, "--benchmark", mini)
    assert code == 0
    assert "mini: entity 公司 / firm, from 24 training texts" in out
    assert out.index("企业名称") < out.index("日期")


def test_show_lists_every_corpus_that_has_the_label_and_like_concepts_elsewhere(mini, run):
    _, out, _ = run("show", "公司", "--benchmark", mini, "--json")
    rows = json.loads(out)
    assert [(row["corpus"], row["label"]) for row in rows] == [("mini", "公司"), ("other", "corp")]
    assert rows[0]["across"][0]["to"] == {"corpus": "other", "kind": "entity", "label": "corp"}
    _, out, _ = run("show", "公司", "--benchmark", mini)
    assert "the same or near concepts in other corpora" in out
    _, out, _ = run("show", "公司", "--benchmark", mini, "--corpus", "other", "--json")
    assert [row["corpus"] for row in json.loads(out)] == ["other"]


def test_build_writes_the_table_and_respects_the_manifest(mini, run, tmp_path):
    code, _, told = run("build", "--benchmark", mini)
    assert code == 0
    assert "8 labels of 2 corpora" in told
    assert load(mini / "confusions.json") == compute(mini)
    listed = json.loads((mini / "manifest.json").read_text()) | {"files": {"confusions.json": "0" * 64}}
    (mini / "manifest.json").write_text(json.dumps(listed))
    code, _, told = run("build", "--benchmark", mini)
    assert code == 1
    assert "name another file with --out" in told
    assert run("build", "--benchmark", mini, "--out", tmp_path / "mine.json")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "公司法"), "no corpus has a label '公司法'; did you mean '公司'?"),
        (("show", "公司", "--corpus", "mine"), "--corpus mine: not in this benchmark; did you mean 'mini'?"),
        (("show", "人名", "--corpus", "mini"), "mini has no label '人名'"),
        (("build", "--model", "nowhere"), "nowhere: no model here"),
        (("build", "--scored", "nowhere.json"), "nowhere.json: No such file"),
        (("evaluate", "--reference", "nowhere.json"), "nowhere.json: no reference"),
        (("evaluate", "--raw", "nowhere"), "give one of them"),
        (("evaluate", "--corpora", "other"), "other cannot be measured"),
        (("evaluate",), "nothing can be measured: no corpus has 8 labels and 20 annotated texts in each half"),
    ],
)
def test_bad_input_is_one_line(mini, run, arguments, told):
    code, out, error = run(*arguments, "--benchmark", mini)
    assert (code, out) == (1, "")
    assert error.startswith("error: ")
    assert told in error
    assert len(error.splitlines()) == 1


def test_a_corpus_with_too_few_texts_is_named_and_no_empty_table_printed(tmp_path, run):
    pytest.importorskip("sklearn")
    many(tmp_path)
    path = tmp_path / "corpora" / "many" / "train.parquet"
    write_parquet(path, Document, list(read_parquet(path, Document))[:12])
    code, out, error = run("evaluate", "--benchmark", tmp_path, "--corpora", "many")
    assert (code, out) == (1, "")
    assert re.fullmatch(r"error: many cannot be measured: \d annotated texts in a half of .* fewer than 20\n", error)


def test_evaluate_prints_tables_and_json(tmp_path, run):
    pytest.importorskip("sklearn")
    many(tmp_path)
    code, out, _ = run("evaluate", "--benchmark", tmp_path)
    assert code == 0
    assert "balanced coverage@5" in out
    assert out.index("random") < out.index("name TF-IDF") < out.index("fusion")
    _, out, _ = run("evaluate", "--benchmark", tmp_path, "--corpora", "many", "--json")
    assert json.loads(out)["means"]["fusion"]["naive Bayes"] == 1


def test_groups_of_a_schema_are_its_kinds_and_the_roles_of_each_event_type():
    from uiebench.score.gold import Described

    role = Label("t", "时间", "time")
    schema = Schema((PERSON,), (), (EventLabel("a", "甲", "a", roles=(role,)), EventLabel("b", "乙", "b")))
    found = groups(Described("x", "zh", "news", schema))
    assert [(g.kind, g.event, g.names) for g in found] == [
        ("entity", "", ("PER",)), ("event", "", ("a", "b")), ("role", "a", ("t",))
    ]  # fmt: skip
    assert msgspec.json.decode(msgspec.json.encode(found[0]), type=Group) == found[0]
