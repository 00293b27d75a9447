"""The scorer inside other tools: `evaluate`-style metrics, transformers' Trainer, lm-evaluation-harness.

metric.py     load_metric("NER").compute(predictions=[…], references=[…])
trainer.py    Seq2SeqTrainer(…, compute_metrics=ComputeMetrics(tokenizer, Benchmark(…), split="dev"))
lm_eval.py    write_tasks(Benchmark(…), Path("tasks"))  →  lm_eval --include_path tasks --tasks uiebench

None of them imports the tool it serves, and none has a rule of its own: the numbers are those of `score`.
"""

from uiebench.score.adapters.lm_eval import write_tasks
from uiebench.score.adapters.metric import Metric, load_metric
from uiebench.score.adapters.trainer import ComputeMetrics, most_likely, most_likely_next

__all__ = ["ComputeMetrics", "Metric", "load_metric", "most_likely", "most_likely_next", "write_tasks"]
