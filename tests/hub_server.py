"""A small Hugging Face Hub on 127.0.0.1, for tests with the real clients: datasets, read and written.

    hub = Hub()
    commit = hub.commit("org/name", {"README.md": b"…"})
    with hub.serving() as endpoint:
        subprocess.run([…], env={"HF_ENDPOINT": endpoint, "HF_HUB_DISABLE_XET": "1", …})
    hub.requests    →  ["GET /api/datasets/org/name", …]
    hub.uploaded    →  [b"…"]    every body that was sent

A repository is a list of commits, each a whole tree of files; branches and tags name commits. It may be
gated (the Hub shows it and keeps its files back) or private (it answers as if there were none). Who has TOKEN
may write below "org/", who has READER may only read. `hub.broken` names requests whose connection is cut, and
`hub.meanwhile` is called just before a commit is made: somebody else's commit.
"""

import base64
import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

import yaml

ROOT = Path(__file__).parent.parent
TOKEN = "hf_a-token-of-the-tests"
READER = "hf_a-token-that-may-only-read"
LICENCES = {
    *("apache-2.0", "mit", "unknown", "other", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0"),
    "cc-by-nc-sa-4.0",
}
SIZES = {"n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M"}
TASKS = {"token-classification", "text-generation"}


def card_faults(card):
    """What the Hub finds wrong with the front matter of a dataset card: its rules as far as cards of ours meet them."""
    found = re.match(r"---\n(.*?)\n---\n", card, re.DOTALL)
    if not found:
        return ["no front matter"]
    front = yaml.safe_load(found[1])
    for number, config in enumerate(front.get("configs", [])):
        if not isinstance(config, dict):
            return [f'"configs[{number}]" must be of type object']
    faults = []
    listed = front.get("license", "unknown")
    licences = listed if isinstance(listed, list) else [listed]
    faults += [f"license {name}" for name in licences if name not in LICENCES]
    if "other" in licences:
        faults += [f"no {field}" for field in ("license_name", "license_link") if not front.get(field)]
        if not re.fullmatch(r"[a-z0-9-.]+", front.get("license_name", "")):
            faults.append("license_name")
        if not re.match(r"https?://|LICENSE", front.get("license_link", "")):
            faults.append("license_link")
    faults += [f"language {name}" for name in front.get("language", []) if name not in ("zh", "en")]
    faults += [f"task {name}" for name in front.get("task_categories", []) if name not in TASKS]
    faults += [f"size {name}" for name in front.get("size_categories", []) if name not in SIZES]
    names = [config["config_name"] for config in front.get("configs", [])]
    defaults = [c for c in front.get("configs", []) if c.get("default") or c["config_name"] == "default"]
    if len(set(names)) < len(names) or len(defaults) > 1:
        faults.append("configs")
    for config in front.get("configs", []):
        files = config.get("data_files", [])
        splits = [entry["split"] for entry in files if isinstance(entry, dict)] if isinstance(files, list) else []
        if len(set(splits)) < len(splits) or not all(re.fullmatch(r"\w+(\.\w+)*", split) for split in splits):
            faults.append(f"splits of {config['config_name']}")
        if re.search(r'[<>:/\\|?*"]', config["config_name"]):
            faults.append(config["config_name"])
    return faults


def client(home, endpoint, *arguments, **environment):
    """Run Python with a client of the Hub in a folder where no benchmark is."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
    settings = {
        "HF_ENDPOINT": endpoint,
        "HF_HOME": str(home / "hf"),
        "HF_HUB_DISABLE_XET": "1",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.run(
        [sys.executable, *arguments],
        env=kept | settings | environment,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


@dataclass
class Repository:
    """Commits by their hash, and names of commits."""

    trees: dict = field(default_factory=dict)
    refs: dict = field(default_factory=dict)
    tags: set = field(default_factory=set)
    gated: bool = False
    private: bool = False


class Hub:
    """Repositories, and what was asked of them. `others` maps names to "model" or "space"."""

    def __init__(self):
        self.repositories: dict[str, Repository] = {}
        self.others: dict[str, str] = {}
        self.requests: list[str] = []
        self.uploaded: list[bytes] = []
        self.objects: dict[str, bytes] = {}
        self.broken: list[str] = []
        self.meanwhile = None
        self.lock = threading.RLock()

    def files(self, name, revision="main"):
        """The files of a branch, tag or commit."""
        repository = self.repositories[name]
        return repository.trees[repository.refs.get(revision, revision)]

    def commit(self, name, files, ref="main"):
        """A commit that holds exactly `files` (path → bytes); its hash."""
        state = [[path, hashlib.sha256(data).hexdigest()] for path, data in sorted(files.items())]
        with self.lock:
            repository = self.repositories.setdefault(name, Repository())
            commit = hashlib.sha1(json.dumps([name, state, len(repository.trees)]).encode()).hexdigest()
            repository.trees[commit] = dict(files)
            repository.refs[ref] = commit
        return commit

    @contextmanager
    def serving(self):
        """Serve until the block ends; the endpoint."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"hub": self}))
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _Refused(Exception):
    def __init__(self, status, code, message):
        super().__init__(message)
        self.status, self.code = status, code


class _Handler(BaseHTTPRequestHandler):
    hub: Hub
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self._answer()

    def do_HEAD(self):
        self._answer()

    def do_POST(self):
        self._answer()

    def do_PUT(self):
        self._answer()

    def log_message(self, *_):
        pass

    def _answer(self):
        path = urlsplit(self.path).path  # the names in it are quoted, so that one of a branch may hold a slash
        request = f"{self.command} {unquote(path)}"
        self.hub.requests.append(request)
        body = b""
        if any(re.search(pattern, request) for pattern in self.hub.broken):
            self.rfile.read(min(100, int(self.headers.get("Content-Length") or 0)))
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        elif length := int(self.headers.get("Content-Length") or 0):
            body = self.rfile.read(length)
        if body:
            self.hub.uploaded.append(body)
        self.body = body
        try:
            for verb, pattern, method in ROUTES:
                if (found := pattern.fullmatch(path)) and self.command in verb:
                    named = {key: unquote(value) for key, value in found.groupdict().items() if value is not None}
                    with self.hub.lock if self.command == "POST" else nullcontext():  # one change after the other
                        method(self, **named)
                    return
            raise _Refused(404, "NotFound", "no such place")
        except _Refused as refused:
            body = json.dumps({"error": str(refused)}).encode()
            self._send(body, status=refused.status, **{"X-Error-Code": refused.code, "X-Error-Message": str(refused)})

    def _send(self, body, status=200, **headers):
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": len(body), **headers}.items():
            self.send_header(name, str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _tree(self, name, revision, files=False):
        """The commit a revision names and its files; a refusal if they may not be seen."""
        repository = self.hub.repositories.get(name)
        allowed = self._token() in (TOKEN, READER)
        if repository is None or (repository.private and not allowed):
            raise _Refused(401, "RepoNotFound", "Repository not found")
        if repository.gated and files and not allowed:
            raise _Refused(401, "GatedRepo", f"Access to dataset {name} is restricted.")
        commit = repository.refs.get(revision, revision)
        if commit not in repository.trees:
            raise _Refused(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return commit, repository.trees[commit]

    def _token(self):
        return (self.headers.get("Authorization") or "").removeprefix("Bearer ")

    def _may_write(self, name):
        if self._token() not in (TOKEN, READER):
            raise _Refused(401, "", "Invalid username or password.")
        if self._token() == READER or not name.startswith("org/"):
            raise _Refused(403, "", "Forbidden: you don't have the rights")

    def whoami(self):
        if self._token() not in (TOKEN, READER):
            raise _Refused(401, "", "Invalid user token.")
        self._send(json.dumps({"name": "org", "type": "user", "auth": {"accessToken": {"role": "write"}}}).encode())

    def create(self):
        asked = json.loads(self.body)
        name = f"{asked.get('organization') or 'org'}/{asked['name']}"
        self._may_write(name)
        if name in self.hub.repositories:
            raise _Refused(409, "", "You already created this dataset repo")
        self.hub.commit(name, {".gitattributes": b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"})
        self.hub.repositories[name].private = bool(asked.get("private") or asked.get("visibility") == "private")
        self._send(json.dumps({"url": f"http://{self.headers['Host']}/datasets/{name}", "id": name}).encode())

    def other(self, kind, name):
        if self.hub.others.get(name) != kind:
            raise _Refused(401, "RepoNotFound", "Repository not found")
        self._send(json.dumps({"id": name, "siblings": [], "sha": "0" * 40}).encode())

    def info(self, name, revision=None):
        commit, tree = self._tree(name, revision or "main")
        repository = self.hub.repositories[name]
        known = {"id": name, "sha": commit, "private": repository.private, "gated": repository.gated and "auto"}
        siblings = [{"rfilename": path} for path in tree]
        self._send(json.dumps(known | {"siblings": siblings}).encode())

    def refs(self, name):
        self._tree(name, "main")
        repository = self.hub.repositories[name]

        def some(kind, names):
            refs = repository.refs
            return [{"name": n, "ref": f"refs/{kind}/{n}", "targetCommit": refs[n]} for n in sorted(names)]

        branches = {name for name in repository.refs if not name.startswith("refs/")} - repository.tags
        told = {"branches": some("heads", branches), "tags": some("tags", repository.tags), "converts": []}
        self._send(json.dumps(told).encode())

    def tag(self, name, revision):
        self._may_write(name)
        commit, _ = self._tree(name, revision)
        repository, tag = self.hub.repositories[name], json.loads(self.body)["tag"]
        if tag in repository.tags:
            raise _Refused(409, "", "Tag reference exists already")
        repository.tags.add(tag)
        repository.refs[tag] = commit
        self._send(b"{}")

    def branch(self, name, branch):
        self._may_write(name)
        repository = self.hub.repositories[name]
        if branch in repository.refs:
            raise _Refused(409, "", "Reference already exists")
        start = json.loads(self.body or b"{}").get("startingPoint") or "main"
        repository.refs[branch] = repository.refs.get(start, start)
        self._send(b"{}")

    def tree(self, name, revision, folder=""):
        _, tree = self._tree(name, revision)
        inside = {path: data for path, data in tree.items() if path.startswith(f"{folder}/" if folder else "")}
        if not inside and folder:
            raise _Refused(404, "EntryNotFound", f"{folder} does not exist")
        deep = "recursive=true" in urlsplit(self.path).query.lower()
        entries = {}
        for path, data in inside.items():
            below = path[len(folder) + 1 if folder else 0 :].split("/")
            for depth in range(1, len(below)):
                if deep or depth == 1:
                    parent = "/".join(([folder] if folder else []) + below[:depth])
                    entries[parent] = {"type": "directory", "path": parent, "size": 0, "oid": "0" * 40}
            if deep or len(below) == 1:
                entries[path] = _entry(path, data)
        self._send(json.dumps(list(entries.values())).encode())

    def paths_info(self, name, revision):
        _, tree = self._tree(name, revision)
        try:
            asked = json.loads(self.body)["paths"]
        except ValueError:
            asked = [unquote(value) for value in re.findall(r"paths=([^&]+)", self.body.decode())]
        found = []
        for path in asked if isinstance(asked, list) else [asked]:
            if path in tree:
                found.append(_entry(path, tree[path]))
            elif any(known.startswith(f"{path}/") for known in tree):
                found.append({"type": "directory", "path": path, "size": 0, "oid": "0" * 40})
        self._send(json.dumps(found).encode())

    def resolve(self, name, revision, file):
        commit, tree = self._tree(name, revision, files=True)
        if file not in tree:
            raise _Refused(404, "EntryNotFound", "Entry not found")
        etag = f'"{oid(file, tree[file])}"'
        headers = {"Content-Type": "application/octet-stream", "ETag": etag, "X-Repo-Commit": commit}
        if _large(file):
            headers |= {"X-Linked-Etag": etag, "X-Linked-Size": len(tree[file])}
        self._send(tree[file], **headers)

    def preupload(self, name, revision):
        self._may_write(name)
        _, tree = self._tree(name, revision)
        asked = json.loads(self.body)["files"]
        modes = [
            {
                "path": file["path"],
                "uploadMode": "lfs" if _large(file["path"]) else "regular",
                "shouldIgnore": False,
                "oid": oid(file["path"], tree[file["path"]]) if file["path"] in tree else None,
            }
            for file in asked
        ]
        self._send(json.dumps({"files": modes}).encode())

    def batch(self, name):
        self._may_write(name)
        host = f"http://{self.headers['Host']}"
        objects = []
        for asked in json.loads(self.body)["objects"]:
            told = {"oid": asked["oid"], "size": asked["size"]}
            if asked["oid"] not in self.hub.objects:
                told["actions"] = {
                    "upload": {"href": f"{host}/lfs/{asked['oid']}"},
                    "verify": {"href": f"{host}/lfs-verify"},
                }
            objects.append(told)
        self._send(json.dumps({"transfer": "basic", "objects": objects}).encode())

    def put(self, oid):
        if hashlib.sha256(self.body).hexdigest() != oid:
            raise _Refused(400, "", "the content has another hash")
        self.hub.objects[oid] = self.body
        self._send(b"")

    def verified(self):
        asked = json.loads(self.body)
        if len(self.hub.objects.get(asked["oid"], b"")) != asked["size"]:
            raise _Refused(404, "", "no such object")
        self._send(b"{}")

    def validate(self):
        faults = card_faults(json.loads(self.body)["content"])
        told = {"errors": [{"message": fault} for fault in faults], "warnings": []}
        self._send(json.dumps(told).encode(), status=400 if faults else 200)

    def make_commit(self, name, revision):
        self._may_write(name)
        if self.hub.meanwhile:
            self.hub.meanwhile, change = None, self.hub.meanwhile
            change()
        head, tree = self._tree(name, revision)
        lines = [json.loads(line) for line in self.body.splitlines() if line.strip()]
        header = next(line["value"] for line in lines if line["key"] == "header")
        if header.get("parentCommit") not in (None, head):
            raise _Refused(412, "", "A commit has happened since. Please refresh and try again.")
        files = dict(tree)
        for line in lines:
            value = line["value"]
            if line["key"] == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                if value["oid"] not in self.hub.objects:
                    raise _Refused(400, "", f"{value['path']}: no such object")
                files[value["path"]] = self.hub.objects[value["oid"]]
            elif line["key"] == "deletedFile":
                del files[value["path"]]
        commit = self.hub.commit(name, files, ref=revision)
        url = f"http://{self.headers['Host']}/datasets/{name}/commit/{commit}"
        self._send(json.dumps({"success": True, "commitOid": commit, "commitUrl": url, "hookOutput": ""}).encode())


def _large(path):
    return path.endswith(".parquet")


def oid(path, data):
    """SHA-256 of a large file, git's hash of another."""
    return (
        hashlib.sha256(data).hexdigest() if _large(path) else hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
    )


def _entry(path, data):
    entry = {"type": "file", "path": path, "size": len(data), "oid": oid(path, data)}
    if _large(path):
        entry["oid"] = hashlib.sha1(data).hexdigest()
        entry["lfs"] = {"oid": oid(path, data), "size": len(data), "pointerSize": 130}
    return entry


_NAME = r"(?P<name>[\w.-]+/[\w.-]+)"
_REVISION = r"(?P<revision>[^/]+)"  # x%2Fy, refs%2Fpr%2F1
_DATASET = rf"/api/datasets/{_NAME}"
ROUTES = [
    (verb.split(), re.compile(pattern), method)
    for verb, pattern, method in (
        ("GET", r"/api/whoami-v2", _Handler.whoami),
        ("POST", r"/api/repos/create", _Handler.create),
        ("POST", r"/api/validate-yaml", _Handler.validate),
        ("GET", rf"/api/(?P<kind>model|space)s/{_NAME}", _Handler.other),
        ("GET HEAD", _DATASET, _Handler.info),
        ("GET HEAD", rf"{_DATASET}/revision/{_REVISION}", _Handler.info),
        ("GET", rf"{_DATASET}/refs", _Handler.refs),
        ("POST", rf"{_DATASET}/tag/{_REVISION}", _Handler.tag),
        ("POST", rf"{_DATASET}/branch/(?P<branch>.+)", _Handler.branch),
        ("GET", rf"{_DATASET}/tree/{_REVISION}(?:/(?P<folder>.+))?", _Handler.tree),
        ("POST", rf"{_DATASET}/paths-info/{_REVISION}", _Handler.paths_info),
        ("POST", rf"{_DATASET}/preupload/{_REVISION}", _Handler.preupload),
        ("POST", rf"{_DATASET}/commit/{_REVISION}", _Handler.make_commit),
        ("POST", rf"/datasets/{_NAME}\.git/info/lfs/objects/batch", _Handler.batch),
        ("PUT", r"/lfs/(?P<oid>[0-9a-f]{64})", _Handler.put),
        ("POST", r"/lfs-verify", _Handler.verified),
        ("GET HEAD", rf"/datasets/{_NAME}/resolve/{_REVISION}/(?P<file>.+)", _Handler.resolve),
    )
]
