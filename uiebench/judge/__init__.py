"""A language model as a judge of extractions: rubric, requests, cache and budget."""
