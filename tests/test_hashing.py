"""Hashes of files and folders, and choices by rank."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from native import write

from uiebench.hashing import fingerprint, members_of, rank, sha256_bytes, sha256_file, sha256_tree

LABELS = ["人物", "地点", "机构", "时间", "产品", "职位", "学历"]


def test_the_order_of_a_rank_is_pinned():
    """Another order would silently make another benchmark."""
    assert rank(LABELS, 1, "msra/train/7", "labels") == ["职位", "机构", "产品", "地点", "学历", "时间", "人物"]


@given(st.lists(st.text(max_size=5)), st.integers(), st.text(max_size=5), st.text(max_size=5), st.randoms())
def test_the_order_and_repeats_of_the_items_change_nothing(items, seed, document, purpose, random):
    shuffled = items * 2
    random.shuffle(shuffled)
    assert rank(shuffled, seed, document, purpose) == rank(items, seed, document, purpose)
    assert sorted(rank(items, seed, document, purpose)) == sorted(set(items))


@given(st.sets(st.text(max_size=5)), st.text(max_size=5), st.integers())
def test_another_item_leaves_the_order_of_the_rest_so_that_a_choice_loses_at_most_its_last(items, more, seed):
    before, after = rank(items, seed, "d", "p"), rank([*items, more], seed, "d", "p")
    assert [item for item in after if item in items] == before
    for k in range(len(before)):
        assert set(after[: k + 1]) >= set(before[:k])


def test_seed_document_and_purpose_each_make_another_choice():
    choices = {
        tuple(rank(LABELS, seed, document, purpose))
        for seed in (0, 1)
        for document in ("a/train/0", "a/train/1")
        for purpose in ("labels", "negatives")
    }
    assert len(choices) == 8


def test_every_item_comes_first_about_equally_often():
    firsts = Counter(rank(LABELS[:4], 0, f"d/{number}", "p")[0] for number in range(4000))
    assert all(900 < count < 1100 for count in firsts.values())
    assert len(firsts) == 4


@pytest.mark.parametrize("hashseed", ["0", "1", "4242"])
def test_rank_is_the_same_in_another_process_with_another_hash_seed(hashseed):
    script = (
        "from uiebench.hashing import rank, fingerprint\n"
        f"print(rank(set({LABELS!r}), 5, 'd', 'p'), fingerprint({{'b': set({LABELS!r}), 'a': 1}}))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": hashseed, "PYTHONUTF8": "1"}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{rank(LABELS, 5, 'd', 'p')} {fingerprint({'a': 1, 'b': set(LABELS)})}"


def test_fingerprint_tells_values_apart_and_ignores_the_order_of_keys():
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert fingerprint({"a": 1, "b": 2}) != fingerprint({"a": 2, "b": 1})


def test_hash_of_a_file_is_that_of_its_bytes(tmp_path):
    data = "高城\r\n\0".encode() * 100_000
    assert sha256_file(write(tmp_path / "a", data)) == sha256_bytes(data) == hashlib.sha256(data).hexdigest()


@pytest.fixture
def tree(tmp_path):
    for name in ("b.txt", "a/9.txt", "a/10.txt", "a.txt", "a/deep/语料.txt", "a/note.md", "Z.txt"):
        write(tmp_path / name, f"内容 {name}")
    return tmp_path


def test_members_are_sorted_by_path_and_counted_once(tree):
    found = [path.relative_to(tree).as_posix() for path in members_of(tree, ["a/*.txt", "**/*.txt"])]
    assert found == ["Z.txt", "a.txt", "a/10.txt", "a/9.txt", "a/deep/语料.txt", "b.txt"]


def test_hash_of_a_folder_changes_with_content_name_and_number_of_members(tree):
    seen = {sha256_tree(tree, ["**/*.txt"])}
    write(tree / "b.txt", "anders")
    seen.add(sha256_tree(tree, ["**/*.txt"]))
    (tree / "b.txt").rename(tree / "c.txt")
    seen.add(sha256_tree(tree, ["**/*.txt"]))
    (tree / "c.txt").unlink()
    seen.add(sha256_tree(tree, ["**/*.txt"]))
    write(tree / "a/note.md", "not a member")
    seen.add(sha256_tree(tree, ["**/*.txt"]))
    assert len(seen) == 4


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="no sha256sum on this machine")
def test_hash_of_a_folder_is_that_of_the_listing_of_sha256sum(tree):
    names = [path.relative_to(tree).as_posix() for path in members_of(tree, ["**/*.txt"])]
    listing = subprocess.run(["sha256sum", *names], cwd=tree, capture_output=True, check=True).stdout
    assert sha256_tree(tree, ["**/*.txt"]) == sha256_bytes(listing)
