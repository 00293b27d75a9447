"""How well a model still chats: its replies against those of held-out dialogues, and how far it is from a base.

    evaluate(["runs/b"], FromDialogues("uiebench", skip=0.75, share=0.25), Settings(), base="runs/a")
    →  Report(rows=[Row("runs/a", …), Row("runs/b", figures={"all": {"rouge1_f": Figure(0.21, 0.18, 0.24), …}, …}, …)])

Each answer of a dialogue is asked for once, behind the turns before it as they stand in the data. Three things are
measured of it: ROUGE-1 of what the model writes (greedily), the likelihood of what stands in the data, and the
divergence of the model from the base on the tokens of that. Only answers that fit into the context of every model are
asked for, the others are counted, so that all rows are about the same answers. Intervals are over dialogues.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from uiebench import __version__
from uiebench.errors import RecipeError, UiebenchError
from uiebench.hashing import sha256_file, sha256_tree
from uiebench.score.bootstrap import FEWEST, RESAMPLES, SEED, bounds
from uiebench.train import choices, decode, run
from uiebench.train import recipe as recipes
from uiebench.train.choices import Choice
from uiebench.train.data import answer_ids, dialogues, end_of, fingerprints, prompt_ids, template_of
from uiebench.train.dialogues import Dialogue, Message
from uiebench.train.model import TrainingError, load_tokenizer, longest_of, pretrained, quiet
from uiebench.train.recipe import FromDialogues, Pretrained
from uiebench.train.sft import out_of_memory

Progress = Callable[[int, int, str], object]
Words = Literal["characters", "jieba"]
Language = Literal["zh", "en"]

TRAINED = 0.75
"""The share of the dialogues that come with the package on which its recipes train; the others are held out."""
HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PIECE = re.compile(rf"[{HAN}]+|[^\W_{HAN}]+")


class Settings(msgspec.Struct, frozen=True):
    """How replies are written and compared.

    Fields:
        words: what ROUGE counts in Chinese: characters, or the words of jieba. In English it is always words.
        batch: replies at a time.
        most: tokens of a reply that a model writes; fewer where its context ends.
        dtype, trust_remote_code: as in `uiebench.train.recipe.Pretrained`.
    """

    words: Words = "characters"
    batch: int = 8
    most: int = 256
    dtype: Literal["auto", "float32", "bfloat16"] = "auto"
    trust_remote_code: bool = False


class Figure(msgspec.Struct, frozen=True):
    """A value and the 95 % bootstrap interval over dialogues; without one where there are fewer than ten."""

    value: float
    low: float | None
    high: float | None


Figures = dict[str, dict[str, Figure]]
"""By language ("all", "zh", "en") and by name, as `Row` has them."""


class Row(msgspec.Struct, frozen=True):
    """A model.

    Fields:
        template: whose chat template, as in run.json.
        figures: rouge1_precision, rouge1_recall, rouge1_f (0–1, means over replies); perplexity (of a token);
            bits_per_character, which compares models whose tokens differ; kl (nats a token, from the base), where the
            base has the same tokens.
        differences: each figure less that of the base; none without a base and for itself.
        accuracy: the share of multiple-choice questions answered rightly (0–1), and that less that of the base;
            None where there are none.
    """

    model: str
    template: str
    figures: Figures
    differences: Figures
    accuracy: Figure | None = None
    accuracy_difference: Figure | None = None


class Reply(msgspec.Struct, frozen=True):
    """An answer of a dialogue, and what the models wrote in its place, by model."""

    id: str
    language: Language
    reference: str
    said: dict[str, str]


class Picked(msgspec.Struct, frozen=True):
    """A multiple-choice question: the letter of the right option, and the likeliest of each model."""

    id: str
    answer: str
    said: dict[str, str]


class Report(msgspec.Struct, frozen=True):
    """What is written and shown.

    Fields:
        data: SHA-256 of the file of dialogues and of that, or the folder, of questions, by their names.
        selection: share, skip, seed and the like.
        dialogues, counts: how many dialogues; how many replies by language.
        left_out: dialogues and replies that were not asked for, by reason.
        notes: what of this is not to be compared.
    """

    uiebench: str
    versions: dict[str, str]
    data: dict[str, str]
    selection: FromDialogues
    settings: Settings
    base: str | None
    dialogues: int
    counts: dict[str, int]
    left_out: dict[str, int]
    notes: list[str]
    rows: list[Row]
    replies: list[Reply]
    questions: list[Picked]


# --- ROUGE ----------------------------------------------------------------------------------------


def words_of(text: str, words: Words = "characters") -> list[str]:
    """What ROUGE counts: runs of letters and digits in lower case, Chinese by character or by the words of jieba.

    On ASCII these are the tokens of the package rouge-score without stemming; it drops whatever is not ASCII.
    """
    found: list[str] = []
    for piece in _PIECE.findall(text.lower()):
        if not re.match(f"[{HAN}]", piece):
            found.append(piece)
        elif words == "jieba":
            found += _jieba()(piece)
        else:
            found += piece
    return found


def rouge1(said: Sequence[str], reference: Sequence[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the words in common, each as often as in both (Lin 2004); 0 where there are none."""
    common = (Counter(said) & Counter(reference)).total()
    if not common:
        return 0.0, 0.0, 0.0
    return common / len(said), common / len(reference), 2 * common / (len(said) + len(reference))


def _jieba() -> Callable[[str], list[str]]:
    try:
        import jieba
    except ImportError:
        raise UiebenchError("ROUGE by words needs jieba: pip install 'uiebench[build]'") from None
    jieba.setLogLevel(60)  # it tells on stderr that it has loaded
    return jieba.lcut  # type: ignore[no-any-return]


def language_of(text: str) -> Language:
    """zh where at least half of the words, counting each Chinese character as one, are Chinese; else en."""
    found = words_of(text)
    chinese = sum(bool(re.match(f"[{HAN}]", word)) for word in found)
    return "zh" if chinese and 2 * chinese >= len(found) else "en"


# --- what is asked --------------------------------------------------------------------------------


class Asked(NamedTuple):
    """An answer of a dialogue, behind the turns before it."""

    id: str
    dialogue: str
    language: Language
    before: tuple[Message, ...]
    reference: str


class Tokens(NamedTuple):
    """The tokens of what is asked, and of the answer with the token that ends it."""

    prompt: list[int]
    answer: list[int]


class Subject(NamedTuple):
    """A model before its weights are loaded: its tokenizer, what it reads at most, and all that is asked in tokens.

    `questions` are the prompts of multiple-choice questions.
    """

    path: str
    tokenizer: Any
    template: str
    longest: int
    tokens: list[Tokens]
    questions: list[list[int]]


def asked_of(found: Sequence[Dialogue]) -> list[Asked]:
    """Every answer of the dialogues, in their order; ids are that of the dialogue and the number of the answer."""
    asked = []
    for dialogue in found:
        places = [place for place, message in enumerate(dialogue.messages) if message.role == "assistant"]
        for number, place in enumerate(places, start=1):
            text = dialogue.messages[place].content
            before = dialogue.messages[:place]
            asked.append(Asked(f"{dialogue.id}#{number}", dialogue.id, language_of(text), before, text))
    return asked


def trained_on(path: str, source: FromDialogues) -> set[str]:
    """The ids of the dialogues of a source's file that a run trained on, and the runs it began with, by their recipes.

    None where `path` is no run folder and not in one. Raises: UiebenchError if a recipe cannot be read.
    """
    found, left = set[str](), [path]
    passed = set[Path]()
    while left:
        place = Path(left.pop())
        around = (place, *place.parents[:2]) if place.exists() else ()  # a checkpoint lies two levels deep
        folder = next((one for one in around if (one / "recipe.yaml").is_file() and (one / "run.json").is_file()), None)
        if folder is None or folder in passed:
            continue
        passed.add(folder)
        recipe = recipes.parse((folder / "recipe.yaml").read_bytes(), str(folder / "recipe.yaml"))
        for data in getattr(recipe, "data", ()):  # of any stage
            if isinstance(data, FromDialogues) and (data.file, data.split) == (source.file, source.split):
                found |= {dialogue.id for dialogue in dialogues(data, Counter())}
        model = getattr(recipe, "model", None)
        if isinstance(model, Pretrained):
            left.append(model.path)
    return found


def subject(path: str, asked: Sequence[Asked], settings: Settings, questions: Sequence[Choice] = ()) -> Subject:
    """A model's tokenizer, and with it what is asked."""
    spec = Pretrained(path, settings.dtype, settings.trust_remote_code)
    tokenizer, longest = load_tokenizer(spec), longest_of(spec)
    template, end = template_of(tokenizer), end_of(tokenizer)
    tokens = [Tokens(prompt_ids(tokenizer, one.before), [*answer_ids(tokenizer, one.reference), end]) for one in asked]
    prompts = [
        prompt_ids(tokenizer, [choices.asked(one, chinese=language_of(one.question) == "zh")]) for one in questions
    ]
    return Subject(path, tokenizer, template, longest, tokens, prompts)


def fitting(
    what: str, subjects: Sequence[Subject], lengths: Sequence[Sequence[int]], counts: Counter[str]
) -> list[int]:
    """The places of what fits into the context of every model, of the `lengths` of all that is asked of each.

    `counts` counts the rest, by the first model it does not fit. Raises: UiebenchError if nothing fits.
    """
    kept = []
    for place, tokens in enumerate(zip(*lengths, strict=True)):
        for one, length in zip(subjects, tokens, strict=True):
            if length > one.longest:
                counts[f"{what} longer than the context of {one.path} ({one.longest:,} tokens)"] += 1
                break
        else:
            kept.append(place)
    if not kept:
        raise UiebenchError(f"no {what} fit into the context of {' and of '.join(one.path for one in subjects)}")
    return kept


# --- measuring ------------------------------------------------------------------------------------


def evaluate(
    models: Sequence[str],
    source: FromDialogues,
    settings: Settings,
    base: str | None = None,
    progress: Progress = lambda done, total, text: None,
    questions_in: Path | None = None,
) -> Report:
    """Measure the models, and before them the base.

    Args:
        questions_in: file or folder of multiple-choice questions, asked beside the dialogues.

    Raises: UiebenchError in one line for data without dialogues, a model that cannot be loaded, too little memory.
    """
    quiet()
    if settings.words == "jieba":
        _jieba()
    counts, notes = Counter[str](), list[str]()
    progress(0, 0, "reading the dialogues")
    found = dialogues(source, counts)
    if not found:
        raise RecipeError(f"{source.file}: no held-out dialogues in it (share {source.share:g}, skip {source.skip:g})")
    asked = asked_of(found)
    questions = [] if questions_in is None else choices.read_choices(questions_in)
    everything = {dialogue.id for dialogue in found}
    paths = list(dict.fromkeys([*([] if base is None else [base]), *models]))
    for path in paths:
        try:
            seen = everything & trained_on(path, source)
        except UiebenchError as error:
            notes.append(f"{path}: what it was trained on is not known ({error})")
            continue
        if seen:
            notes.append(f"{path}: trained on {len(seen):,} of these {len(everything):,} dialogues, says its recipe")
    progress(0, 0, "tokenising")
    subjects = [subject(path, asked, settings, questions) for path in paths]
    kept = fitting("replies", subjects, [[sum(map(len, t)) for t in one.tokens] for one in subjects], counts)
    asked = [asked[place] for place in kept]
    subjects = [one._replace(tokens=[one.tokens[place] for place in kept]) for one in subjects]
    if questions:
        kept = fitting("questions", subjects, [[len(ids) + 1 for ids in one.questions] for one in subjects], counts)
        questions = [questions[place] for place in kept]
        subjects = [one._replace(questions=[one.questions[place] for place in kept]) for one in subjects]

    rows: list[Row] = []
    said: list[dict[str, str]] = [{} for _ in asked]
    picked: list[dict[str, str]] = [{} for _ in questions]
    first, of_first, right_first = None, None, None
    each = 2 * len(asked) + len(questions)
    for number, one in enumerate(subjects):
        tell = partial(_tell, progress, each * number, each * len(subjects), one.path)
        model, against = _load(one, settings), None
        if base is not None and number:
            against = first if _alike(one, subjects[0]) else None
            if against is None:
                notes.append(f"{one.path}: no KL, since its tokens or chat template are not those of {base}")
        likely = likelihoods(model, against, one, settings.batch, tell)
        texts = written(model, one, settings, tell)
        sums = _sums(asked, one, likely, texts, settings.words)
        differences: Figures = {} if of_first is None else figures(asked, sums, of_first)
        letters = letters_of(model, one, settings.batch, tell) if questions else []
        right = np.array([question.answer == letter for question, letter in zip(questions, letters, strict=True)])
        rows.append(
            Row(
                one.path,
                one.template,
                figures(asked, sums),
                differences,
                _mean(right) if questions else None,
                _mean(right.astype(float) - right_first) if questions and right_first is not None else None,
            )
        )
        if base is not None and not number:
            first, of_first, right_first = model, sums, right
        for reply, text in zip(said, texts, strict=True):
            reply[one.path] = text
        for question, letter in zip(picked, letters, strict=True):
            question[one.path] = letter
        del model  # before the next one is loaded
    return Report(
        uiebench=__version__,
        versions=run.versions(),
        data=fingerprints([source]) | ({} if questions_in is None else {str(questions_in): _hash(questions_in)}),
        selection=source,
        settings=settings,
        base=base,
        dialogues=len({one.dialogue for one in asked}),
        counts=dict(Counter(one.language for one in asked)),
        left_out=dict(counts),
        notes=notes,
        rows=rows,
        replies=[Reply(one.id, one.language, one.reference, texts) for one, texts in zip(asked, said, strict=True)],
        questions=[Picked(one.id, one.answer, letters) for one, letters in zip(questions, picked, strict=True)],
    )


def likelihoods(
    model: Any, base: Any | None, one: Subject, batch: int, tell: Callable[[int], object]
) -> list[tuple[float, float]]:
    """Of each answer, its surprise in nats, and the sum over its tokens of KL(model‖base); NaN without a base.

    Raises: TrainingError where the surprise is no number, or the memory too small.
    """
    import torch

    pad = one.tokenizer.pad_token_id or 0
    found = [(math.nan, math.nan)] * len(one.tokens)
    order = sorted(range(len(one.tokens)), key=lambda place: (-sum(map(len, one.tokens[place])), place))
    for start in range(0, len(order), batch):
        places = order[start : start + batch]
        rows = [[*one.tokens[place].prompt, *one.tokens[place].answer] for place in places]
        width = len(rows[0])
        ids = torch.tensor([row + [pad] * (width - len(row)) for row in rows], device=model.device)
        mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows], device=model.device)
        with _memory(len(rows), width), torch.inference_mode():
            said = model(input_ids=ids, attention_mask=mask, use_cache=False).logits
            other = None if base is None else base(input_ids=ids, attention_mask=mask, use_cache=False).logits
            for number, place in enumerate(places):
                prompt, answer = one.tokens[place]
                here = slice(len(prompt) - 1, len(prompt) - 1 + len(answer))
                logits = said[number, here].float()
                wanted = torch.tensor(answer, device=logits.device)[:, None]
                nats = -float(logits.log_softmax(-1).gather(1, wanted).sum())
                if not math.isfinite(nats):
                    raise TrainingError(f"{one.path}: the likelihood of a reply is no number (NaN or infinite)")
                found[place] = nats, math.nan if other is None else _divergence(logits, other[number, here].float())
        tell(start + len(places))
    return found


def _divergence(logits: Any, base: Any) -> float:
    """The sum over tokens of KL(model‖base) in nats, of logits of shape (tokens, vocabulary)."""
    width = min(logits.shape[-1], base.shape[-1])  # one may be padded, to a multiple of something
    p, q = (each[:, :width].log_softmax(-1) for each in (logits, base))
    terms = (p.exp() * (p - q)).where(p.exp() > 0, 0.0)
    return float(terms.sum(-1).clamp(min=0).sum())


def written(model: Any, one: Subject, settings: Settings, tell: Callable[[int], object]) -> list[str]:
    """What the model writes in place of each answer, greedily. Raises: TrainingError if the memory is too small."""
    pad = one.tokenizer.pad_token_id or 0
    told = model.generation_config.eos_token_id
    ends = {end_of(one.tokenizer), *(told if isinstance(told, list) else [] if told is None else [told])}
    lengths = [len(tokens.prompt) for tokens in one.tokens]
    order = sorted(range(len(lengths)), key=lambda place: (-lengths[place], place))
    # What has less room than others goes by itself, so that none is cut for the sake of its neighbours.
    short = [place for place in order if lengths[place] + settings.most > one.longest]
    roomy = order[len(short) :]
    batches = [[place] for place in short]
    batches += [roomy[start : start + settings.batch] for start in range(0, len(roomy), settings.batch)]
    found = [""] * len(lengths)
    for number, places in enumerate(batches):
        width = lengths[places[0]]
        prompts = [one.tokens[place].prompt for place in places]
        with _memory(len(prompts), width):
            new = decode.answers(model, prompts, min(settings.most, one.longest - width), pad, sorted(ends))
        for place, row in zip(places, new, strict=True):
            text = row[:-1] if row[-1] in ends else row
            found[place] = one.tokenizer.decode(text, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        tell(len(lengths) + sum(map(len, batches[: number + 1])))
    return found


def letters_of(model: Any, one: Subject, batch: int, tell: Callable[[int], object]) -> list[str]:
    """The letter that the model finds likeliest as the answer of each question."""
    import torch

    letters = choices.letter_ids(one.tokenizer, one.path)
    order = sorted(range(len(one.questions)), key=lambda place: (-len(one.questions[place]), place))
    found = [""] * len(order)
    for start in range(0, len(order), batch):
        places = order[start : start + batch]
        prompts = [one.questions[place] for place in places]
        with _memory(len(prompts), len(prompts[0])), torch.inference_mode():
            here = choices.likeliest(model, prompts, letters, one.tokenizer.pad_token_id or 0)
        for place, letter in zip(places, here, strict=True):
            found[place] = letter
        tell(2 * len(one.tokens) + start + len(places))
    return found


def _load(one: Subject, settings: Settings) -> Any:
    """The model, where there is a GPU on it, ready to be asked."""
    import torch

    model, _ = pretrained(Pretrained(one.path, settings.dtype, settings.trust_remote_code))
    size = model.get_input_embeddings().num_embeddings
    if max(max(max(tokens.prompt, default=0), *tokens.answer) for tokens in one.tokens) >= size:
        raise RecipeError(f"{one.path}: its tokenizer has more tokens than the model ({size:,})")
    return (model.to("cuda") if torch.cuda.is_available() else model).eval()


def _alike(one: Subject, base: Subject) -> bool:
    """Whether two models see the same tokens, so that their distributions can be compared one by one."""
    return one.tokens == base.tokens and one.tokenizer.get_vocab() == base.tokenizer.get_vocab()


def _hash(path: Path) -> str:
    return sha256_tree(path, choices.FILES) if path.is_dir() else sha256_file(path)


def _tell(progress: Progress, before: int, total: int, path: str, done: int) -> None:
    progress(before + done, total, path)


@contextmanager
def _memory(rows: int, width: int) -> Iterator[None]:
    import torch

    try:
        yield
    except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
        if not out_of_memory(error):
            raise
        raise TrainingError(
            f"out of memory on a batch of {rows} replies of up to {width:,} tokens: lower --batch-size"
        ) from None


# --- figures --------------------------------------------------------------------------------------

Sums = npt.NDArray[np.float64]
"""Of each reply, or summed over replies: one, ROUGE's three, nats, tokens, characters, KL: (…, 8)."""


def _sums(
    asked: Sequence[Asked], one: Subject, likely: Sequence[tuple[float, float]], texts: Sequence[str], words: Words
) -> Sums:
    """What is summed over replies, of each: every figure is a ratio of two sums."""
    found = [
        (
            1,
            *rouge1(words_of(text, words), words_of(reply.reference, words)),
            nats,
            len(tokens.answer),
            len(reply.reference),
            divergence,
        )
        for reply, tokens, (nats, divergence), text in zip(asked, one.tokens, likely, texts, strict=True)
    ]
    return np.array(found, dtype=np.float64)


def _ratios(sums: Sums) -> Mapping[str, npt.NDArray[np.float64]]:
    replies, precision, recall, f1, nats, tokens, characters, divergence = np.moveaxis(sums, -1, 0)
    return {
        "rouge1_precision": precision / replies,
        "rouge1_recall": recall / replies,
        "rouge1_f": f1 / replies,
        "perplexity": np.exp(nats / tokens),
        "bits_per_character": nats / math.log(2) / characters,
        "kl": divergence / tokens,
    }


def figures(asked: Sequence[Asked], sums: Sums, less: Sums | None = None) -> Figures:
    """The figures of a model, or their difference to those of another whose sums are `less`.

    The same resamples of the dialogues are taken for all models, so that differences are paired. Figures that were
    not measured are left out.
    """
    found: Figures = {}
    for language in ("all", "zh", "en"):
        here = [place for place, one in enumerate(asked) if language in ("all", one.language)]
        if not here:
            continue
        number = {dialogue: n for n, dialogue in enumerate(dict.fromkeys(asked[place].dialogue for place in here))}
        rows = [number[asked[place].dialogue] for place in here]
        value, drawn = _drawn(sums[here], rows, len(number))
        if less is not None:
            other, drawn_other = _drawn(less[here], rows, len(number))
            value = {name: value[name] - other[name] for name in value}
            drawn = {name: drawn[name] - drawn_other[name] for name in drawn}
        enough = len(number) >= FEWEST
        found[language] = {
            name: Figure(float(value[name]), *(bounds(drawn[name]) if enough else (None, None)))
            for name in value
            if not np.isnan(value[name])
        }
    return found


def _mean(values: npt.NDArray[Any]) -> Figure:
    """The mean of one value for each question, and its interval over questions."""
    if len(values) < FEWEST:
        return Figure(float(values.mean()), None, None)
    generator = np.random.Generator(np.random.PCG64(SEED))
    even = np.full(len(values), 1 / len(values))
    drawn = np.array([generator.multinomial(len(values), even) @ values for _ in range(RESAMPLES)]) / len(values)
    return Figure(float(values.mean()), *bounds(drawn))


def _drawn(sums: Sums, rows: Sequence[int], dialogues: int) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The figures of all replies, and of bootstrap resamples of their dialogues; `rows` says whose a reply is."""
    by_dialogue = np.zeros((dialogues, sums.shape[1]))
    np.add.at(by_dialogue, rows, sums)
    generator = np.random.Generator(np.random.PCG64(SEED))
    even = np.full(dialogues, 1 / dialogues)
    resamples = np.stack([generator.multinomial(dialogues, even) @ by_dialogue for _ in range(RESAMPLES)])
    return _ratios(by_dialogue.sum(0)), _ratios(resamples)
