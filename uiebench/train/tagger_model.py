"""Taggers as models: an encoder of transformers or a BiLSTM, a linear layer or a CRF on top; saved and loaded.

    tagger = load("runs/resume-tagger")
    tagger.windows("高明先生，博士学历。", "zh")     →  [Window(start=0, end=10, places=[(0, 1), …], inputs=…)]
    tagger.mentions(windows, ["person", "education"], batch=32)   →  [[(0, 2, "person"), (5, 9, "education")]]

The folder of a model holds config.json (`Config`), model.safetensors, and vocabulary.json (the features of a BiLSTM)
or encoder/ (configuration and tokenizer of an encoder, as transformers writes them).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec
import torch
from torch import nn

from uiebench.errors import RecipeError, UiebenchError, shorten
from uiebench.instruct.pieces import Tokens, cuts
from uiebench.storage import write_json
from uiebench.train.crf import NEVER, Crf
from uiebench.train.model import TAGGER, encoder, load_tokenizer, place_of
from uiebench.train.recipe import BiLstm, Pretrained
from uiebench.train.tags import Mention, Range, Scheme, Tags, units
from uiebench.types import Language

FORMAT = 1
MOST_PIECES = 16
"""Tokens of one word that an encoder is shown: of a longer one, such as a URL, the first."""


class Config(msgspec.Struct, frozen=True):
    """What a tagger is.

    Fields:
        types: what it has learned to find, each with the tags of the scheme.
        corpora: what it was trained on.
        context: its longest window, in units or tokens of its encoder.
        lstm: its size where it is a BiLSTM.
        format: raised when units or features change, so that what was trained on others is refused.
    """

    types: tuple[str, ...]
    corpora: tuple[str, ...]
    scheme: Scheme
    crf: bool
    context: int
    lstm: BiLstm | None = None
    format: int = FORMAT
    model_type: str = TAGGER


Watch = Callable[[int, int], object]
"""Told the windows done, and those there are."""


# --- what is read -----------------------------------------------------------------------------------


class Window(NamedTuple):
    """A part of a text that is tagged at once.

    Fields:
        start, end: where it stands in the text.
        places: of its units, in the text.
        inputs: what the body reads: for a BiLSTM the features of each unit, for an encoder the tokens of each unit.
    """

    start: int
    end: int
    places: list[Range]
    inputs: list[list[int]]


class Reading(Protocol):
    """Makes of units what a body reads."""

    room: int
    """Tokens of a window beside those of its units."""

    def inputs(self, text: str, places: Sequence[Range], language: Language) -> list[list[int]]:
        """The features or tokens of each unit of a text."""
        ...

    def tensors(self, windows: Sequence[Window]) -> dict[str, torch.Tensor]:
        """What the body reads of some windows."""
        ...

    def save_pretrained(self, folder: Path) -> None:
        """Write what is needed to read texts again."""
        ...


def features(text: str, places: Sequence[Range], language: Language) -> list[list[str]]:
    """What a BiLSTM knows of each unit, as names of features.

    A Chinese character is itself and the pairs it makes with its neighbours. An English word is itself in small
    letters, its beginnings and ends of up to four letters, and its shape: an unknown word is known by these.

    Example: features("Ada", [(0, 3)], "en") → [["w=ada", "x=Xx", "<a", "<ad", "<ada", "a>", "da>", "ada>"]]
    """
    strings = [text[start:end] for start, end in places]
    if language == "zh":
        around = ["", *strings, ""]
        return [
            [f"w={own}", f"x={_shape(own)}", f"l={before}{own}", f"r={own}{after}"]
            for before, own, after in zip(around, strings, around[2:], strict=False)
        ]
    found = []
    for string in strings:
        small = string.lower()
        sizes = range(1, min(len(small), 4) + 1)
        found.append(
            [f"w={small}", f"x={_shape(string)}", *(f"<{small[:n]}" for n in sizes), *(f"{small[-n:]}>" for n in sizes)]
        )
    return found


def _shape(string: str) -> str:
    """The kinds of the characters of a string, alike ones in a row once, capitals up to twice: "McKAY3" → "XxXX0"."""
    kinds = ""
    for character in string:
        kind = "0" if character.isdigit() else "X" if character.isupper() else "x" if character.islower() else "-"
        kind = "字" if kind == "-" and character.isalpha() else kind
        if kinds[-1:] != kind or (kind == "X" and kinds[-2:] != "XX"):
            kinds += kind
    return kinds


class FeatureReading:
    """The features of a vocabulary; 0 stands for those it does not have and for padding."""

    room = 0

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.vocabulary = list(vocabulary)
        self._numbers = {feature: number for number, feature in enumerate(self.vocabulary, 1)}

    @classmethod
    def learned(cls, texts: Iterable[tuple[str, Sequence[Range], Language]], seen: int) -> FeatureReading:
        """The features that stand in texts at least so often."""
        counts = Counter[str]()
        for text, places, language in texts:
            for own in features(text, places, language):
                counts.update(own)
        return cls(sorted(feature for feature, n in counts.items() if n >= seen))

    def inputs(self, text: str, places: Sequence[Range], language: Language) -> list[list[int]]:
        known = self._numbers
        return [[known[one] for one in own if one in known] for own in features(text, places, language)]

    def tensors(self, windows: Sequence[Window]) -> dict[str, torch.Tensor]:
        width = max(len(window.inputs) for window in windows)
        most = max(max(map(len, window.inputs)) for window in windows)
        empty = [0] * max(most, 1)
        rows = [
            [[*own, *empty[len(own) :]] for own in window.inputs] + [empty] * (width - len(window.inputs))
            for window in windows
        ]
        return {"features": torch.tensor(rows)}

    def save_pretrained(self, folder: Path) -> None:
        write_json(folder / "vocabulary.json", self.vocabulary)


class TokenReading:
    """The tokens of a tokenizer of transformers, unit by unit, so that no token lies in two units."""

    def __init__(self, tokenizer: Any, config: Any) -> None:
        self.tokenizer, self.config = tokenizer, config
        whole, bare = self._ids("a", special=True), self._ids("a", special=False)
        at = next((n for n in range(len(whole)) if whole[n : n + len(bare)] == bare), 0)
        self._before, self._behind = whole[:at], whole[at + len(bare) :]
        self.room = len(self._before) + len(self._behind)
        self._unknown = next((id for id in (tokenizer.unk_token_id, tokenizer.pad_token_id) if id is not None), 0)
        self._known: dict[str, list[int]] = {}

    def _ids(self, string: str, *, special: bool) -> list[int]:
        return list(self.tokenizer.encode(string, add_special_tokens=special))

    def inputs(self, text: str, places: Sequence[Range], language: Language) -> list[list[int]]:
        return [self._of(text[start:end], start > 0 and text[start - 1].isspace()) for start, end in places]

    def _of(self, unit: str, spaced: bool) -> list[int]:
        """The tokens of a unit, behind a space or not; at least one."""
        key = f" {unit}" if spaced else unit
        if key not in self._known:
            ids = self._ids(key, special=False)
            # SentencePiece sets a space in front of what it is given, which may be a token of its own.
            if len(ids) > 1 and str(self.tokenizer.convert_ids_to_tokens(ids[0])) in ("▁", "Ġ"):
                ids = ids[1:]
            self._known[key] = ids[:MOST_PIECES] or [self._unknown]
        return self._known[key]

    def tensors(self, windows: Sequence[Window]) -> dict[str, torch.Tensor]:
        rows, places = [], []
        for window in windows:
            ids, at = list(self._before), []
            for own in window.inputs:
                at.append(len(ids))
                ids += own
            rows.append([*ids, *self._behind])
            places.append(at)
        width, count = max(map(len, rows)), max(map(len, places))
        pad = self.tokenizer.pad_token_id or 0
        return {
            "ids": torch.tensor([row + [pad] * (width - len(row)) for row in rows]),
            "mask": torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows]),
            "at": torch.tensor([at + [0] * (count - len(at)) for at in places]),
        }

    def save_pretrained(self, folder: Path) -> None:
        self.tokenizer.save_pretrained(folder / "encoder")
        self.config.save_pretrained(folder / "encoder")


# --- bodies -----------------------------------------------------------------------------------------


class LstmBody(nn.Module):
    """The sum of the vectors of a unit's features, then a bidirectional LSTM."""

    def __init__(self, spec: BiLstm, vocabulary: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary + 1, spec.embedding, padding_idx=0)
        nn.init.normal_(self.embedding.weight, std=0.5 / spec.embedding**0.5)
        with torch.no_grad():
            self.embedding.weight[0] = 0
        self.dropout = nn.Dropout(spec.dropout)
        self.size = 2 * spec.hidden
        sizes = [spec.embedding, *[self.size] * (spec.layers - 1)]
        self.onward = nn.ModuleList(nn.LSTM(size, spec.hidden, batch_first=True) for size in sizes)
        self.backward_ = nn.ModuleList(nn.LSTM(size, spec.hidden, batch_first=True) for size in sizes)

    def forward(self, tensors: dict[str, torch.Tensor], lengths: torch.Tensor) -> torch.Tensor:
        """States of (rows, units, size).

        A row is turned round within its length for the other direction, so that padding comes last in both: on a CPU
        that is several times faster than packed sequences, and what stands in a row depends on no other row.
        """
        found: torch.Tensor = self.embedding(tensors["features"]).sum(2)
        places = torch.arange(found.shape[1], device=found.device)
        turned = torch.where(places < lengths[:, None], lengths[:, None] - 1 - places, places)[..., None]
        for onward, backward in zip(self.onward, self.backward_, strict=True):
            found = self.dropout(found)
            there = onward(found)[0]
            back = backward(found.gather(1, turned.expand_as(found)))[0]
            found = torch.cat([there, back.gather(1, turned.expand_as(back))], 2)
        return found


class EncoderBody(nn.Module):
    """An encoder of transformers; a unit is the state of its first token."""

    def __init__(self, encoder: Any) -> None:
        super().__init__()
        self.encoder = encoder
        self.size: int = encoder.config.hidden_size

    def forward(self, tensors: dict[str, torch.Tensor], lengths: torch.Tensor) -> torch.Tensor:
        """States of (rows, units, size)."""
        states = self.encoder(input_ids=tensors["ids"], attention_mask=tensors["mask"]).last_hidden_state
        return states.gather(1, tensors["at"][..., None].expand(-1, -1, states.shape[-1]))  # type: ignore[no-any-return]


class Network(nn.Module):
    """A body, a score for each tag, and the CRF; `learned` says whether that has scores of its own."""

    def __init__(self, body: LstmBody | EncoderBody, tags: Tags, dropout: float, *, learned: bool) -> None:
        super().__init__()
        self.body, self.learned = body, learned
        self.dropout = nn.Dropout(dropout)
        self.out = nn.Linear(body.size, len(tags))
        self.crf = Crf(tags.may_begin(), tags.may_follow(), tags.may_end(), learned=learned)

    def forward(self, tensors: dict[str, torch.Tensor], lengths: torch.Tensor, allowed: torch.Tensor) -> torch.Tensor:
        """The scores of (rows, units, tags); those that `allowed` (rows, tags) leaves out can never be."""
        scores = self.out(self.dropout(self.body(tensors, lengths)))
        return scores.float().masked_fill(~allowed[:, None], NEVER)  # type: ignore[no-any-return]

    def loss(self, scores: torch.Tensor, tags: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
        """The negative logarithm of the probability of the right tags, for each unit on average."""
        if self.learned:
            return self.crf.loss(scores, tags, lengths).sum() / lengths.sum()
        there = torch.arange(tags.shape[1], device=tags.device) < lengths[:, None]
        return nn.functional.cross_entropy(scores[there], tags[there])


# --- taggers ----------------------------------------------------------------------------------------


class Tagger:
    """A network with what it reads and what its tags mean."""

    def __init__(self, config: Config, network: Network, reading: Reading, *, half: bool = False) -> None:
        self.config, self.network, self.reading, self.half = config, network, reading, half
        self.tags = Tags(config.scheme, config.types)

    @property
    def device(self) -> torch.device:
        """Where the network is."""
        return self.network.out.weight.device

    def windows(self, text: str, language: Language) -> list[Window]:
        """A text in windows that are not too long, cut at the ends of sentences; those without units are left out."""
        places = units(text, language)
        inputs = self.reading.inputs(text, places, language)
        tokens = [place for place, own in zip(places, inputs, strict=True) for _ in range(self._tokens(own))]
        starts = [start for start, _ in places]
        found = []
        for start, end in cuts(text, Tokens(tokens, len(text)), self.config.context - self.reading.room).ranges:
            first, last = bisect_left(starts, start), bisect_left(starts, end)
            if first < last:
                found.append(Window(start, end, places[first:last], inputs[first:last]))
        return found

    def _tokens(self, own: Sequence[int]) -> int:
        return 1 if self.config.lstm else len(own)

    def scores(self, windows: Sequence[Window], allowed: Sequence[Sequence[bool]]) -> tuple[torch.Tensor, torch.Tensor]:
        """Scores (rows, units, tags) and lengths (rows,) of some windows, each with the tags that it may have."""
        device = self.device
        lengths = torch.tensor([len(window.places) for window in windows], device=device)
        tensors = {name: tensor.to(device) for name, tensor in self.reading.tensors(windows).items()}
        half = self.half and device.type == "cuda"
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=half):
            return self.network(tensors, lengths, torch.tensor(allowed, device=device)), lengths

    @torch.no_grad()
    def mentions(
        self,
        windows: Sequence[Window],
        types: Sequence[Sequence[str]],
        batch: int,
        progress: Watch = lambda done, windows: None,
    ) -> list[list[Mention]]:
        """The mentions in each window, in its units, of the types that are asked for; the longest windows first."""
        self.network.eval()
        known: dict[tuple[str, ...], list[bool]] = {}
        order = sorted(range(len(windows)), key=lambda place: (-len(windows[place].places), place))
        found: list[list[Mention]] = [[] for _ in windows]
        for start in range(0, len(order), batch):
            here = order[start : start + batch]
            allowed = []
            for place in here:
                wanted = tuple(types[place])
                if wanted not in known:
                    known[wanted] = self.tags.of(wanted)
                allowed.append(known[wanted])
            scores, lengths = self.scores([windows[place] for place in here], allowed)
            for place, tags in zip(here, self.network.crf.best(scores, lengths), strict=True):
                found[place] = self.tags.read(tags)
            progress(start + len(here), len(windows))
        return found

    def save(self, folder: Path) -> None:
        """Write configuration and weights; `reading` writes itself."""
        from safetensors.torch import save_file

        write_json(folder / "config.json", self.config)
        save_file(self.weights(), folder / "model.safetensors")

    def weights(self) -> dict[str, torch.Tensor]:
        """The weights by name, each with a memory of its own."""
        return {name: tensor.detach().clone().contiguous() for name, tensor in self.network.state_dict().items()}


def from_scratch(spec: BiLstm, config: Config, reading: FeatureReading, seed: int) -> Tagger:
    """A BiLSTM with random weights."""
    torch.manual_seed(seed)
    tags = Tags(config.scheme, config.types)
    network = Network(LstmBody(spec, len(reading.vocabulary)), tags, spec.dropout, learned=config.crf)
    return Tagger(config, network, reading)


def on_encoder(spec: Pretrained, config: Config, seed: int) -> Tagger:
    """A tagger on an encoder of a folder or of the Hub. Raises: RecipeError in one line."""
    torch.manual_seed(seed)  # layers that its weights lack, such as a pooler, are made at random
    return _encoding(*encoder(spec), config, spec.path, spec.dtype)


def _encoding(body: Any, tokenizer: Any, config: Config, path: str, dtype: str) -> Tagger:
    found = body.config
    if getattr(found, "is_encoder_decoder", False) or not hasattr(found, "hidden_size"):
        raise RecipeError(f"{path}: no encoder ({found.model_type}); a tagger takes one such as BERT or RoBERTa")
    if len(tokenizer) > body.get_input_embeddings().num_embeddings:
        raise RecipeError(f"{path}: its tokenizer has more tokens than the model; they do not belong together")
    longest = min(getattr(found, "max_position_embeddings", None) or 1 << 30, tokenizer.model_max_length)
    if config.context > longest:
        raise RecipeError(f"training.context {config.context:,}: the model reads at most {longest:,} tokens")
    reading = TokenReading(tokenizer, found)
    if config.context <= reading.room + MOST_PIECES:
        raise RecipeError(
            f"training.context {config.context}: too short; give at least {reading.room + MOST_PIECES + 1}"
        )
    dropout = next(
        (
            rate
            for name in ("classifier_dropout", "hidden_dropout_prob")
            if (rate := getattr(found, name, None)) is not None
        ),
        0.1,
    )
    network = Network(EncoderBody(body), Tags(config.scheme, config.types), dropout, learned=config.crf)
    half = dtype == "bfloat16" or (dtype == "auto" and torch.cuda.is_available() and torch.cuda.is_bf16_supported())
    return Tagger(config, network, reading, half=half)


def load(path: str, *, dtype: str = "auto", trust_remote_code: bool = False) -> Tagger:
    """The tagger in a run folder or in the folder of a model. Raises: RecipeError in one line."""
    from safetensors.torch import load_file
    from transformers import AutoConfig, AutoModel

    folder = Path(place_of(path))
    try:
        config = msgspec.json.decode((folder / "config.json").read_bytes(), type=Config)
        if config.format != FORMAT:
            raise RecipeError(f"{path}: of format {config.format}, and this version reads {FORMAT}; train it again")
        if config.lstm:
            vocabulary = msgspec.json.decode((folder / "vocabulary.json").read_bytes(), type=list[str])
            tagger = from_scratch(config.lstm, config, FeatureReading(vocabulary), 0)
        else:
            spec = Pretrained(str(folder / "encoder"), trust_remote_code=trust_remote_code)
            known = AutoConfig.from_pretrained(spec.path, trust_remote_code=trust_remote_code)
            body = AutoModel.from_config(known, trust_remote_code=trust_remote_code, dtype=torch.float32)
            tagger = _encoding(body, load_tokenizer(spec), config, path, dtype)
        tagger.network.load_state_dict(load_file(folder / "model.safetensors"))
    except UiebenchError:
        raise
    except Exception as error:  # whatever the readers say
        raise RecipeError(f"{path}: damaged or incomplete ({shorten(' '.join(str(error).split()), 160)})") from None
    return tagger
