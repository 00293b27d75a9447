"""The loop that answers are written by: the same tokens as one call of `generate`, whatever leaves the batch."""

from collections import Counter
from itertools import pairwise

import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
torch.set_num_threads(1)

from uiebench.hashing import lot  # noqa: E402
from uiebench.train import decode  # noqa: E402
from uiebench.train.copy_head import CopyConfig, CopyForCausalLM  # noqa: E402
from uiebench.train.model import quiet, with_adapters  # noqa: E402
from uiebench.train.recipe import Lora  # noqa: E402

quiet()
TOKENS, MOST, PAD = 60, 24, 0
SMALL = {
    "vocab_size": TOKENS,
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 48,
    "max_position_embeddings": 128,
}
NARROW = {"vocab_size": TOKENS, "hidden_size": 32, "n_layer": 2, "n_head": 4}
STATES = {"vocab_size": TOKENS, "hidden_size": 32, "num_hidden_layers": 2}
MIXED = {"linear_num_key_heads": 2, "linear_num_value_heads": 4, "linear_key_head_dim": 8, "linear_value_head_dim": 8}
KINDS = {
    "a copy head": (CopyForCausalLM, CopyConfig, {**SMALL, "copy_size": 16}),
    "Qwen2": (transformers.Qwen2ForCausalLM, transformers.Qwen2Config, SMALL),
    "adapters": (transformers.Qwen2ForCausalLM, transformers.Qwen2Config, SMALL),
    "a sliding window": (transformers.MistralForCausalLM, transformers.MistralConfig, {**SMALL, "sliding_window": 8}),
    "no positions": (transformers.BloomForCausalLM, transformers.BloomConfig, NARROW),
    "states in place of a cache": (transformers.MambaForCausalLM, transformers.MambaConfig, STATES),
    "states beside a cache": (
        transformers.Qwen3NextForCausalLM,
        transformers.Qwen3NextConfig,
        {**SMALL, "num_hidden_layers": 4, "head_dim": 8, "num_experts": 0, **MIXED},
    ),
}
PROMPTS = [[5 + lot(row, place) % (TOKENS - 5) for place in range(14 - row)] for row in range(11)]


def made(kind):
    model, config, sizes = KINDS[kind]
    torch.manual_seed(0)
    found = model(
        config(**sizes, pad_token_id=PAD, eos_token_id=1, bos_token_id=None, tie_word_embeddings=False)
    ).eval()
    for weight in found.parameters():
        weight.data.mul_(3.0 if weight.dim() > 1 else 1.0)  # so that not all tokens are about as likely
    if kind == "a copy head":
        found.copy_gate.bias.data.fill_(-3.0)  # else it says its last token again and again
    return with_adapters(found, Lora(rank=2), 0).eval() if kind == "adapters" else found


def generated(model, prompts, ends):
    """The greedy answers of one call of `generate`, up to their ends."""
    width = max(map(len, prompts))
    ids = torch.tensor([[PAD] * (width - len(prompt)) + prompt for prompt in prompts])
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    with torch.inference_mode(), decode.plain(model, PAD, ends):
        found = model.generate(input_ids=ids, attention_mask=mask, max_new_tokens=MOST, do_sample=False)
    return [upto(row, ends) for row in found[:, width:].tolist()]


def upto(row, ends):
    return row[: next((place + 1 for place, id in enumerate(row) if id in ends), len(row))]


def ends_of(model):
    """Three tokens that the model often says, so that answers end at different places."""
    said = generated(model, PROMPTS, [1])
    return [
        id for id, _ in Counter(row[place] for row in said for place in (3, 9, 15) if place < len(row)).most_common(3)
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_answers_are_those_of_one_call_of_generate(kind, monkeypatch):
    model = made(kind)
    ends = ends_of(model)
    expected = generated(model, PROMPTS, ends)
    assert len(set(map(len, expected))) > 2
    sizes, real = [], model.generate

    def watched(**more):
        sizes.append(len(more["input_ids"]))
        return real(**more)

    monkeypatch.setattr(model, "generate", watched)
    assert decode.answers(model, PROMPTS, MOST, PAD, ends) == expected
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < sizes[0] == len(PROMPTS)


@pytest.mark.parametrize("kind", KINDS)
def test_prompts_that_are_asked_several_times_are_read_once_and_answered_alike(kind, monkeypatch):
    model = made(kind)
    ends = ends_of(model)
    several = [prompt for prompt in PROMPTS[:3] for _ in range(3)] + PROMPTS[3:5]
    expected = generated(model, several, ends)
    read, real = [], model.generate

    def watched(**more):
        read.append(tuple(more["input_ids"].shape))
        return real(**more)

    monkeypatch.setattr(model, "generate", watched)
    assert decode.answers(model, several, MOST, PAD, ends) == expected
    assert read[0] == (5, len(PROMPTS[0]) - 1)


def test_what_is_chosen_knows_whose_row_it_is_and_what_was_said_whatever_has_left():
    model, ends = made("Qwen2"), [1]
    lengths = [1 + lot("length", row) % 12 for row in range(len(PROMPTS))]
    wanted = [[5 + (row + place) % 40 for place in range(length)] + ends for row, length in enumerate(lengths)]
    sizes = []

    def choose(scores, places, said):
        sizes.append(len(scores))
        following = []
        for place, ids in zip(places, said, strict=True):
            assert list(ids) == wanted[place][: len(ids)]
            following.append([*wanted[place], PAD][len(ids)])
        return decode.only(scores, torch.tensor(following)[:, None])

    assert decode.answers(model, PROMPTS, MOST, PAD, ends, choose) == wanted
    assert sizes[-1] < sizes[0]
    assert decode.answers(model, PROMPTS, 4, PAD, ends, choose) == [row[:4] for row in wanted]


def test_a_generation_config_that_asks_for_other_things_is_left_out_and_comes_back():
    model = made("Qwen2")
    expected = decode.answers(model, PROMPTS, MOST, PAD, [1])
    model.generation_config.repetition_penalty = 50.0
    assert decode.answers(model, PROMPTS, MOST, PAD, [1]) == expected
    assert model.generation_config.repetition_penalty == 50.0


def test_a_number_draws_the_token_at_which_the_cumulated_probability_passes_it():
    logs = torch.tensor([0.5, 0.0, 0.3, 0.2]).log()
    for number, token in ((0.0, 0), (0.499, 0), (0.501, 2), (0.799, 2), (0.801, 3), (0.999999, 3)):
        assert decode.drawn(logs[None], torch.tensor([number], dtype=torch.float64)).tolist() == [[token]]


def test_a_token_more_copies_no_keys_and_rows_that_leave_take_theirs_along():
    from uiebench.train.room import ROOM, roomy

    cache = roomy(made("Qwen2").config)
    states = torch.arange(3 * 2 * (8 + 3 * ROOM) * 4.0).view(3, 2, -1, 4)
    places = []
    for start, stop in [(0, 8), *((token, token + 1) for token in range(8, 8 + 3 * ROOM))]:
        keys, values = cache.update(states[:, :, start:stop], -states[:, :, start:stop], 0)
        assert torch.equal(keys, states[:, :, :stop])
        assert torch.equal(values, -keys)
        places.append(keys.data_ptr())
    assert sum(one != other for one, other in pairwise(places)) == 2  # room for so many, and once more
    cache.reorder_cache(torch.tensor([2, 0]))
    keys, _ = cache.update(states[[2, 0], :, :1], states[[2, 0], :, :1], 0)
    assert torch.equal(keys, torch.cat([states, states[:, :, :1]], 2)[[2, 0]])


def test_a_model_with_a_sliding_window_keeps_the_cache_that_transformers_has_for_it():
    from uiebench.train.room import roomy

    assert roomy(made("a sliding window").config) is None
    assert roomy(made("states in place of a cache").config) is None


def test_a_copy_head_refuses_a_cache_of_a_fixed_size_in_which_it_would_copy_wrong_tokens():
    model = made("a copy head")
    ids = torch.tensor([PROMPTS[0]])
    more = {"attention_mask": torch.ones_like(ids), "max_new_tokens": 4, "cache_implementation": "static"}
    with decode.plain(model, PAD, [1]), pytest.raises(ValueError, match="a cache that grows"):
        model.generate(input_ids=ids, **more)
