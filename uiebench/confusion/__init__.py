"""Which labels of a corpus are mistaken for which: computed, cached, inspectable, measured.

    from uiebench.confusion import compute

    table = compute(Path("benchmarks/catalogue"), held_out=("boson",))
    table.near("duie1", "RE", "出生地")    →  ("祖籍", "出生日期", "国籍", …)

`table` is the interface, `fusion` the method, `schema_evidence`, `text_evidence` and `across` what it stands
on, `evaluate` measures it. Numpy is all it needs; only the evaluation trains models, with scikit-learn.
"""

from uiebench.confusion.table import NAME, Confusions, compute, load, write

__all__ = ["NAME", "Confusions", "compute", "load", "write"]
