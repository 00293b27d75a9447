"""Decoding under a constraint: llguidance says which tokens can follow, for transformers and for log-probabilities.

    guide = Guide(tokenizer)                                  # once for each tokenizer: some seconds for 150,000 tokens
    questions = [asked(instruction, text, schema), …]         # one for each prompt of the batch
    model.generate(**batch, logits_processor=[guide.processor(questions, "span")])

    masks = guide.masks(question, "span", response_ids)       # (tokens of the response, words of 32 bits)
    logits = masked(logits, torch.from_numpy(masks.view("<i4")))   # the distribution the response was drawn from

A mask is packed: bit i of word w says whether token 32 w + i can follow. Every way of cutting an answer into tokens
is allowed; the end-of-sequence token where the answer is complete and nowhere else, special tokens never. A row that
is finished can be followed by end-of-sequence and padding tokens only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy

from uiebench.errors import UiebenchError, shorten
from uiebench.train.grammar import Asked, Level, grammar
from uiebench.train.vocabulary import Vocabulary, vocabulary

if TYPE_CHECKING:
    import torch
    from llguidance import LLMatcher

Masks = numpy.ndarray[Any, numpy.dtype[numpy.uint32]]

LARGER = 20
"""How much more work than by default llguidance may do before it gives up: texts of some 100,000 characters."""


class ConstraintError(UiebenchError):
    """A constraint cannot be built for an input, or a sequence does not keep to it."""


class Guide:
    """Constraints over the vocabulary of one tokenizer.

    Args:
        tokenizer: a fast tokenizer of transformers.
        eos: the ids that end an answer, such as those of a model's generation config; None: the tokenizer's.
    """

    def __init__(self, tokenizer: Any, eos: Sequence[int] | None = None) -> None:
        from llguidance import LLExecutor, LLParserLimits, LLTokenizer

        self.vocabulary = vocabulary(tokenizer, eos)
        self.size = len(self.vocabulary.tokens)
        self.words = (self.size + 31) // 32
        ends = self.vocabulary.eos
        pad = tokenizer.pad_token_id
        self.finished = packed([*ends, *([] if pad is None else [pad])], self.words)
        self.tokens = LLTokenizer(_wrapped(tokenizer, self.vocabulary), eos_token=list(ends), slices=[])
        self.limits = LLParserLimits(
            initial_lexer_fuel=1_000_000 * LARGER, step_lexer_fuel=200_000 * LARGER, step_max_items=50_000 * LARGER
        )
        self.executor = LLExecutor()

    def matcher(self, asked: Asked, constraint: Level) -> LLMatcher:
        """A new matcher at the beginning of the answer; takes about a millisecond for each 500 characters of text."""
        from llguidance import LLMatcher

        rules = grammar(
            asked.task, asked.labels, asked.roles, asked.text, constraint, explicit_empty=asked.explicit_empty
        )
        matcher = LLMatcher(self.tokens, LLMatcher.grammar_from_lark(rules), log_level=0, limits=self.limits)
        if matcher.is_error():
            reason = matcher.get_error().partition("\n")[0]
            raise ConstraintError(f"no grammar for a text of {len(asked.text):,} characters: {shorten(reason)}")
        return matcher

    def bytes_of(self, ids: Sequence[int]) -> bytes:
        """What tokens stand for together; special tokens stand for nothing.

        A target whose tokens do not spell it exactly cannot be generated in these tokens: SentencePiece puts a
        space before a text that is tokenised alone.
        """
        return b"".join([self.vocabulary.tokens[id] for id in ids])

    def fill(self, masks: Masks, matchers: Sequence[tuple[LLMatcher, int]]) -> None:
        """Write what can follow in each matcher into the row that stands beside it, on all cores."""
        size = masks.shape[1] * 4
        if len(matchers) == 1:  # without the cost of handing it to another thread
            [(matcher, place)] = matchers
            matcher.unsafe_compute_mask_ptr(masks.ctypes.data + place * size, size)
        else:
            self.executor.unsafe_compute_mask_ptr(list(matchers), masks.ctypes.data, size, len(masks))
        for matcher, _ in matchers:
            if matcher.is_error():
                raise ConstraintError(f"decoding cannot go on: {shorten(matcher.get_error().partition(chr(10))[0])}")

    def masks(self, asked: Asked, constraint: Level, ids: Sequence[int]) -> Masks:
        """What could stand at each position of a response: (len(ids), words).

        The same masks as in generation, so that a policy's log-probabilities are those of the distribution the
        response was drawn from. Behind an end-of-sequence token, padding is not looked at. Raises ConstraintError
        where a token could not stand.
        """
        masks: Masks = numpy.empty((len(ids), self.words), dtype="<u4")
        matcher, ends = self.matcher(asked, constraint), frozenset(self.vocabulary.eos)
        for place, id in enumerate(ids):
            self.fill(masks, [(matcher, place)])
            if not 0 <= id < self.size or not masks[place, id // 32] >> numpy.uint32(id % 32) & 1:
                raise ConstraintError(f"token {id} at {place} of a response cannot stand there under {constraint!r}")
            if id in ends:
                masks[place + 1 :] = self.finished
                break
            matcher.consume_token(id)
        return masks

    def rows(self, asked: Sequence[Asked], constraint: Level) -> Rows:
        """The rows of a batch with a prompt for each of `asked`, in their order."""
        return Rows(self, asked, constraint)

    def processor(self, asked: Sequence[Asked], constraint: Level) -> Processor:
        """A logits processor for one call of `model.generate` with a prompt for each of `asked`, in their order."""
        return Processor(self, asked, constraint)


class Rows:
    """The answers of a batch under their constraints; made by `Guide.rows`."""

    def __init__(self, guide: Guide, asked: Sequence[Asked], constraint: Level) -> None:
        self.guide, self.rows = guide, list[_Row]()
        ends, before = frozenset(guide.vocabulary.eos), None
        for one in asked:
            # What is asked several times, one behind the other, has one grammar.
            new = self.rows[-1].matcher.deep_copy() if one is before else guide.matcher(one, constraint)
            self.rows.append(_Row(new, ends))
            before = one

    def masks(self, places: Sequence[int], said: Sequence[Sequence[int]]) -> Masks:
        """What can follow in the rows at some places behind the tokens that each has said: (places, words)."""
        masks: Masks = numpy.empty((len(places), self.guide.words), dtype="<u4")
        going: list[tuple[LLMatcher, int]] = []
        for number, (place, ids) in enumerate(zip(places, said, strict=True)):
            if self.rows[place].reach(ids):
                masks[number] = self.guide.finished
            else:
                going.append((self.rows[place].matcher, number))
        self.guide.fill(masks, going)
        return masks


class Processor:
    """Takes what cannot follow out of the scores of a batch; made by `Guide.processor`, for one call of generate.

    Rows are prompts, or for `num_return_sequences` or beams so many rows for each prompt, one behind the other.
    """

    def __init__(self, guide: Guide, asked: Sequence[Asked], constraint: Level) -> None:
        self.guide, self.asked, self.constraint = guide, asked, constraint
        self.rows: Rows | None = None
        self.prompt = 0

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Scores (rows, vocabulary) with minus infinity for what cannot follow input_ids (rows, length)."""
        import torch

        if self.rows is None:
            self.rows, self.prompt = self._begin(len(input_ids)), input_ids.shape[1]
        masks = self.rows.masks(range(len(input_ids)), input_ids[:, self.prompt :].tolist())
        return masked(scores, torch.from_numpy(masks.view("<i4")).to(scores.device))

    def _begin(self, rows: int) -> Rows:
        each, left = divmod(rows, len(self.asked)) if self.asked else (0, rows)
        if left or not each:
            raise ConstraintError(f"{rows} rows for {len(self.asked)} prompts: constraints and prompts do not match")
        return self.guide.rows([asked for asked in self.asked for _ in range(each)], self.constraint)


class _Row:
    """A sequence of the batch: its matcher, and the tokens the matcher has read."""

    def __init__(self, matcher: LLMatcher, ends: frozenset[int]) -> None:
        self.matcher, self.ends = matcher, ends
        self.read: list[int] = []

    def reach(self, ids: Sequence[int]) -> bool:
        """Bring the matcher behind these tokens; True if they hold the end of the answer.

        Usually that is one token more. With beams a row may go on with another one's tokens: then the matcher
        goes back to what they have in common.
        """
        if self.read != ids[: len(self.read)]:
            common = next(
                (place for place, (one, other) in enumerate(zip(self.read, ids, strict=False)) if one != other),
                min(len(self.read), len(ids)),
            )
            self.matcher.rollback(len(self.read) - common)
            del self.read[common:]
        for id in ids[len(self.read) :]:
            if id in self.ends:
                return True
            if not self.matcher.consume_token(id):
                raise ConstraintError(f"token {id} at {len(self.read)} of a response does not keep to the constraint")
            self.read.append(id)
        return False


# --- masks and tensors ----------------------------------------------------------------------------


def packed(ids: Sequence[int], words: int) -> Masks:
    """A mask that allows these ids."""
    bits = numpy.zeros(words * 32, dtype=bool)
    bits[list(ids)] = True
    return numpy.packbits(bits, bitorder="little").view("<u4")


def masked(scores: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
    """Scores (…, vocabulary) with minus infinity where the packed masks (…, words), int32, have no bit.

    A model may have more logits than its tokenizer has tokens; those can never follow.
    """
    return scores.masked_fill(_absent(masks, scores.shape[-1]), float("-inf"))


def mask(scores: torch.Tensor, masks: torch.Tensor) -> torch.Tensor:
    """The same within the tensor of the scores, which it returns: on a CPU a copy of them costs more than a mask."""
    return scores.masked_fill_(_absent(masks, scores.shape[-1]), float("-inf"))


def _absent(masks: torch.Tensor, width: int) -> torch.Tensor:
    """Which of `width` ids the packed masks have no bit for."""
    import torch

    packed_bytes = masks.contiguous().bitwise_not()
    if masks.device.type == "cpu":  # 11 µs for 150,000 bits, for which torch takes over a millisecond there
        found = numpy.unpackbits(packed_bytes.numpy().view(numpy.uint8), axis=-1, bitorder="little")
        bits = torch.from_numpy(found).view(torch.bool)
    else:
        shifts = torch.arange(8, dtype=torch.uint8, device=masks.device)
        bits = (packed_bytes.view(torch.uint8).unsqueeze(-1) >> shifts).bitwise_and_(1).flatten(-2).bool()
    if bits.shape[-1] < width:
        bits = torch.nn.functional.pad(bits, (0, width - bits.shape[-1]), value=True)
    return bits[..., :width]


def _wrapped(tokenizer: Any, known: Vocabulary) -> Any:
    """The tokenizer as llguidance takes it: by the bytes of its tokens, as `Vocabulary` has them."""
    from llguidance import TokenizerWrapper

    class Plain:
        eos_token_id, bos_token_id = known.eos[0], None
        tokens = known.tokens
        special_token_ids = tuple(id for id, token in enumerate(known.tokens) if not token)

        def __call__(self, text: str) -> list[int]:
            ids: list[int] = tokenizer.encode(text, add_special_tokens=False)
            return ids

    return TokenizerWrapper(Plain())
