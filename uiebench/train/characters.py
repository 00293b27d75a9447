"""A tokenizer of characters: one token for each character often seen, bytes for the rest, so that nothing is lost.

    tokenizer = characters(["高明创办远山。", "Ada Byron"])
    tokenizer.tokenize("高明🦜")   →  ["高", "明", "<0xF0>", "<0x9F>", "<0xA6>", "<0x9C>"]

Where no pretrained tokenizer can be had, a small model learns to copy and to count best when a Chinese character
is one token. It is a BPE with byte fallback, as SentencePiece makes them, so that constrained decoding knows its
bytes; `words` adds merges of Latin letters, learned from the same texts.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

PAD, END, SYSTEM, USER, ASSISTANT = "<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"
SPECIAL = (PAD, END, SYSTEM, USER, ASSISTANT)
TEMPLATE = (
    "{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] }}"
    "{% if message['role'] == 'assistant' %}{{ '<|end|>' }}{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
RESERVED = "\u2581"
"""Stands for a space in tokens of SentencePiece, so it never is a token here; its bytes are."""
_LATIN = re.compile(r"[A-Za-z]+")


def characters(texts: Iterable[str], *, most: int = 8000, seen: int = 1, words: int = 0) -> Any:
    """A fast tokenizer of transformers whose characters stand at least `seen` times in the texts.

    ASCII's printable characters always have a token. The order of the texts changes nothing. Text that looks like a
    special token is cut into characters like any other if it is tokenised with ``split_special_tokens=True``.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models
    from transformers import PreTrainedTokenizerFast

    counts, latin = Counter[str](), Counter[str]()
    for text in texts:
        counts.update(text)
        if words:
            latin.update(_LATIN.findall(text))
    ascii_ = [chr(code) for code in (0x0A, *range(0x20, 0x7F))]
    often = sorted((character for character, n in counts.items() if n >= seen), key=lambda c: (-counts[c], c))
    kept = sorted({c for c in often[:most] if c != RESERVED and not "\ud800" <= c <= "\udfff"} | set(ascii_))
    merges = _merges(latin, words)
    tokens = [*SPECIAL, *(f"<0x{byte:02X}>" for byte in range(256)), *kept]
    tokens += [piece for piece in dict.fromkeys(a + b for a, b in merges) if piece not in set(tokens)]
    model = models.BPE({token: id for id, token in enumerate(tokens)}, merges, byte_fallback=True)
    tokenizer = Tokenizer(model)
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    tokenizer.add_special_tokens([AddedToken(token, normalized=False, special=True) for token in SPECIAL])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=END,
        additional_special_tokens=[SYSTEM, USER, ASSISTANT],
        chat_template=TEMPLATE,
        padding_side="left",
        clean_up_tokenization_spaces=False,
        model_input_names=["input_ids", "attention_mask"],
    )


def _merges(words: Counter[str], most: int) -> list[tuple[str, str]]:
    """At most so many merges of letters, by the usual training of BPE on words."""
    if not most or not words:
        return []
    from tokenizers import Tokenizer, models, trainers

    letters = {letter for word in words for letter in word}
    tokenizer = Tokenizer(models.BPE())
    trainer = trainers.BpeTrainer(vocab_size=len(letters) + most, min_frequency=2, show_progress=False)
    # A word stands in the training data no oftener than this, so that the list stays short.
    listed = [word for word in sorted(words) for _ in range(min(words[word], 100))]
    tokenizer.train_from_iterator(listed, trainer)
    found = json.loads(tokenizer.to_str())["model"]["merges"]
    return [(first, second) for first, second in found[:most]]
