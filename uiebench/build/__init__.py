"""From raw corpora to a benchmark: check, statistics, the instruction layer, the pipeline."""
