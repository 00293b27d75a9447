"""Data cards: one Markdown page for each corpus, made from its literal, its counted labels and the audit.

    data_cards/resume.md           what it is, labels, splits, an invented example, defects, licence, citation
    data_cards/index.md            all of them in one table
    data_cards/statistics.json     counted on the original files: {"resume": {"train": {"sources": …, "stats": …}}}
    data_cards/contamination.json  pairs of splits that share texts, from `uiebench audit --json`

Cards open with the front matter of the Hugging Face Hub. They are a function of the modules and the two JSON
files, so whether they are stale can be told without any original file. Examples are the invented samples.
"""

from uiebench.cards.card import card
from uiebench.cards.example import sample_document
from uiebench.cards.facts import known, of_audit
from uiebench.cards.pages import pages, stale, update, write

__all__ = ["card", "known", "of_audit", "pages", "sample_document", "stale", "update", "write"]
