"""`uiebench corpora show` and `check`: what they print, and what they say of files that are not there."""

import json

import msgspec
import pytest
from native import write
from typer.testing import CliRunner

from uiebench import catalogue
from uiebench.cli import app
from uiebench.errors import SourceError
from uiebench.sources import locate
from uiebench.types import Archive


def printed(*arguments):
    """The standard output of a command; what it raises is raised."""
    result = CliRunner().invoke(app, ["corpora", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_documents_are_shown_as_text_and_one_annotation_a_line():
    lines = printed("check", "resume", "duie2", "fewfc", "--samples", "--show", 1).split("\n")
    assert "Document(" not in "".join(lines)
    start = lines.index("resume/train/0")
    assert lines[start + 1] == "方远山，男，中国国籍，苗族，云州青石县人。"
    assert lines[start + 2] == "  NAME: 方远山 [0:3]"
    assert any(" → " in line and line.startswith("  ") for line in lines[lines.index("duie2/train/0") :])
    start = lines.index("fewfc/train/0")
    assert lines[start + 2 : start + 4] == ["  质押: 质押 [31:33]", "    collateral: 股 [13:14]"]
    assert sum(line.startswith("resume/") for line in lines) == 3  # one of each split


def test_json_holds_the_documents_and_is_json_and_nothing_else():
    results = json.loads(printed("check", "resume", "semeval2010_task8", "--samples", "--show", 2, "--json"))
    assert {(r["corpus"], r["split"], r["reading"]) for r in results} >= {
        ("resume", "test", ""),
        ("semeval2010_task8", "train", "rows"),
    }
    assert all(len(result["documents"]) == 2 for result in results)
    (train,) = [r for r in results if (r["corpus"], r["split"]) == ("resume", "train")]
    assert train["documents"][0]["text"].startswith("方远山")
    assert "documents" not in json.loads(printed("check", "resume", "--samples", "--json"))[0]


def test_relations_are_described_and_what_all_of_them_join_is_said_once():
    shown = printed("show", "scierc")
    assert "the head is used for, models or trains the tail" in shown
    assert shown.count("Task/Method/Metric") == 2  # the heads and the tails
    assert "PER → FAC/GPE/LOC" in printed("show", "ace05")


def test_the_file_that_is_missing_is_named_where_others_are_there(tmp_path, monkeypatch):
    corpus = catalogue.load("ade")
    (split,) = corpus.splits
    seen = msgspec.structs.replace(
        split, files=tuple(msgspec.structs.replace(file, sha256="", bytes=0) for file in split.files)
    )
    monkeypatch.setattr(catalogue, "load", lambda name: msgspec.structs.replace(corpus, splits=(seen,)))
    with pytest.raises(SourceError, match=r"no files of ade; name a folder with --raw$"):
        printed("check", "ade", "--raw", tmp_path)
    write(tmp_path / "ade" / "DRUG-AE.rel", "")
    with pytest.raises(SourceError) as caught:
        printed("check", "ade", "--raw", tmp_path)
    assert str(caught.value) == (
        f"{tmp_path / 'ade'}: not whole; train: missing: ADE-NEG.txt: uiebench corpora fetch ade"
    )


@pytest.mark.parametrize(
    ("files", "told"),
    [(0, "(2 files)"), (3, "(2 files instead of 3)"), (2, "(2 files, as many as there should be)")],
)
def test_a_folder_with_other_files_says_how_many_there_are(tmp_path, files, told):
    for name in ("a.txt", "b.txt"):
        write(tmp_path / "c" / "data" / name, name)
    source = Archive("data", "http://example.invalid", ("*.txt",), sha256="0" * 64, files=files)
    with pytest.raises(SourceError) as caught:
        locate(tmp_path, "c", source)
    assert str(caught.value).endswith(told)
