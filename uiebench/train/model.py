"""Models and tokenizers: loaded from a folder or the Hub, or made from scratch; and written.

    model, tokenizer = pretrained(Pretrained("Qwen/Qwen3-0.6B"))
    model, tokenizer = scratch(Scratch(layers=2, hidden=128), texts, seed=0)
    save(model.save_pretrained, tokenizer, Path("runs/tiny-sft/model"), card)

Whatever is wrong with a folder or a name is one line. Code that comes with a model is run only where a recipe says so.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import msgspec

from uiebench.errors import RecipeError, UiebenchError, shorten
from uiebench.storage import write_bytes
from uiebench.train.characters import characters
from uiebench.train.data import examples
from uiebench.train.recipe import Lora, Pretrained, Scratch

FINAL = "model"
"""The folder of the final model in a run folder."""
ADAPTERS = "adapter_config.json"
"""What peft writes beside adapters, with the name of the model they were made for."""
TAIL = 1 << 20
"""Bytes at the end of a file that are looked at to tell it from another."""


UNKNOWN = ("not a valid model identifier", "not a local folder", "Repo id must", "couldn't connect", "Can't load")
"""What transformers says of a name that is neither a folder nor a model it can reach."""


WAIT = 5
"""Seconds for the Hub to answer."""


class TrainingError(UiebenchError):
    """A run cannot go on: not enough memory or disk, a loss that is no number, a damaged checkpoint."""


def place_of(path: str) -> str:
    """The folder or the name to load from; of a run folder, that of its final model."""
    folder = Path(path)
    if (folder / FINAL / "config.json").is_file() or (folder / FINAL / ADAPTERS).is_file():
        return str(folder / FINAL)
    return path


def pretrained(spec: Pretrained) -> tuple[Any, Any]:
    """A model and its tokenizer, which pads at the left and has a pad token. Raises: RecipeError in one line."""
    from transformers import AutoModelForCausalLM

    import uiebench.train.copy_head  # noqa: F401 - registers it

    return _loaded(spec, AutoModelForCausalLM)


def with_number(spec: Pretrained, seed: int) -> tuple[Any, Any]:
    """The layers of a model under one number for each token (`uiebench.train.value_head`), and its tokenizer.

    Where the model has no such number, as a language model has none, its weights are random ones of the seed. They
    are in float32 whatever the others are: half of the precision tells two good answers apart no longer.
    """
    import torch
    from transformers import AutoModelForSequenceClassification

    import uiebench.train.value_head  # noqa: F401 - registers it

    torch.manual_seed(seed)
    model, tokenizer = _loaded(spec, AutoModelForSequenceClassification, num_labels=1)
    if not hasattr(model, "score"):
        raise RecipeError(f"{spec.path}: no decoder; {type(model).__name__} gives a number in another way")
    model.score.float()
    return model, tokenizer


def any_length() -> None:
    """Keep torch from attention by cuDNN, which makes a plan for every length it has not seen.

    On an H200 a plan took 7 ms in each layer, where attention itself takes 0.2; while answers are written each token is
    a new length.
    """
    import torch

    torch.backends.cuda.enable_cudnn_sdp(enabled=False)


def _loaded(spec: Pretrained, kind: Any, **more: Any) -> tuple[Any, Any]:
    any_length()
    tokenizer = load_tokenizer(spec)
    if spec.attention:
        more["attn_implementation"] = spec.attention
    with _explaining(spec.path):
        return _weights(spec, kind, **more), tokenizer


def _weights(spec: Pretrained, kind: Any, **more: Any) -> Any:
    """A model; of a folder of adapters, the model they were made for with them added to its weights.

    So a later stage trains it like any other. What it was made for may be such a folder too.
    """
    name, source = _source(spec)
    adapters = Path(name)
    if not (adapters / ADAPTERS).is_file():
        return kind.from_pretrained(name, **source, dtype=dtype_of(spec.dtype), **more)
    from peft import PeftConfig, PeftModel

    beneath = _weights(_beneath(spec, adapters), kind, **more)
    config = PeftConfig.from_pretrained(name)
    config.task_type = None  # adapters of a language model also fit its layers under another head
    model = PeftModel.from_pretrained(beneath, name, config=config).merge_and_unload()
    # Adapters that are made for it name what they need: not the model beneath, which lacks these.
    model.name_or_path, model.config._commit_hash = name, None
    return model.requires_grad_(requires_grad=True)  # which adapters beside it had turned off


def _beneath(spec: Pretrained, adapters: Path) -> Pretrained:
    """The model that the adapters of a folder were made for. Raises: RecipeError if it is named and not there."""
    path = base_of(adapters)
    try:
        _source(found := msgspec.structs.replace(spec, path=path))
    except RecipeError as error:
        raise RecipeError(f"{spec.path}: adapters that were made for another model; {error}") from None
    return found


def base_of(adapters: Path) -> str:
    """What the adapters of a folder were made for: a folder, or a model of the Hub with its revision.

    Raises: RecipeError in one line where they do not say.
    """
    try:
        said = msgspec.json.decode((adapters / ADAPTERS).read_bytes(), type=dict[str, Any])
    except (OSError, msgspec.DecodeError) as error:
        raise RecipeError(f"{adapters}: damaged or incomplete ({ADAPTERS}: {error})") from None
    name, revision = said.get("base_model_name_or_path"), said.get("revision")
    if not name:
        raise RecipeError(f"{adapters}: damaged or incomplete ({ADAPTERS} does not say what they were made for)")
    return f"{name}@{revision}" if revision and not Path(name).exists() else str(name)


def fingerprint_of(path: str) -> str:
    """What tells a model from another: of a folder names, sizes and ends of its files; else its name."""
    folder = Path(place_of(path))
    if not folder.is_dir():
        return path
    state = hashlib.blake2b(digest_size=16)
    for file in sorted(folder.iterdir()):
        if file.is_file():
            state.update(f"{file.name}\x1f{file.stat().st_size}\x1e".encode())
            with file.open("rb") as data:
                data.seek(-min(file.stat().st_size, TAIL), 2)
                state.update(data.read())
    if (folder / ADAPTERS).is_file():  # what they were made for may be trained anew
        state.update(fingerprint_of(base_of(folder)).encode())
    return state.hexdigest()


def begun_with(model: object) -> dict[str, str]:
    """The name of the model that a recipe begins with, and what tells it from another; nothing for one from scratch."""
    path = getattr(model, "path", "")
    return {path: fingerprint_of(path)} if path else {}


def load_tokenizer(spec: Pretrained) -> Any:
    """The tokenizer of a model."""
    from transformers import AutoTokenizer

    with _explaining(spec.path):
        name, source = _source(spec)
        tokenizer = AutoTokenizer.from_pretrained(name, **source, padding_side="left")
    if tokenizer.pad_token_id is None and tokenizer.eos_token is not None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


def longest_of(spec: Pretrained) -> int:
    """The longest sequence a model is made for, in tokens, without loading it; very many where it does not say."""
    from transformers import AutoConfig
    from transformers.utils.peft_utils import find_adapter_config_file

    import uiebench.train.copy_head  # noqa: F401 - registers it

    with _explaining(spec.path):
        name, source = _source(spec)
        while adapters := find_adapter_config_file(
            name, revision=source["revision"], local_files_only=source["local_files_only"]
        ):
            name, source = _source(msgspec.structs.replace(spec, path=base_of(Path(adapters).parent)))
        config = AutoConfig.from_pretrained(name, **source)
    return getattr(config.get_text_config(), "max_position_embeddings", None) or 1 << 30


def dtype_of(name: str) -> Any:
    """float32 or bfloat16 as torch has it; "auto" is bfloat16 on a GPU that has it, else float32."""
    import torch

    if name == "auto":
        return torch.bfloat16 if in_half(name) else torch.float32
    return getattr(torch, name)


def in_half(dtype: str) -> bool:
    """Whether forward passes in training run in bfloat16: on a GPU that has it, unless a recipe says float32."""
    import torch

    return dtype != "float32" and torch.cuda.is_available() and torch.cuda.is_bf16_supported()


def scratch(spec: Scratch, texts: Iterable[str], seed: int) -> tuple[Any, Any]:
    """A model with random weights, and a tokenizer: of what stands in `texts` and `vocabulary`, or one that is there.

    Raises: RecipeError if it is not.
    """
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from uiebench.train.copy_head import CopyConfig, CopyForCausalLM

    if spec.tokenizer:
        tokenizer = load_tokenizer(Pretrained(spec.tokenizer))
    else:
        more = (message.content for example in examples(spec.vocabulary, Counter()) for message in example.messages)
        tokenizer = characters(chain(texts, more), most=spec.characters, seen=spec.seen, words=spec.words)
    any_length()
    tokenizer.model_max_length = spec.context
    kind: Any = CopyConfig if spec.copy else LlamaConfig
    config = kind(
        vocab_size=len(tokenizer),
        hidden_size=spec.hidden,
        intermediate_size=spec.feed_forward,
        num_hidden_layers=spec.layers,
        num_attention_heads=spec.heads,
        max_position_embeddings=spec.context,
        tie_word_embeddings=True,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
    )
    torch.manual_seed(seed)
    return (CopyForCausalLM if spec.copy else LlamaForCausalLM)(config), tokenizer


def with_adapters(model: Any, lora: Lora, seed: int, task: Literal["CAUSAL_LM", "SEQ_CLS"] = "CAUSAL_LM") -> Any:
    """The model with adapters, which alone are trained. Raises: RecipeError if a target is not in it.

    Under the task "SEQ_CLS", that of a model `with_number`, the layer that gives the number is trained whole.
    """
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(seed)
    config = LoraConfig(
        r=lora.rank,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=list(lora.targets) or "all-linear",
        task_type=task,
        revision=getattr(model.config, "_commit_hash", None),  # of a model of the Hub
    )
    try:
        return get_peft_model(model, config)
    except ValueError as error:
        raise RecipeError(f"lora.targets {', '.join(lora.targets)}: {shorten(str(error).splitlines()[0])}") from None


def checkpoint_activations(model: Any) -> None:
    """Let a model compute its activations anew in the backward pass, in place of keeping them."""
    if hasattr(model, "activation_checkpointing_enable"):
        model.activation_checkpointing_enable()
    else:  # its name until transformers 5.23
        model.gradient_checkpointing_enable()


def save(write: Callable[[Path], object], tokenizer: Any, folder: Path, card: str) -> None:
    """Write model, tokenizer and card; the folder appears whole. `write` writes the model, such as `save_pretrained`.

    Raises: TrainingError if it cannot be written.
    """
    import shutil

    partly = folder.with_name(f".{folder.name}.tmp")
    shutil.rmtree(partly, ignore_errors=True)
    with writing(folder):
        write(partly)
        tokenizer.save_pretrained(partly)
        write_bytes(partly / "README.md", card.encode())
        if folder.exists():
            shutil.rmtree(folder)
        partly.rename(folder)


def parameters(model: Any) -> tuple[int, int]:
    """The number of parameters, and of those that are trained; tied ones count once."""
    every = [(p.numel(), p.requires_grad) for p in model.parameters()]
    return sum(n for n, _ in every), sum(n for n, trained in every if trained)


def quiet() -> None:
    """Keep transformers and its like from drawing bars and telling what is told otherwise, or what they do wrong."""
    import warnings

    import transformers

    for told in ("`is_gradient_checkpointing` is deprecated", "Could not find a config file in"):  # peft, of itself
        warnings.filterwarnings("ignore", message=told)

    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")  # of processes begun from here


def _source(spec: Pretrained) -> tuple[str, dict[str, Any]]:
    """What transformers loads a model by: a folder or a name of the Hub, and how it is to be had."""
    path = place_of(spec.path)
    name, _, revision = (path, "", "") if Path(path).exists() else path.partition("@")
    if not Path(name).exists() and (name.startswith(("runs/", "./", "../", "/", "~")) or name.count("/") > 1):
        raise RecipeError(f"{spec.path}: no such folder; a run's is there once uiebench train has finished it")
    alone = not (Path(name) / "config.json").is_file() and out_of_reach()  # adapters too may need the Hub
    source = {"revision": revision or None, "trust_remote_code": spec.trust_remote_code, "local_files_only": alone}
    return name, source


@cache
def out_of_reach() -> bool:
    """Whether the Hub does not answer, so that only what has been loaded before is there.

    Its client tries each file again for half a minute, in several places, before it says so.
    """
    from huggingface_hub import constants, get_session

    try:
        get_session().head(constants.ENDPOINT, timeout=WAIT)
    except Exception:  # of whichever library it asks with
        return True
    return False


class _explaining:  # noqa: N801 - reads as a phrase
    """Whatever a library says about a model that cannot be loaded, as one line that names it."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None or isinstance(error, (UiebenchError, KeyboardInterrupt, SystemExit)):
            return
        said = str(error)
        reason = shorten(" ".join(said.split()) or type(error).__name__, 160)
        folder = Path(place_of(self.path))
        if "trust_remote_code" in said:
            reason = "it comes with code of its own; read it, then set trust_remote_code: true in the recipe"
        elif is_tagger(self.path):
            reason = "a tagger of uiebench train, which no model of transformers can be made of"
        elif "No module named" in said:
            reason = f"{said}; install uiebench[train]"
        elif folder.is_dir() and not ((folder / "config.json").exists() or (folder / ADAPTERS).exists()):
            reason = "no model in this folder (it has no config.json)"
        elif (folder / ADAPTERS).exists() and not any(folder.glob("adapter_model.*")):
            reason = "damaged or incomplete (adapter_model.safetensors is missing)"
        elif not folder.exists() and any(words in said for words in UNKNOWN):
            reason = "neither a folder nor a model of the Hub that can be reached"
            reason += " (the Hub does not answer)" if out_of_reach() else ""
        elif folder.is_dir():
            reason = f"damaged or incomplete ({reason})"
        raise RecipeError(f"{self.path}: {reason}") from None


class writing:  # noqa: N801 - reads as a phrase
    """What the libraries say when a disk is full or a folder cannot be written, as one line that names the folder."""

    def __init__(self, folder: Path, what: str = "cannot be written") -> None:
        self.folder, self.what = folder, what

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None or isinstance(error, TrainingError):
            return
        said = " ".join(str(error).split())
        full = "No space left" in said or "os error 28" in said or getattr(error, "errno", None) == 28
        torn = "PytorchStreamWriter" in said or "inline_container" in said
        if full or torn or isinstance(error, (OSError, UiebenchError)) or type(error).__name__ == "SafetensorError":
            reason = "no space left on the disk" if full else shorten(said)
            raise TrainingError(f"{self.folder}: {self.what} ({reason})") from None


def described(folder: Path) -> dict[str, Any]:
    """The configuration of a model in a folder, or {} where there is none that can be read."""
    try:
        found = json.loads((Path(place_of(str(folder))) / "config.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def encoder(spec: Pretrained) -> tuple[Any, Any]:
    """A model without a head, in float32, and its tokenizer. Raises: RecipeError in one line."""
    from transformers import AutoModel

    return _loaded(msgspec.structs.replace(spec, dtype="float32"), AutoModel)


TAGGER = "uiebench_tagger"
"""The `model_type` in the config.json of a tagger (`uiebench.train.tagger_model`), which transformers does not know."""


def is_tagger(path: str) -> bool:
    """Whether a folder, or the run folder around it, holds a tagger."""
    return described(Path(path)).get("model_type") == TAGGER
