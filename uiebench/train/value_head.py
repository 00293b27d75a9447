"""A decoder that gives a number for each token in place of the next token: a reward model, or a critic.

    numbers(model, ids, mask)   →  (rows, tokens): how good what stands there so far is

It is what transformers loads as `AutoModelForSequenceClassification` with one label, so that a reward model written
here can be used elsewhere and one made elsewhere can be used here. The decoder with a copy head has a class of its
own, which is registered when this module is imported: it reads as that decoder does, and has no copy head.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from transformers import AutoModelForSequenceClassification
from transformers.modeling_outputs import SequenceClassifierOutput
from transformers.models.llama.modeling_llama import LlamaModel, LlamaPreTrainedModel

from uiebench.train.copy_head import CopyConfig, CopyForCausalLM
from uiebench.train.rollout import positions


class CopyForSequenceClassification(LlamaPreTrainedModel):
    """The layers of `CopyForCausalLM` with a number in place of the next token."""

    config_class = CopyConfig
    embedded = CopyForCausalLM._embedded

    def __init__(self, config: CopyConfig) -> None:
        super().__init__(config)
        self.model = LlamaModel(config)
        self.in_front = nn.ModuleList(
            nn.Linear(config.hidden_size, config.hidden_size, bias=False) for _ in range(config.window - 1)
        )
        self.score = nn.Linear(config.hidden_size, config.num_labels or 1, bias=False)
        self.post_init()  # type: ignore[no-untyped-call]

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor | None = None, **kwargs: Any
    ) -> SequenceClassifierOutput:
        """The number of the last token of each row, as transformers' sequence classifiers give it: (rows, 1)."""
        mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
        return SequenceClassifierOutput(logits=at_the_end(numbers(self, input_ids, mask), mask)[:, None])


def numbers(model: Any, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The number of each token of (rows, tokens), float32; a token knows those before it and itself.

    transformers' own forward pass looks for the last token that is no padding, which is another one where the token
    that ends an answer also pads.
    """
    bare = bare_of(model)
    copying = isinstance(bare, CopyForSequenceClassification)
    read = {"inputs_embeds": bare.embedded(ids, mask, ids.shape[1])} if copying else {"input_ids": ids}
    hidden = bare.base_model(
        **read, attention_mask=mask, position_ids=positions(mask), use_cache=False
    ).last_hidden_state
    return bare.score(hidden.float())[..., 0].float()  # type: ignore[no-any-return]


def at_the_end(said: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The number of the last token of each row that is no padding: (rows)."""
    last = mask.shape[1] - 1 - mask.flip(1).argmax(1, keepdim=True)
    return said.gather(1, last)[:, 0]


def scale(model: Any, factor: float) -> None:
    """Multiply every number: by 0, all of them are 0 until something is learned."""
    with torch.no_grad():
        for weight in bare_of(model).score.parameters():
            weight.mul_(factor)


def bare_of(model: Any) -> Any:
    """The model within its adapters, which are part of its layers; itself where it has none."""
    return model.get_base_model() if hasattr(model, "get_base_model") else model


AutoModelForSequenceClassification.register(CopyConfig, CopyForSequenceClassification, exist_ok=True)
