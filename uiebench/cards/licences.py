"""What the Hugging Face Hub calls licences, sizes and the like, and the front matter it reads.

    hub_licences(Licence("CC BY 4.0", redistribute=True))   →  ["cc-by-4.0"]

A licence that the Hub has no name for is "other", with a name and a link.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from uiebench.types import Licence, plain

LICENCES = {
    "Apache-2.0": "apache-2.0",
    "MIT": "mit",
    "CC BY 3.0": "cc-by-3.0",
    "CC BY 4.0": "cc-by-4.0",
    "CC BY-SA 3.0": "cc-by-sa-3.0",
    "CC BY-SA 4.0": "cc-by-sa-4.0",
    "CC BY-NC-SA 4.0": "cc-by-nc-sa-4.0",
    "unknown": "unknown",
}
"""Licences that the Hub has an identifier for; any other is "other" with a name and a link."""
WIKIPEDIA = "Wikipedia (CC BY-SA)"
"""By these words the terms of a corpus say that its texts have a licence of their own beside that of the corpus."""
WIKIPEDIA_LICENCE = ("cc-by-sa-3.0", "https://creativecommons.org/licenses/by-sa/3.0/")
"""Wikipedia's until June 2023; these corpora are older."""


def hub_licence(licence: Licence, homepage: str) -> dict[str, object]:
    """The front matter's fields about a licence."""
    listed = hub_licences(licence)
    fields: dict[str, object] = {"license": listed[0] if len(listed) == 1 else listed}
    if "other" in listed:
        name = re.sub(r"[^a-z0-9.]+", "-", licence.name.lower()).strip("-")
        fields |= {"license_name": name, "license_link": licence.url or homepage}
    return fields


def hub_licences(licence: Licence) -> list[str]:
    """The Hub's names of a licence and, if the terms say that the texts are under another one, of that."""
    listed = [LICENCES.get(licence.name, "other")]
    if of_wikipedia(licence):
        listed.append(WIKIPEDIA_LICENCE[0])
    return listed


def of_wikipedia(licence: Licence) -> bool:
    """Whether text that may be passed on is also under the licence of Wikipedia."""
    return licence.redistribute and WIKIPEDIA in licence.terms


def size_category(documents: int) -> str:
    """The Hub's name for a number of documents."""
    steps = [(1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M")]
    return next((name for limit, name in steps if documents < limit), "1M<n<10M")


def yaml_block(fields: Mapping[str, object]) -> str:
    """Front matter: YAML between two rules, in the order given, Chinese as it is."""
    import yaml  # noqa: PLC0415 - only here

    body = yaml.safe_dump(plain(fields), sort_keys=False, allow_unicode=True, width=10_000)
    return f"---\n{body}---"
