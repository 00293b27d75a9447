"""Native files: found, refused, fetched from a server on this machine, unpacked."""

import hashlib
import io
import stat
import tarfile
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from native import write

from uiebench.errors import SourceError
from uiebench.hashing import members_of, sha256_tree
from uiebench.sources import Found, Missing, default_raw, fetch, locate, remedy, unpack, url_of
from uiebench.types import Archive, Download, HubFile, Manual

DATA = "高城在远山以北。\n".encode() * 9000  # several chunks


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# --- a server on this machine ---------------------------------------------------------------------


class Server:
    """Serves `files` and writes down what it was asked.

    `drops` are the numbers of bytes after which the next answers break off; `ranges`: whether it
    understands Range; `redirects`: path → address.
    """

    def __init__(self):
        self.files: dict[str, bytes] = {}
        self.redirects: dict[str, str] = {}
        self.drops: list[int] = []
        self.ranges = True
        self.sized = True
        self.asked: list[tuple[str, str | None, str | None]] = []
        self.url = ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers.get("Range")
        self.asked.append((request.path, wanted, request.headers.get("Authorization")))
        if target := self.redirects.get(request.path):
            request.send_response(302)
            request.send_header("Location", target)
            request.end_headers()
            return
        data = self.files.get(request.path)
        if data is None:
            request.send_error(404)
            return
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and self.ranges else 0
        if start >= len(data) > 0:
            request.send_response(416)
            request.send_header("Content-Range", f"bytes */{len(data)}")
            request.end_headers()
            return
        request.send_response(206 if wanted and self.ranges else 200)
        if self.sized:
            request.send_header("Content-Length", str(len(data) - start))
        request.end_headers()
        end = start + self.drops.pop(0) if self.drops else len(data)
        request.wfile.write(data[start:end])


@pytest.fixture
def server(monkeypatch):
    for name in ("HF_TOKEN", "HF_ENDPOINT", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    served = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            served.answer(self)

        def log_message(self, *arguments):
            """Keep quiet."""

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield served
    http.shutdown()
    thread.join()
    http.server_close()


def served_download(server, data=DATA, **more):
    """A pinned download of `data` from the server."""
    server.files["/train.txt"] = data
    fields = {"sha256": sha256(data), "bytes": len(data), **more}
    return Download("data/train.txt", server.url + "/train.txt", **fields)


def files_below(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


# --- found or not ---------------------------------------------------------------------------------

PINNED = Download("data/train.txt", "http://example.invalid/train.txt", sha256(DATA), len(DATA))


def test_a_file_is_found_by_its_path(tmp_path):
    path = write(tmp_path / "c" / "data" / "train.txt", DATA)
    assert locate(tmp_path, "c", PINNED) == Found(path, sha256(DATA), pinned=True)


def test_a_pinned_file_is_found_by_its_name_and_hash_anywhere_in_the_folder_of_the_corpus(tmp_path):
    write(tmp_path / "c" / "a" / "train.txt", b"another corpus")
    path = write(tmp_path / "c" / "b" / "deep" / "train.txt", DATA)
    assert locate(tmp_path, "c", PINNED) == Found(path, sha256(DATA), pinned=True)
    assert isinstance(locate(tmp_path, "other", PINNED), Missing)


def test_a_file_that_was_never_seen_is_taken_as_it_comes_but_only_at_its_path(tmp_path):
    unpinned = Download("data/train.txt", PINNED.url)
    write(tmp_path / "c" / "train.txt", b"an extract")
    assert isinstance(locate(tmp_path, "c", unpinned), Missing)
    path = write(tmp_path / "c" / "data" / "train.txt", b"whatever")
    assert locate(tmp_path, "c", unpinned) == Found(path, sha256(b"whatever"), pinned=False)


def test_an_altered_file_is_an_error_with_both_hashes_and_sizes(tmp_path):
    path = write(tmp_path / "c" / "data" / "train.txt", DATA[:-1])
    with pytest.raises(SourceError) as caught:
        locate(tmp_path, "c", PINNED)
    assert str(caught.value) == (
        f"{path}: not the file this corpus was described from: expected sha256 {sha256(DATA)}, found "
        f"{sha256(DATA[:-1])} ({len(DATA) - 1:,} bytes instead of {len(DATA):,}: truncated or altered)"
    )


def test_an_altered_file_of_the_same_size_says_nothing_of_sizes(tmp_path):
    write(tmp_path / "c" / "data" / "train.txt", DATA[:-1] + b"x")
    with pytest.raises(SourceError, match=r"found [0-9a-f]{64}$"):
        locate(tmp_path, "c", PINNED)


def test_what_is_missing_comes_with_its_remedy(tmp_path):
    assert locate(tmp_path, "c", PINNED) == Missing("data/train.txt", "uiebench corpora fetch c")
    asked = Manual("train.txt", "Ask the authors for it.", "http://example.invalid")
    assert locate(tmp_path, "c", asked) == Missing("train.txt", "Ask the authors for it. (http://example.invalid)")
    assert remedy("c", Manual("train.txt", "Ask the authors for it.")) == "Ask the authors for it."


@pytest.mark.parametrize("kind", [Archive, Manual])
def test_a_folder_is_its_members_and_its_hash_is_theirs(tmp_path, kind):
    fields = {"url": "http://example.invalid"} | ({"how": "Ask."} if kind is Manual else {})
    folder = kind(path="data", members=("*.txt",), **fields)
    assert isinstance(locate(tmp_path, "c", folder), Missing)
    write(tmp_path / "c" / "data" / "readme.md", "no member")
    assert isinstance(locate(tmp_path, "c", folder), Missing)
    write(tmp_path / "c" / "data" / "a.txt", "甲")
    expected = sha256_tree(tmp_path / "c" / "data", ["*.txt"])
    assert locate(tmp_path, "c", folder) == Found(tmp_path / "c" / "data", expected, pinned=False)
    pinned = kind(path="data", members=("*.txt",), sha256=expected, **fields)
    assert locate(tmp_path, "c", pinned) == Found(tmp_path / "c" / "data", expected, pinned=True)
    write(tmp_path / "c" / "data" / "b.txt", "乙")
    with pytest.raises(
        SourceError, match=f"not the files .* expected sha256 {expected}, found [0-9a-f]{{64}} .2 files.$"
    ):
        locate(tmp_path, "c", pinned)


def test_the_raw_folder_can_be_chosen(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    monkeypatch.delenv("UIEBENCH_RAW", raising=False)
    assert default_raw() == Path("/somewhere/uiebench/raw")
    monkeypatch.setenv("UIEBENCH_RAW", "/elsewhere")
    assert default_raw() == Path("/elsewhere")


# --- downloads ------------------------------------------------------------------------------------


def test_a_download_arrives_whole_and_tells_how_far_it_is(server, tmp_path):
    source = served_download(server)
    told = []
    found = fetch(tmp_path, "c", source, lambda had, total: told.append((had, total)))
    assert found == Found(tmp_path / "c" / "data" / "train.txt", sha256(DATA), pinned=True)
    assert found.path.read_bytes() == DATA
    assert files_below(tmp_path) == ["c/data/train.txt"]
    assert told[-1] == (len(DATA), len(DATA))
    assert [had for had, _ in told] == sorted({had for had, _ in told})


def test_what_is_there_is_not_fetched_again(server, tmp_path):
    source = served_download(server)
    fetch(tmp_path, "c", source)
    fetch(tmp_path, "c", source)
    assert len(server.asked) == 1


def test_a_dropped_connection_resumes_where_it_broke_off(server, tmp_path):
    source = served_download(server)
    server.drops = [70_000, 50_000]
    told = []
    fetch(tmp_path, "c", source, lambda had, total: told.append((had, total)))
    assert (tmp_path / "c" / "data" / "train.txt").read_bytes() == DATA
    assert [wanted for _, wanted, _ in server.asked] == [None, "bytes=70000-", "bytes=120000-"]
    assert {total for _, total in told} == {len(DATA)}


def test_an_interrupted_download_is_resumed_by_the_next_call(server, tmp_path):
    source = served_download(server)
    server.drops = [10, 10, 10]
    with pytest.raises(SourceError, match=r"cannot be downloaded .*; what was had is kept and resumed next time"):
        fetch(tmp_path, "c", source)
    assert files_below(tmp_path) == ["c/data/train.txt.part"]
    fetch(tmp_path, "c", source)
    assert server.asked[-1][1] == "bytes=30-"
    assert files_below(tmp_path) == ["c/data/train.txt"]
    assert (tmp_path / "c" / "data" / "train.txt").read_bytes() == DATA


def test_a_server_without_ranges_sends_it_from_the_beginning(server, tmp_path):
    source = served_download(server)
    server.ranges, server.drops = False, [70_000]
    fetch(tmp_path, "c", source)
    assert [wanted for _, wanted, _ in server.asked] == [None, "bytes=70000-"]
    assert (tmp_path / "c" / "data" / "train.txt").read_bytes() == DATA


def test_a_part_that_was_whole_already_is_taken(server, tmp_path):
    source = served_download(server)
    write(tmp_path / "c" / "data" / "train.txt.part", DATA)
    assert fetch(tmp_path, "c", source).pinned
    assert files_below(tmp_path) == ["c/data/train.txt"]


def test_a_part_that_is_longer_than_the_file_is_thrown_away(server, tmp_path):
    source = served_download(server)
    write(tmp_path / "c" / "data" / "train.txt.part", DATA + b"more")
    assert fetch(tmp_path, "c", source).path.read_bytes() == DATA
    assert [wanted for _, wanted, _ in server.asked] == [f"bytes={len(DATA) + 4}-", None]


def test_a_download_with_another_hash_is_removed_and_both_hashes_are_said(server, tmp_path):
    source = served_download(server)
    server.files["/train.txt"] = b"altered"
    with pytest.raises(SourceError) as caught:
        fetch(tmp_path, "c", source)
    assert str(caught.value) == (
        f"{source.url}: expected sha256 {sha256(DATA)}, found {sha256(b'altered')} "
        f"(7 bytes instead of {len(DATA):,}: truncated or altered); removed"
    )
    assert files_below(tmp_path) == []


def test_a_download_cut_short_without_a_length_is_found_by_its_hash(server, tmp_path):
    source = served_download(server)
    server.sized, server.drops = False, [100]
    with pytest.raises(SourceError, match=r"\(100 bytes instead of .*: truncated or altered\); removed"):
        fetch(tmp_path, "c", source)
    assert files_below(tmp_path) == []


def test_an_unpinned_download_is_taken_as_it_comes(server, tmp_path):
    found = fetch(tmp_path, "c", served_download(server, sha256="", bytes=0))
    assert (found.sha256, found.pinned) == (sha256(DATA), False)


def test_an_empty_file_can_be_downloaded(server, tmp_path):
    assert fetch(tmp_path, "c", served_download(server, b"")).path.read_bytes() == b""


def test_a_file_that_the_server_does_not_have_is_one_line(server, tmp_path):
    source = Download("train.txt", server.url + "/none.txt")
    with pytest.raises(SourceError) as caught:
        fetch(tmp_path, "c", source)
    assert str(caught.value) == f"{server.url}/none.txt: the server answers 404 Not Found"
    assert len(server.asked) == 1
    assert files_below(tmp_path) == []


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/train.txt", "ftp://127.0.0.1/train.txt", "http://[bad/train.txt", ""]
)
def test_a_server_that_cannot_be_reached_is_one_line(server, tmp_path, url):
    with pytest.raises(SourceError) as caught:
        fetch(tmp_path, "c", Download("train.txt", url))
    assert str(caught.value).startswith(f"{url}: cannot be downloaded (")
    assert "\n" not in str(caught.value)


def test_a_target_that_cannot_be_written_is_one_line(server, tmp_path):
    write(tmp_path / "c", "a file where the folder should be")
    with pytest.raises(SourceError, match=r"train\.txt: cannot be written \(.+\)$"):
        fetch(tmp_path, "c", served_download(server))


def test_what_must_be_asked_for_says_how(server, tmp_path):
    source = Manual("train.txt", "Register, then save it as train.txt.", server.url)
    with pytest.raises(SourceError) as caught:
        fetch(tmp_path, "c", source)
    assert str(caught.value) == (
        f"c: train.txt cannot be downloaded. Register, then save it as train.txt. ({server.url})"
    )
    assert server.asked == []
    path = write(tmp_path / "c" / "train.txt", "甲")
    assert fetch(tmp_path, "c", source).path == path


# --- the Hub --------------------------------------------------------------------------------------

HUB = HubFile("train.txt", "them/corpus", "data/train.txt", "abc123")
HUB_PATH = "/datasets/them/corpus/resolve/abc123/data/train.txt"
TOKEN = "hf_secretsecret"


def test_a_hub_file_is_pinned_to_its_revision(monkeypatch):
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    assert url_of(HUB) == "https://huggingface.co" + HUB_PATH
    monkeypatch.setenv("HF_ENDPOINT", "http://mirror.invalid/")
    assert url_of(HUB) == "http://mirror.invalid" + HUB_PATH


@pytest.mark.parametrize("written", [TOKEN, f" {TOKEN}\n"])
def test_the_hub_gets_the_token_and_other_hosts_do_not(server, tmp_path, monkeypatch, written):
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.setenv("HF_TOKEN", written)
    other = server.url.replace("127.0.0.1", "localhost")
    server.redirects[HUB_PATH] = other + "/cdn"
    server.files["/cdn"] = DATA
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    fetch(tmp_path, "c", HUB)
    fetch(tmp_path, "d", served_download(server))
    assert [(path, header) for path, _, header in server.asked] == [
        (HUB_PATH, f"Bearer {TOKEN}"),
        ("/cdn", None),
        ("/train.txt", None),
    ]


@pytest.mark.parametrize("token", [TOKEN, "hf_secret\nsecret", "hf_sécret", "hf_secret secret", "hf_secret\x7f"])
@pytest.mark.parametrize("endpoint", ["", "http://127.0.0.1:9"])
def test_the_token_never_shows_in_a_message(server, tmp_path, monkeypatch, token, endpoint):
    monkeypatch.setenv("HF_ENDPOINT", endpoint or server.url)
    monkeypatch.setenv("HF_TOKEN", token)
    with pytest.raises(SourceError) as caught:
        fetch(tmp_path, "c", HUB)
    assert "secret" not in str(caught.value)
    assert "cret" not in repr(caught.value)


def test_no_token_no_header(server, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.setenv("HF_TOKEN", "")
    server.files[HUB_PATH] = DATA
    fetch(tmp_path, "c", HUB)
    assert server.asked == [(HUB_PATH, None, None)]


# --- archives -------------------------------------------------------------------------------------


def tarred(members: dict[str, bytes], mode="w:gz", extra=()) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in extra:
            archive.addfile(info)
    return buffer.getvalue()


def zipped(members: dict[str, bytes], extra=()) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        for info, data in extra:
            archive.writestr(info, data)
    return buffer.getvalue()


FORMATS = {
    "zip": zipped,
    "tar": lambda members: tarred(members, "w"),
    "tar.gz": tarred,
    "tar.bz2": lambda members: tarred(members, "w:bz2"),
    "tar.xz": lambda members: tarred(members, "w:xz"),
}
CONTENT = {
    "corpus-1.0/data/train.txt": DATA,
    "corpus-1.0/data/语料.txt": b"\0",
    "corpus-1.0/README.md": b"",
    "top.txt": b"x",
}


def served_archive(server, data, **fields):
    server.files["/a"] = data
    return Archive(url=server.url + "/a", **{"path": "data", "members": ("*.txt",), "strip": 2, **fields})


@pytest.mark.parametrize("pack", FORMATS.values(), ids=FORMATS)
def test_the_named_members_are_unpacked_without_leading_folders(server, tmp_path, pack):
    found = fetch(tmp_path, "c", served_archive(server, pack(CONTENT)))
    assert found.path == tmp_path / "c" / "data"
    assert files_below(tmp_path) == ["c/data/train.txt", "c/data/语料.txt"]
    assert (tmp_path / "c" / "data" / "train.txt").read_bytes() == DATA
    pinned = served_archive(server, pack(CONTENT), sha256=found.sha256)
    assert fetch(tmp_path / "again", "c", pinned) == Found(tmp_path / "again" / "c" / "data", found.sha256, pinned=True)


def test_an_archive_may_be_unpacked_into_the_folder_of_the_corpus(server, tmp_path):
    write(tmp_path / "c" / "mine.md", "stays")
    fetch(tmp_path, "c", served_archive(server, zipped(CONTENT), path="", strip=1, members=("data/*.txt",)))
    assert files_below(tmp_path) == ["c/data/train.txt", "c/data/语料.txt", "c/mine.md"]


def test_an_archive_with_other_members_is_an_error_with_both_hashes(server, tmp_path):
    with pytest.raises(SourceError, match=f"not the ones .* expected sha256 {'0' * 64}, found [0-9a-f]{{64}}"):
        fetch(tmp_path, "c", served_archive(server, zipped(CONTENT), sha256="0" * 64))


def test_an_archive_without_the_members_says_which(server, tmp_path):
    source = served_archive(server, zipped(CONTENT), members=("*.json", "*.xml"))
    with pytest.raises(SourceError, match=r"/a: the archive holds no \*\.json, \*\.xml$"):
        fetch(tmp_path, "c", source)


def test_zip_names_in_gbk_are_read_as_such(server, tmp_path):
    placeholder = "yuliao__"  # as many bytes as the name has in GBK
    name = "语料训练"
    data = zipped({f"{placeholder}.txt": b"x"}).replace(placeholder.encode(), name.encode("gbk"))
    fetch(tmp_path, "c", served_archive(server, data, strip=0, encoding="gbk"))
    assert files_below(tmp_path) == [f"c/data/{name}.txt"]


def link(name, target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


OUTSIDE = [
    "../evil.txt",
    "a/../../evil.txt",
    "/tmp/evil.txt",
    "a/b/../../../evil.txt",
    "C:evil.txt",
    "..\\evil.txt",
    "a\\..\\..\\evil.txt",
]


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.parametrize("pack", [tarred, zipped])
@pytest.mark.parametrize("strip", [0, 1])
def test_a_member_outside_the_folder_is_refused_and_nothing_is_unpacked(tmp_path, name, pack, strip):
    archive = write(tmp_path / "archive", pack({"a/good.txt": b"x", name: b"x", "a/more.txt": b"x"}))
    source = Archive("data", "http://example.invalid", ("**/*.txt",), strip=strip)
    with pytest.raises(SourceError, match="would be written outside its folder"):
        unpack(archive, tmp_path / "raw" / "data", source)
    assert files_below(tmp_path) == ["archive"]
    assert not Path("/tmp/evil.txt").exists()


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE])
def test_links_in_a_tar_are_never_made_or_followed(tmp_path, kind):
    write(tmp_path / "secret.txt", "secret")
    (tmp_path / "outside").mkdir()
    links = [link("a.txt", "../../secret.txt", kind), link("b.txt", str(tmp_path / "secret.txt"), kind)]
    folder = link("deep", str(tmp_path / "outside"), kind)
    buffer = tarred({"good.txt": b"x"}, "w", [*links, folder])
    archive = write(tmp_path / "archive", buffer)
    unpack(archive, tmp_path / "raw" / "data", Archive("data", "", ("**/*",)))
    assert files_below(tmp_path / "raw") == ["data/good.txt"]
    assert not any(path.is_symlink() for path in (tmp_path / "raw").rglob("*"))


def test_links_in_a_zip_are_never_made_or_followed(tmp_path):
    info = zipfile.ZipInfo("a.txt")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    archive = write(tmp_path / "archive", zipped({"good.txt": b"x"}, [(info, b"../../secret.txt")]))
    unpack(archive, tmp_path / "raw" / "data", Archive("data", "", ("*.txt",)))
    assert files_below(tmp_path / "raw") == ["data/good.txt"]


def test_a_file_below_a_link_stays_inside_the_folder(tmp_path):
    (tmp_path / "outside").mkdir()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(link("deep", str(tmp_path / "outside")))
        info = tarfile.TarInfo("deep/evil.txt")
        info.size = 1
        archive.addfile(info, io.BytesIO(b"x"))
    unpack(write(tmp_path / "archive", buffer.getvalue()), tmp_path / "raw" / "data", Archive("data", "", ("**/*",)))
    assert files_below(tmp_path / "outside") == []
    assert files_below(tmp_path / "raw") == ["data/deep/evil.txt"]


def broken(data: bytes, kind: str) -> bytes:
    if kind == "half":
        return data[: len(data) // 2]
    if kind == "page":
        return b"<html>Please log in</html>"
    if kind == "empty":
        return b""
    middle = len(data) // 2
    return data[:middle] + bytes(255 - byte for byte in data[middle : middle + 40]) + data[middle + 40 :]


NOISE = b"".join(hashlib.sha256(b"%d" % number).digest() for number in range(3000))


@pytest.mark.parametrize("pack", [FORMATS[name] for name in FORMATS if name != "tar"])
@pytest.mark.parametrize("kind", ["half", "page", "empty", "altered"])
def test_a_broken_archive_is_removed_and_nothing_is_unpacked(tmp_path, pack, kind):
    archive = write(tmp_path / "archive", broken(pack({"a.txt": NOISE}), kind))
    with pytest.raises(SourceError, match=r"archive: not a whole archive \(.+\); removed, fetch it again$") as caught:
        unpack(archive, tmp_path / "raw" / "data", Archive("data", "", ("*.txt",)))
    assert "\n" not in str(caught.value)
    assert files_below(tmp_path) == []


@pytest.mark.parametrize("kind", ["half", "page", "empty"])
def test_a_broken_plain_tar_is_removed_and_nothing_is_unpacked(tmp_path, kind):
    archive = write(tmp_path / "archive", broken(tarred({"a.txt": NOISE}, "w"), kind))
    with pytest.raises(SourceError, match="not a whole archive"):
        unpack(archive, tmp_path / "raw" / "data", Archive("data", "", ("*.txt",)))
    assert files_below(tmp_path) == []


def test_an_encrypted_zip_is_one_line(tmp_path):
    data = bytearray(zipped({"a.txt": b"x"}))
    data[6] |= 1  # the flag in the local header
    data[data.index(b"PK\x01\x02") + 8] |= 1  # and in the directory
    with pytest.raises(SourceError, match=r"not a whole archive \(.*encrypted.*\)"):
        unpack(write(tmp_path / "archive", bytes(data)), tmp_path / "data", Archive("data", "", ("*.txt",)))


def test_an_interrupted_archive_is_resumed_and_never_mixed_with_another(server, tmp_path):
    first, second = tarred({"a.txt": NOISE}), zipped({"b.txt": NOISE})
    server.files |= {"/first": first, "/second": second}
    one = Archive("one", server.url + "/first", ("*.txt",))
    two = Archive("two", server.url + "/second", ("*.txt",))
    server.drops = [5000, 0, 0]
    with pytest.raises(SourceError, match="cannot be downloaded"):
        fetch(tmp_path, "c", one)
    fetch(tmp_path, "c", two)
    fetch(tmp_path, "c", one)
    assert server.asked[-1][1] == "bytes=5000-"
    assert files_below(tmp_path) == ["c/one/a.txt", "c/two/b.txt"]


folders = st.lists(st.sampled_from(["a", "b", "data"]), max_size=3)
paths = st.tuples(folders, st.sampled_from(["x.txt", "y.txt", "z.json", "[1].txt"])).map(
    lambda p: "/".join([*p[0], p[1]])
)
patterns = st.lists(
    st.sampled_from(
        ["*.txt", "**/*.txt", "a/*", "*/x.txt", "a/**/*.txt", "**/*", "data/**/y.txt", "?/*.json", "**/a/*"]
    ),
    min_size=1,
    max_size=2,
)


@given(st.sets(paths, min_size=1), patterns)
def test_what_is_unpacked_is_what_the_hash_of_the_folder_counts(tmp_path_factory, names, wanted):
    """Unpacking by name and counting by glob must not differ, or no pinned hash would ever fit."""
    root = tmp_path_factory.mktemp("any")
    archive = write(root / "archive", tarred(dict.fromkeys(names, b"x"), "w"))
    for name in names:
        write(root / "all" / name, b"x")
    unpack(archive, root / "some", Archive("some", "", tuple(wanted)))
    counted = [path.relative_to(root / "all").as_posix() for path in members_of(root / "all", wanted)]
    assert files_below(root / "some") == counted


def test_a_folder_with_some_of_its_members_is_missing(tmp_path):
    folder = Archive("data", "http://example.invalid", ("train.json", "dev.json"))
    write(tmp_path / "c" / "data" / "train.json", "[]")
    assert isinstance(locate(tmp_path, "c", folder), Missing)
    write(tmp_path / "c" / "data" / "dev.json", "[]")
    assert isinstance(locate(tmp_path, "c", folder), Found)


def test_a_folder_whose_unpacking_was_cut_short_is_fetched_again(server, tmp_path):
    source = served_archive(server, zipped(CONTENT))
    fetch(tmp_path, "c", source)
    (tmp_path / "c" / "data" / ".unpacking").touch()
    assert isinstance(locate(tmp_path, "c", source), Missing)
    fetch(tmp_path, "c", source)
    assert isinstance(locate(tmp_path, "c", source), Found)
