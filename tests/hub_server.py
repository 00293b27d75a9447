"""A small Hugging Face Hub on 127.0.0.1, for tests with the real client: datasets, read.

    hub = Hub()
    commit = hub.commit("org/name", {"README.md": b"…"})
    with hub.serving() as endpoint:
        subprocess.run([…], env={"HF_ENDPOINT": endpoint, "HF_HUB_DISABLE_XET": "1", …})
    hub.requests    →  ["GET /api/datasets/org/name", …]

A repository is a list of commits, each a whole tree of files; branches and tags name commits. It may be
gated (the Hub shows it and keeps its files back) or private (it answers as if there were none).
"""

import hashlib
import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

TOKEN = "hf_a-token-of-the-tests"


@dataclass
class Repository:
    """Commits by their hash, and names of commits."""

    trees: dict = field(default_factory=dict)
    refs: dict = field(default_factory=dict)
    gated: bool = False
    private: bool = False


class Hub:
    """Repositories, and what was asked of them."""

    def __init__(self):
        self.repositories: dict[str, Repository] = {}
        self.requests: list[str] = []

    def commit(self, name, files, ref="main"):
        """A commit that holds exactly `files` (path → bytes); its hash."""
        repository = self.repositories.setdefault(name, Repository())
        state = [[path, hashlib.sha256(data).hexdigest()] for path, data in sorted(files.items())]
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

    def log_message(self, *_):
        pass

    def _answer(self):
        path = unquote(urlsplit(self.path).path)
        self.hub.requests.append(f"{self.command} {path}")
        try:
            for pattern, method in ROUTES:
                if found := pattern.fullmatch(path):
                    method(self, **found.groupdict())
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
        allowed = self.headers.get("Authorization") == f"Bearer {TOKEN}"
        if repository is None or (repository.private and not allowed):
            raise _Refused(401, "RepoNotFound", "Repository not found")
        if repository.gated and files and not allowed:
            raise _Refused(401, "GatedRepo", f"Access to dataset {name} is restricted.")
        commit = repository.refs.get(revision, revision)
        if commit not in repository.trees:
            raise _Refused(404, "RevisionNotFound", f"Invalid rev id: {revision}")
        return commit, repository.trees[commit]

    def info(self, name, revision=None):
        commit, tree = self._tree(name, revision or "main")
        self._send(json.dumps({"id": name, "sha": commit, "siblings": [{"rfilename": path} for path in tree]}).encode())

    def tree(self, name, revision):
        _, tree = self._tree(name, revision)
        entries = [
            {"type": "file", "path": path, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}
            for path, data in tree.items()
        ]
        self._send(json.dumps(entries).encode())

    def resolve(self, name, revision, file):
        commit, tree = self._tree(name, revision, files=True)
        if file not in tree:
            raise _Refused(404, "EntryNotFound", "Entry not found")
        etag = f'"{hashlib.sha1(tree[file]).hexdigest()}"'
        self._send(tree[file], **{"Content-Type": "application/octet-stream", "ETag": etag, "X-Repo-Commit": commit})


_NAME = r"(?P<name>[\w.-]+/[\w.-]+)"
_REVISION = r"(?P<revision>[^/]+)"
ROUTES = [
    (re.compile(rf"/api/datasets/{_NAME}"), _Handler.info),
    (re.compile(rf"/api/datasets/{_NAME}/revision/{_REVISION}"), _Handler.info),
    (re.compile(rf"/api/datasets/{_NAME}/tree/{_REVISION}"), _Handler.tree),
    (re.compile(rf"/datasets/{_NAME}/resolve/{_REVISION}/(?P<file>.+)"), _Handler.resolve),
]
