"""Supervised fine-tuning, from top to bottom: data, model, the steps, the run folder.

    train(load(Path("recipes/train/tiny-sft.yaml")), Path("runs/tiny-sft"))
    →  {"name": "tiny-sft", "parameters": 412160, "figures": {"loss": 0.41, "held_loss": 0.52, "seconds": 38.1, …}, …}

The steps are those of transformers' Trainer (and so DDP, FSDP, DeepSpeed, bf16, checkpoints): TRL's SFTTrainer keeps
packed examples apart under flash attention alone, and knows neither a copy head nor an order by rank; what is added
to them stands in `uiebench.train.trainer`. What is trained is kept in float32, since an update at a small rate is
rounded away in bfloat16; on a GPU that has it, forward passes run in bfloat16. A run that was killed and resumed ends,
on a CPU, in the same weights.
"""

from __future__ import annotations

import inspect
import math
import os
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from uiebench import __version__
from uiebench.errors import RecipeError
from uiebench.storage import write_json
from uiebench.train import data, run
from uiebench.train.log import Log
from uiebench.train.model import (
    FINAL,
    begun_with,
    in_half,
    parameters,
    pretrained,
    quiet,
    save,
    scratch,
    with_adapters,
)
from uiebench.train.recipe import Pretrained, Recipe, Scratch, SftRecipe, Training

if TYPE_CHECKING:
    from transformers import TrainingArguments

PRECISION = "ACCELERATE_MIXED_PRECISION"
Progress = Callable[[int, int, str], object]
"""Told the updates done, those there are, and what is going on."""
Loss = Callable[[Any, dict[str, Any]], tuple[Any, dict[str, float]]]
"""The mean loss of a batch by a model, and figures of it for the log."""


@run.alone
def train(
    recipe: SftRecipe, out: Path, *, resume: bool = False, progress: Progress = lambda done, total, text: None
) -> dict[str, Any]:
    """Train as a recipe says; the run folder `out` then holds the model. Returns what run.json says, and figures.

    Raises: UiebenchError in one line for whatever is wrong with recipe, data, model, memory or disk.
    """
    import torch

    quiet()
    settings = recipe.training
    if resume and run.is_finished(out):
        raise RecipeError(f"{out}: this run is complete; its model is in {out / FINAL}")
    log = Log(out, recipe)

    # 1. Data and model.
    counts = Counter[str]()
    progress(0, 0, "reading the data")
    found = data.examples(recipe.data, counts)
    held = data.examples(recipe.held, Counter()) if recipe.held else []
    model, tokenizer = model_of(recipe, found)
    template = data.template_of(tokenizer)
    progress(0, 0, "tokenising")
    encoded = data.encode(tokenizer, found, settings.context, counts, data.cores())
    rewritten = counts.pop(data.REWRITTEN, 0)
    beside = data.encode(tokenizer, held, settings.context, Counter()) if held else []
    rows = data.rows_of(encoded, settings.context, settings.epochs, settings.seed, packing=settings.packing)
    aside = data.rows_of(beside, settings.context, 1, settings.seed, packing=settings.packing) if beside else []

    # 2. The run folder and the trainer.
    dtype = recipe.model.dtype if isinstance(recipe.model, Pretrained) else "auto"
    arguments = arguments_of(settings, out / "checkpoints", dtype, evaluate=bool(aside))
    per_update = settings.batch * settings.accumulate * arguments.world_size
    updates = settings.steps or math.ceil(len(rows) / per_update)
    if settings.steps:
        rows = endless(rows, per_update * updates)
    size, trained = parameters(model)
    told = run.Run(
        stage="sft",
        name=recipe.name,
        uiebench=__version__,
        python=run.python(),
        versions=run.versions(),
        data=data.fingerprints((*recipe.data, *recipe.held, *getattr(recipe.model, "vocabulary", ())))
        | begun_with(recipe.model),
        template=template,
        parameters=size,
        trained=trained,
        examples=len(encoded),
        rows=len(rows),
        updates=updates,
        answer_tokens=sum(label != data.IGNORED for one in encoded for label in one.labels),
        left_out=dict(counts),
        processes=arguments.world_size,
    )
    if arguments.process_index == 0:
        run.begin(out, recipe, told, resume=resume)
    checkpoint = run.last_checkpoint(out / "checkpoints") if resume else None
    if arguments.process_index == 0:
        log.begin(int(checkpoint.name.rpartition("-")[2]) if checkpoint else 0)
    collate = data.Collator([*encoded, *beside], tokenizer.pad_token_id or 0, packing=settings.packing)
    moved = [[place + len(encoded) for place in row] for row in aside] or None
    trainer = trainer_of(model, tokenizer, arguments, rows, moved, collate, log, updates, progress)

    # 3. The steps.
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    figures = trainer.whole()
    if rewritten:
        figures["rewritten_dialogues"] = rewritten
    if aside:
        figures["held_loss"] = trainer.held_loss()
    if torch.cuda.is_available():
        figures["peak_gpu_gib"] = torch.cuda.max_memory_allocated() / 2**30

    # 4. What comes out.
    log.end()
    progress(updates, updates, "writing the model")
    base = recipe.model.path if isinstance(recipe.model, Pretrained) else ""
    card = run.model_card(told, base, recipe, figures, "uiebench train")
    merge = bool(recipe.lora and recipe.lora.merge)
    if arguments.process_index == 0:
        write_json(out / "figures.json", figures)
    write_model(trainer, tokenizer, out, card, merge=merge)
    return run.summary(told, figures)


def model_of(recipe: SftRecipe, found: Sequence[data.Example]) -> tuple[Any, Any]:
    """The model that is begun with and its tokenizer; whatever of it is trained is in float32."""
    if isinstance(recipe.model, Scratch):
        texts = (message.content for example in found for message in example.messages)
        model, tokenizer = scratch(recipe.model, texts, recipe.training.seed)
    else:
        model, tokenizer = pretrained(recipe.model)
    check_fit(model, tokenizer, recipe)
    return with_adapters(model, recipe.lora, recipe.training.seed) if recipe.lora else model.float(), tokenizer


def write_model(trainer: Any, tokenizer: Any, out: Path, card: str, *, merge: bool) -> None:
    """Write the final model into a run folder, with its adapters merged or beside it; all processes call this."""
    bare = trainer.accelerator.unwrap_model(trainer.model)
    write = bare.save_pretrained
    if trainer.is_fsdp_enabled or trainer.is_deepspeed_enabled:
        whole = out / "checkpoints" / FINAL
        trainer.save_model(str(whole))  # on all devices together
        write = whole.rename
    elif merge:
        write = bare.merge_and_unload().save_pretrained
    if trainer.is_world_process_zero():
        save(write, tokenizer, out / FINAL, card)


def endless(rows: Sequence[list[int]], wanted: int) -> list[list[int]]:
    """So many rows: the first ones, or from the beginning again where there are fewer."""
    return [rows[place % len(rows)] for place in range(wanted)]


def check_fit(model: Any, tokenizer: Any, recipe: Recipe) -> None:
    """Raise RecipeError if model, tokenizer and context do not go together."""
    longest = getattr(model.config, "max_position_embeddings", None)
    if longest and recipe.training.context > longest:
        raise RecipeError(f"training.context {recipe.training.context:,}: the model reads at most {longest:,} tokens")
    size = model.get_input_embeddings().num_embeddings
    if len(tokenizer) > size:
        raise RecipeError(
            f"the tokenizer has {len(tokenizer):,} tokens, the model {size:,}: they do not belong together"
        )
    data.end_of(tokenizer)


def arguments_of(settings: Training, folder: Path, dtype: str, *, evaluate: bool) -> TrainingArguments:
    """A recipe's settings as transformers has them. Defaults that differ by version or machine are spelt out.

    With `bf16` forward passes run in bfloat16; the weights that are trained stay in float32. What `accelerate launch`
    says of that in the environment is passed over: a run is the same however it is started.
    """
    import torch
    from transformers import TrainingArguments

    cuda = torch.cuda.is_available()
    if PRECISION in os.environ:  # transformers takes it for what a recipe says in float32; DeepSpeed reads it too
        os.environ[PRECISION] = "bf16" if in_half(dtype) else "no"
    saves = "steps" if settings.save else "no"
    new, old = "activation_checkpointing", "gradient_checkpointing"  # its name until transformers 5.23
    checkpointing: dict[str, Any] = {
        new if new in inspect.signature(TrainingArguments).parameters else old: settings.checkpointing
    }
    return TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=1,  # the rows of all epochs lie one behind the other
        max_steps=-1,
        per_device_train_batch_size=settings.batch,
        per_device_eval_batch_size=settings.batch,
        gradient_accumulation_steps=settings.accumulate,
        learning_rate=settings.learning_rate,
        lr_scheduler_type=settings.schedule if settings.schedule != "constant" else "constant_with_warmup",
        warmup_steps=settings.warmup,
        weight_decay=settings.weight_decay,
        max_grad_norm=settings.clip,
        optim="adamw_torch",
        **checkpointing,
        bf16=in_half(dtype),
        use_cpu=not cuda,
        dataloader_pin_memory=cuda,
        dataloader_num_workers=0,
        save_strategy=saves,
        save_steps=settings.save or 500,
        save_total_limit=settings.keep,
        eval_strategy=saves if evaluate else "no",
        eval_steps=settings.save or 500,
        prediction_loss_only=True,
        logging_strategy="steps",
        logging_steps=settings.log,
        logging_first_step=True,
        logging_nan_inf_filter=False,
        report_to="none",  # the lines of our log are told
        disable_tqdm=True,
        log_level="error",
        remove_unused_columns=False,
        seed=settings.seed,
    )


def trainer_of(
    model: Any,
    tokenizer: Any,
    arguments: TrainingArguments,
    rows: Sequence[list[int]],
    held: Sequence[list[int]] | None,
    collate: data.Collator,
    log: Log,
    updates: int,
    progress: Progress,
    loss_of: Loss | None = None,
) -> Any:
    """transformers' Trainer as `uiebench.train.trainer` has it; `loss_of` stands in place of the model's own loss."""
    from transformers import PrinterCallback

    from uiebench.train.trainer import Steps, ToLog

    trainer = Steps(
        model=model,
        processing_class=tokenizer,  # so that a checkpoint can be loaded as it is
        args=arguments,
        train_dataset=rows,
        eval_dataset=held,
        data_collator=collate,
        loss_of=loss_of,
    )
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(ToLog(trainer, log, updates, progress))
    return trainer


def out_of_memory(error: BaseException) -> bool:
    """Whether that is what an error of torch says, on a GPU or a CPU."""
    import torch

    said = str(error)
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or any(
        words in said for words in ("out of memory", "can't allocate memory", "not enough memory")
    )


def no_number(what: str, step: int, folder: Path) -> str:
    """What is said when loss or gradient is NaN or infinite."""
    last = run.last_checkpoint(folder)
    kept = f"the last good checkpoint is {last}" if last else "there is no checkpoint yet"
    return (
        f"the {what} is no number (NaN or infinite) in step {step}; {kept}. Lower training.learning_rate, or train in "
        "float32 (model.dtype)"
    )
