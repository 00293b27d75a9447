"""The bytes that each token of a vocabulary stands for, which is what a constraint is about.

    vocabulary(tokenizer)   →  Vocabulary(tokens=(b"!", b'"', …, b"\\xe4\\xb8", …), eos=(151645,))

Tokens need not be whole characters: in the vocabulary of Qwen2.5 1,448 of 151,665 are not. A special token
stands for nothing and can never be a part of an answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from uiebench.errors import RecipeError

NEEDED = (*range(0x20, 0xC0), *range(0xC2, 0xF5))
"""The bytes of canonical JSON in UTF-8: control characters are escaped."""


class Vocabulary(NamedTuple):
    """What the tokens of a tokenizer stand for.

    Fields:
        tokens: for each id its bytes; empty for special tokens and ids that are not used.
        eos: the ids that end an answer, the first of them the usual one.
    """

    tokens: tuple[bytes, ...]
    eos: tuple[int, ...]


def byte_alphabet() -> dict[str, int]:
    """The characters by which byte-level BPE writes bytes (GPT-2): printable ones of Latin-1, else from U+0100 on."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in plain]
    return {chr(byte): byte for byte in plain} | {chr(0x100 + place): byte for place, byte in enumerate(others)}


def vocabulary(tokenizer: Any, eos: Sequence[int] | None = None) -> Vocabulary:
    """The vocabulary of a fast tokenizer of transformers.

    Args:
        eos: the ids that end an answer, e.g. `model.generation_config.eos_token_id`; None: the tokenizer's.

    Byte-level BPE (GPT-2, Qwen, LLaMA 3, GLM-4) and SentencePiece with byte fallback (LLaMA 2, Baichuan) are
    understood. Raises RecipeError for others, and where a byte of UTF-8 has no token of its own: an answer could
    then begin a character and not be able to go on.
    """
    backend = getattr(tokenizer, "backend_tokenizer", None)
    name = getattr(tokenizer, "name_or_path", "") or type(tokenizer).__name__
    if backend is None:
        raise RecipeError(f"{name}: constrained decoding needs a fast tokenizer (tokenizer.json)")
    ends = tuple(eos) if eos is not None else () if tokenizer.eos_token_id is None else (tokenizer.eos_token_id,)
    if not ends:
        raise RecipeError(f"{name}: the tokenizer has no end-of-sequence token, so that no answer could end")
    spec = json.loads(backend.to_str())
    read = _reading(spec, name)
    tokens = [b""] * backend.get_vocab_size(with_added_tokens=True)
    for token, id in backend.get_vocab(with_added_tokens=False).items():
        tokens[id] = read(token)
    for added in spec["added_tokens"]:
        tokens[added["id"]] = b"" if added["special"] else added["content"].encode()
    if beyond := [end for end in ends if not 0 <= end < len(tokens)]:
        raise RecipeError(f"{name}: the end-of-sequence id {beyond[0]} is not one of its {len(tokens):,} tokens")
    for end in ends:
        tokens[end] = b""
    tokens = [b"" if 0xFF in token else token for token in tokens]  # no byte of UTF-8; llguidance marks with it
    alone = {token[0] for token in tokens if len(token) == 1}
    if missing := [byte for byte in NEEDED if byte not in alone]:
        raise RecipeError(
            f"{name}: no token for the byte 0x{missing[0]:02X} alone ({len(missing)} such); constrained decoding "
            "needs a tokenizer that can write every byte"
        )
    return Vocabulary(tuple(tokens), ends)


def _reading(spec: dict[str, Any], name: str) -> Any:
    """How the tokens of a tokenizer are written, as a function from the token to its bytes."""
    kinds = set(_kinds(spec.get("decoder")))
    if "ByteLevel" in kinds:
        alphabet = byte_alphabet()
        return lambda token: bytes([alphabet[c] for c in token]) if all(c in alphabet for c in token) else b""
    if "ByteFallback" in kinds:

        def piece(token: str) -> bytes:
            if len(token) == 6 and token.startswith("<0x") and token.endswith(">"):
                return bytes([int(token[3:5], 16)])
            return token.replace("▁", " ").encode()

        return piece
    raise RecipeError(f"{name}: constrained decoding needs byte-level BPE or byte fallback, not {sorted(kinds)}")


def _kinds(decoder: dict[str, Any] | None) -> Iterator[str]:
    if decoder:
        yield decoder["type"]
        for part in decoder.get("decoders", ()):
            yield from _kinds(part)
