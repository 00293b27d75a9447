"""A decoder that gives a number for each token in place of the next token: a reward model, or a critic.

    numbers(model, ids, mask)   →  (rows, tokens): how good what stands there so far is

It is what transformers loads as `AutoModelForSequenceClassification` with one label, so that a reward model written
here can be used elsewhere and one made elsewhere can be used here. A decoder with a copy head has its own class,
which is registered when this module is imported: its layers are LLaMA's, its copy head is left out.
"""

from __future__ import annotations

from typing import Any

import torch
from transformers import AutoModel, AutoModelForSequenceClassification
from transformers.models.llama.modeling_llama import LlamaForSequenceClassification, LlamaModel

from uiebench.train.copy_head import CopyConfig
from uiebench.train.rollout import positions


class CopyModel(LlamaModel):
    """The layers of `CopyForCausalLM` alone."""

    config_class = CopyConfig


class CopyForSequenceClassification(LlamaForSequenceClassification):
    """These layers with numbers in place of tokens."""

    config_class = CopyConfig


def numbers(model: Any, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The number of each token of (rows, tokens), float32; a token knows those before it and itself.

    transformers' own forward pass looks for the last token that is no padding, which is another one where the token
    that ends an answer also pads.
    """
    bare = bare_of(model)
    hidden = bare.base_model(
        input_ids=ids, attention_mask=mask, position_ids=positions(mask), use_cache=False
    ).last_hidden_state
    return bare.score(hidden)[..., 0].float()  # type: ignore[no-any-return]


def scale(model: Any, factor: float) -> None:
    """Multiply every number: by 0, all of them are 0 until something is learned."""
    with torch.no_grad():
        for weight in bare_of(model).score.parameters():
            weight.mul_(factor)


def bare_of(model: Any) -> Any:
    """The model within its adapters, which are part of its layers; itself where it has none."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


AutoModel.register(CopyConfig, CopyModel, exist_ok=True)
AutoModelForSequenceClassification.register(CopyConfig, CopyForSequenceClassification, exist_ok=True)
