"""Prompts and targets: how a document becomes an instruction, and how an answer is read."""
