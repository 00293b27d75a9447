"""Similarities of labels by an embedding model that lies on the user's disk; nothing is ever downloaded.

    similarities(Path("models/bge-small-zh"))(labels)   →  cosines of "公司 company: 企业的名称"

A folder of sentence-transformers is read by that library where it is installed; any other folder that
transformers can read is averaged over its tokens.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from uiebench.confusion.vectors import Matrix, cosine_of_rows
from uiebench.errors import RecipeError, UiebenchError
from uiebench.hashing import sha256_tree
from uiebench.types import Label

BATCH = 32
TOKENS = 64


def fingerprint_of(folder: Path) -> str:
    """The hash of the files of a model. Raises: RecipeError if the folder holds none."""
    if not (folder / "config.json").is_file() and not (folder / "modules.json").is_file():
        raise RecipeError(f"{folder}: no model here; give the folder that holds its config.json")
    return sha256_tree(folder, ["*.json", "*.txt", "*.model", "*.safetensors", "*.bin", "*/*.json"])


def similarities(folder: Path) -> Callable[[Sequence[Label]], Matrix]:
    """A function that gives the cosines of labels by their names and descriptions.

    Raises: UiebenchError in one line if the libraries are missing or the model cannot be read.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    try:
        encode = _sentence_transformer(folder) if (folder / "modules.json").is_file() else None
        encode = encode or _transformer(folder)
    except ImportError as error:
        raise UiebenchError(f"--model needs {error.name}: pip install torch transformers") from None
    except (OSError, ValueError, KeyError) as error:
        raise UiebenchError(f"{folder}: not a model that can be read ({str(error).splitlines()[0]})") from None
    return lambda labels: cosine_of_rows(encode([phrase(label) for label in labels]))


def phrase(label: Label) -> str:
    """A label as the sentence that is embedded."""
    return f"{label.zh} {label.en}" + (f": {label.description}" if label.description else "")


def _sentence_transformer(folder: Path) -> Callable[[list[str]], Matrix] | None:
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - optional
    except ImportError:
        return None
    model: Any = SentenceTransformer(str(folder), device="cpu")

    def encode(texts: list[str]) -> Matrix:
        return np.asarray(model.encode(texts, batch_size=BATCH, show_progress_bar=False), dtype=np.float64)

    return encode


def _transformer(folder: Path) -> Callable[[list[str]], Matrix]:
    import torch  # noqa: PLC0415 - optional, and heavy
    from transformers import AutoModel, AutoTokenizer  # noqa: PLC0415

    tokenizer: Any = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    model: Any = AutoModel.from_pretrained(str(folder), local_files_only=True).eval()

    def encode(texts: list[str]) -> Matrix:
        found = []
        with torch.no_grad():
            for first in range(0, len(texts), BATCH):
                batch = tokenizer(
                    texts[first : first + BATCH], padding=True, truncation=True, max_length=TOKENS, return_tensors="pt"
                )
                states = model(**batch).last_hidden_state
                mask = batch["attention_mask"].unsqueeze(-1)
                found.append(((states * mask).sum(1) / mask.sum(1)).double().numpy())
        return np.concatenate(found) if found else np.zeros((0, 1))

    return encode
