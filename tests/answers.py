"""Items and answers for tests that have them as documents and extractions, not as a benchmark and a file."""

from uiebench.score.gold import Items
from uiebench.score.said import AS_WRITTEN, Said


def item_about(document, task, corpus="c"):
    """The item of one document."""
    (item,) = Items.about([document], task, corpus)
    return item


def answered(extractions, task):
    """The answers, one to each item, that say what extractions say."""
    return Said(task, [output_of(extraction, task) for extraction in extractions], AS_WRITTEN)


def output_of(extraction, task):
    """An extraction as the JSON value that a model could have written for it, offsets and all."""
    if extraction.problem:
        return "no answer"
    if task == "NER":
        return [span(entity) | {"type": entity.type} for entity in extraction.entities]
    if task == "RE":
        return [
            {
                "relation": r.type,
                "head": span(r.head) | {"type": r.head.type},
                "tail": span(r.tail) | {"type": r.tail.type},
            }
            for r in extraction.relations
        ]
    return [
        {"type": event.type, "arguments": [span(argument) | {"role": argument.role} for argument in event.arguments]}
        | ({"trigger": span(event.trigger)} if event.trigger else {})
        for event in extraction.events
    ]


def span(found):
    return {"text": found.text, "start": found.start, "end": found.end}
