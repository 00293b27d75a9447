"""A benchmark as a dataset repository: what of it may be published, and what a push makes of a branch.

    README.md                               the card: front matter with the configs, what is held back, citations
    croissant.json                          the same for machines, in Croissant 1.0
    manifest.json                           of what is published
    complete/README.md                      the README of the whole benchmark; its manifest, if something is held back
    published.json                          the files, their hashes, what is held back, statements of permission
    corpora/<corpus>/<split>.parquet        config "corpora", of corpora whose text may be passed on
    instructions/<split>/<corpus>.parquet   config "instructions", and one for each zero-shot group
    pairs/<split>.parquet                   config "pairs", if there are any; pairs/train/<name>.parquet for other names
    withheld/<corpus>/<split>.parquet       config "withheld": ids, hashes and counts in place of the text

`plan` is the gate of licences, `configs`, `card` and `croissant` describe what passed it, `joined` keeps what
others wrote into a card, `change` compares with what is there, `copies` checks what comes back. Nothing here
speaks to a Hub: that is `uiebench.push` and `uiebench.hub`.
"""

from uiebench.publish.card import benchmark_card
from uiebench.publish.change import Change, There, Wish, compare
from uiebench.publish.configs import Config, configs, features
from uiebench.publish.plan import Plan, prepare
from uiebench.publish.records import Published

__all__ = [
    "Change",
    "Config",
    "Plan",
    "Published",
    "There",
    "Wish",
    "benchmark_card",
    "compare",
    "configs",
    "features",
    "prepare",
]
