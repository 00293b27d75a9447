"""One file for each corpus: ``zh/<name>.py`` or ``en/<name>.py``, with the sample in ``samples/<name>/``.

A corpus module holds a typed literal called ``CORPUS`` and, where the format is odd, one small ``read``
function. Its presence is its registration: fetching, converting, the generic tests, the statistics,
the data card and the benchmark all follow from it. `zh/resume.py` is a plain example.

Corpora never import one another. What some of them share are labels (modules here, such as `wikidata` and `ace`)
and formats (`uiebench.formats`).

Adding one takes two steps, and no other file is edited:

1. The module. File paths below ``RAW/<name>/`` are those of the original; every URL is pinned to a
   commit or revision; every known defect is named in ``defects`` (anything else unexpected is an
   error); ``expect`` holds our totals, ``published`` those of the authors, ``reported`` those of others,
   ``differences`` the reasons where they differ. ``readings`` names other ways to cut the files into
   documents that results were published on (rows, sentences). Every label has a description, and what
   ends in ``_zh`` is for the Chinese README.
2. The sample: 10 to 20 invented texts in the native format and under the native paths, which show the
   format's quirks and every declared defect. ``make golden`` writes ``samples/<name>/golden.jsonl``
   from it; read the diff.

``uiebench corpora check <name> --raw DIR --show 50`` converts the originals and prints documents.
"""
