"""A decoder with a copy head: each token is written by the language model or copied from what stands before.

    p(next) = (1 - g) · softmax(W h) + g · Σ over the tokens before, of their attention, at the id of each

A pointer–generator mixture (See, Liu and Manning 2017) on LLaMA's layers. A small model does not learn by itself
to repeat names it has never seen; with the mixture it can. The score of a token before depends on its own state
and on that of the token in front of it: so a copy that was begun is easily continued.

The first layer reads each token together with the `window` - 1 in front of it, by a causal convolution of their
embeddings: where Chinese is one token a character, that is the word the character stands in.

It is registered with transformers as ``uiebench_copy`` when this module is imported, which `uiebench.train.model`
does. Beside keys and values of the layers, its cache holds what is needed to copy; the ids come with each step.
"""

from __future__ import annotations

import inspect
from typing import Any

import torch
from torch import nn
from transformers import AutoConfig, AutoModelForCausalLM, DynamicCache, GenerationMixin, LlamaConfig
from transformers.cache_utils import DynamicLayer
from transformers.modeling_outputs import CausalLMOutputWithPast
from transformers.models.llama.modeling_llama import LlamaModel, LlamaPreTrainedModel

IGNORED = -100
TINY = 1e-30
CACHE = "cache" if "cache" in inspect.signature(LlamaModel.forward).parameters else "past_key_values"
"""What transformers calls the cache of a decoder: before 5.24 by another name."""


class CopyConfig(LlamaConfig):
    """LLaMA's configuration, the size of the states that are compared to copy, and the width of the convolution."""

    model_type = "uiebench_copy"
    copy_size: int = 64
    window: int = 4


class CopyForCausalLM(LlamaPreTrainedModel, GenerationMixin):
    """A causal language model whose logits are the logarithms of the mixture."""

    config_class = CopyConfig
    _tied_weights_keys = {"lm_head.weight": "model.embed_tokens.weight"}  # noqa: RUF012 - transformers' way to say it
    accepts_loss_kwargs = True

    def __init__(self, config: CopyConfig) -> None:
        super().__init__(config)
        self.model = LlamaModel(config)
        self.lm_head = nn.Linear(config.hidden_size, config.vocab_size, bias=False)
        self.in_front = nn.ModuleList(
            nn.Linear(config.hidden_size, config.hidden_size, bias=False) for _ in range(config.window - 1)
        )
        self.copy_query = nn.Linear(config.hidden_size, config.copy_size, bias=False)
        self.copy_own = nn.Linear(config.hidden_size, config.copy_size, bias=False)
        self.copy_before = nn.Linear(config.hidden_size, config.copy_size, bias=False)
        self.copy_gate = nn.Linear(config.hidden_size, 1)
        self.post_init()  # type: ignore[no-untyped-call]

    def forward(
        self,
        input_ids: torch.Tensor | None = None,
        attention_mask: torch.Tensor | None = None,
        position_ids: torch.Tensor | None = None,
        inputs_embeds: torch.Tensor | None = None,
        labels: torch.Tensor | None = None,
        use_cache: bool | None = None,
        logits_to_keep: int = 0,
        all_ids: torch.Tensor | None = None,
        num_items_in_batch: torch.Tensor | int | None = None,
        cache: Any | None = None,
        past_key_values: Any | None = None,
        **kwargs: Any,
    ) -> CausalLMOutputWithPast:
        """The mixture for each token of (rows, tokens), as transformers' causal models give it.

        Args:
            all_ids: with a filled cache, the ids of everything so far: (rows, tokens before + tokens).
            labels: -100 where there is no loss. With labels there are no logits: the loss does not need the whole
                mixture, which would be most of the memory.
            cache, past_key_values: the cache, by the one of these names that transformers has for it.
            kwargs: what is LLaMA's.
        """
        if input_ids is None:
            raise ValueError("a copy head copies ids: give input_ids, not inputs_embeds")
        cache = past_key_values if cache is None else cache
        use_cache = bool(use_cache) or cache is not None
        if use_cache and cache is None:
            cache = DynamicCache(config=self.config)
        filled: dict[str, Any] = {CACHE: cache}
        before = cache.get_seq_length() if cache is not None else 0
        ids = input_ids if all_ids is None else all_ids
        if ids.shape[1] != before + input_ids.shape[1]:
            raise ValueError("with a filled cache, all_ids must hold the ids of everything so far")
        part = _parts(ids, attention_mask, position_ids if cache is None else None)
        hidden = self.model(
            inputs_embeds=self._embedded(ids, part, input_ids.shape[1]),
            attention_mask=attention_mask,
            position_ids=position_ids,
            use_cache=use_cache,
            **filled,
            **kwargs,
        ).last_hidden_state
        own, in_front = self.copy_own(hidden), self.copy_before(hidden)
        if cache is not None:
            if len(cache.layers) == self.config.num_hidden_layers:
                if not isinstance(cache.layers[0], DynamicLayer):
                    raise ValueError("a copy head needs a cache that grows, not one of a fixed size")
                cache.layers.append(type(cache.layers[0])())
            own, in_front = cache.update(own[:, None], in_front[:, None], self.config.num_hidden_layers)
            own, in_front = own[:, 0], in_front[:, 0]
        kept = hidden if not logits_to_keep else hidden[:, -logits_to_keep:]
        places = torch.arange(ids.shape[1], device=ids.device)
        here = part[:, -kept.shape[1] :, None] == part[:, None, :]
        allowed = here & (places[None, :] <= places[-kept.shape[1] :, None])
        follows = part[:, 1:] == part[:, :-1]  # a token of the same text stands in front
        keys = own + nn.functional.pad(in_front[:, :-1] * follows[..., None], (0, 0, 1, 0))
        scores = self.copy_query(kept) @ keys.transpose(1, 2) / self.config.copy_size**0.5
        attention = scores.float().masked_fill(~allowed, -torch.inf).softmax(-1)
        gate = self.copy_gate(kept).float()
        if labels is not None:
            loss = self._loss(kept, attention, gate, ids, labels, num_items_in_batch)
            return CausalLMOutputWithPast(loss=loss)
        written = self.lm_head(kept).float().softmax(-1)
        sources = ids[:, None, :].expand(-1, kept.shape[1], -1)
        copied = torch.zeros_like(written).scatter_add(2, sources, attention)
        share = gate.sigmoid()
        logits = ((1 - share) * written + share * copied).clamp_min(TINY).log()
        return CausalLMOutputWithPast(logits=logits, **filled)

    def _embedded(self, ids: torch.Tensor, part: torch.Tensor, wanted: int) -> torch.Tensor:
        """The embeddings of the last `wanted` tokens, each with those of the tokens in front of it."""
        width = min(wanted + len(self.in_front), ids.shape[1])
        ids, part = ids[:, -width:], part[:, -width:]
        single = self.model.embed_tokens(ids)
        found: torch.Tensor = single
        for far, layer in enumerate(self.in_front[: width - 1], 1):
            same = (part[:, far:] == part[:, :-far])[..., None]
            found = found + nn.functional.pad(layer(single[:, :-far]) * same, (0, 0, far, 0))
        return found[:, -wanted:]

    def _loss(
        self,
        hidden: torch.Tensor,
        attention: torch.Tensor,
        gate: torch.Tensor,
        ids: torch.Tensor,
        labels: torch.Tensor,
        items: torch.Tensor | int | None,
    ) -> torch.Tensor:
        """The mean loss of the labels, or their sum by `items` where the labels of several batches are one update."""
        following = nn.functional.pad(labels[:, 1:], (0, 1), value=IGNORED)
        rows, places = (following != IGNORED).nonzero(as_tuple=True)
        wanted = following[rows, places]
        written = self.lm_head(hidden[rows, places]).float().log_softmax(-1).gather(1, wanted[:, None])[:, 0]
        copied = (attention[rows, places] * (ids[rows] == wanted[:, None])).sum(-1).clamp_min(TINY).log()
        share = gate[rows, places, 0]
        found = torch.logaddexp(nn.functional.logsigmoid(-share) + written, nn.functional.logsigmoid(share) + copied)
        return -found.sum() / (max(len(wanted), 1) if items is None else items)

    def prepare_inputs_for_generation(self, input_ids: torch.Tensor, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """As for other models, with the ids of everything so far."""
        inputs: dict[str, Any] = super().prepare_inputs_for_generation(input_ids, *args, **kwargs)
        inputs["all_ids"] = input_ids
        return inputs


def _parts(ids: torch.Tensor, mask: torch.Tensor | None, positions: torch.Tensor | None) -> torch.Tensor:
    """The number of the text that each token belongs to: (rows, tokens). Tokens of other texts are not looked at.

    Padding is a text of its own; in packed rows, which have no mask, positions begin anew with each text.
    """
    if mask is not None and mask.dim() == 2:
        return mask[:, : ids.shape[1]]
    if mask is None and positions is not None:
        return (positions.diff(dim=1, prepend=positions[:, :1] - 1) != 1).cumsum(1).expand_as(ids)
    return torch.zeros_like(ids)


AutoConfig.register(CopyConfig.model_type, CopyConfig, exist_ok=True)
AutoModelForCausalLM.register(CopyConfig, CopyForCausalLM, exist_ok=True)
