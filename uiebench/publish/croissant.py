"""The description of a published benchmark in Croissant 1.0 (https://docs.mlcommons.org/croissant).

    croissant(plan, "org/zh", "https://huggingface.co", made)
    →  {"@type": "sc:Dataset", "name": "zh", "recordSet": [{"@id": "instructions", "field": […]}, …], …}

A record set for each config, with its columns and the records inside them, and the split a row is of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from uiebench.cards.licences import WIKIPEDIA_LICENCE, of_wikipedia
from uiebench.publish.card import bibtex
from uiebench.publish.configs import Config, features
from uiebench.publish.plan import Plan
from uiebench.publish.records import ROWS

CROISSANT_TYPES = {"string": "sc:Text", "int64": "sc:Integer", "float64": "sc:Float"}
SPLIT_OF = {
    "instructions": r"instructions/(\w+)/",
    "pairs": r"pairs/(\w+)[./]",
}


NO_HASH = "https://github.com/mlcommons/croissant/issues/80"
"""What stands for the hash of a repository, as in the Hub's own descriptions: Croissant 1.0 wants a hash of every
FileObject, and a git repository has none. The hashes of the files are in published.json.
"""


def croissant(plan: Plan, repo: str, hub: str, made: Sequence[Config]) -> dict[str, Any]:
    """The description of the repository whose configs are `made`; `hub` is the Hub's address."""
    sets, records = [], []
    for config in made:
        top = next(iter(config.splits.values()))[0].split("/")[0]
        sets.append(
            {
                "@type": "cr:FileSet",
                "@id": f"files-{config.name}",
                "name": f"files-{config.name}",
                "containedIn": {"@id": "repo"},
                "encodingFormat": "application/x-parquet",
                "includes": [path for paths in config.splits.values() for path in paths],
            }
        )
        split = SPLIT_OF.get(top, rf"{top}/[^/]+/(\w+)\.parquet")
        records.append(
            {
                "@type": "cr:RecordSet",
                "@id": config.name,
                "name": config.name,
                "description": f"{ROWS[config.record]}.",
                "field": [
                    {
                        "@type": "cr:Field",
                        "@id": f"{config.name}/split",
                        "name": "split",
                        "dataType": "sc:Text",
                        "source": {
                            "fileSet": {"@id": f"files-{config.name}"},
                            "extract": {"fileProperty": "fullpath"},
                            "transform": {"regex": split},
                        },
                    },
                    *(_field(config.name, (column["name"],), column) for column in features(config.record)),
                ],
            }
        )
    address = f"{hub}/datasets/{repo}"
    licences = {corpus.licence.url or corpus.licence.name for corpus in plan.published()}
    licences |= {WIKIPEDIA_LICENCE[1] for corpus in plan.published() if of_wikipedia(corpus.licence)}
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": plan.manifest.name,
        "description": plan.manifest.recipe.title or f"{plan.manifest.name}, built with uiebench",
        "url": address,
        "version": f"{plan.manifest.benchmark_version}.0",
        "license": ["https://www.apache.org/licenses/LICENSE-2.0"]
        if plan.manifest.recipe.samples
        else sorted(licences),
        "inLanguage": sorted({corpus.language for corpus in plan.published() or plan.corpora.values()}),
        "citeAs": bibtex(plan),
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": "repo",
                "name": "repo",
                "description": "The dataset repository.",
                "contentUrl": address,
                "encodingFormat": "git+https",
                "sha256": NO_HASH,
            },
            *sets,
        ],
        "recordSet": records,
    }


def _field(
    config: str, path: tuple[str, ...], column: Mapping[str, Any], places: tuple[str, ...] = ()
) -> dict[str, Any]:
    """A column as a field, with the fields of its records; `places` lead to it inside a value of the column.

    A JSONPath leads through lists inside a record, such as the arguments of an event, to all that stand there;
    mlcroissant (1.1) gives the first of each record.
    """
    field: dict[str, Any] = {"@type": "cr:Field", "@id": "/".join((config, *path)), "name": path[-1]}
    inner = column.get("list") or column.get("struct")
    if isinstance(inner, list):
        field["subField"] = [
            _field(config, (*path, part["name"]), part, (*places, part["name"] + "[*]" * ("list" in part)))
            for part in inner
        ]
    else:
        source: dict[str, Any] = {"fileSet": {"@id": f"files-{config}"}, "extract": {"column": path[0]}}
        if places:
            source["transform"] = {"jsonPath": ".".join(places)}
        field |= {"dataType": CROISSANT_TYPES[inner or column["dtype"]], "source": source}
    return field | ({"repeated": True} if "list" in column else {})


CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "equivalentProperty": "cr:equivalentProperty",
    "samplingRate": "cr:samplingRate",
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The terms of Croissant 1.0, as its specification lists them."""
