"""A language model as a judge of extractions: rubric, requests, cache and budget.

rubric.py, rubric.yaml    the questions, as data      reading.py    answers → scores or a problem
run.py, files.py          candidates → judgements     client.py     ask(requests) → answers, for any purpose
store.py                  cache and account           batch.py      the same through the Batch API
budget.py, prices.yaml    what it costs               wire.py       bodies, replies, failures
"""
