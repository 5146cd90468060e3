"""Bad and odd input, one line a case: what ``automl check``, and so every search, says of it before anything trains.

``REFUSED`` ends with an error that says what is wrong; ``HANDLED`` is read, and what was done is told. What is read of
such files to the last number is tested in tests/data, exit codes and folders that stay clean in tests/cli.
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from automl import tasks
from automl.cli.checking import findings
from automl.config import INPUT_KINDS, OUTPUT_KINDS, Arrays, Columns, SearchConfig, parse_port
from automl.errors import ConfigError, DataError

Make = Callable[[Path], Any]
Case = tuple[str, Make, dict[str, Any], str]

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (12, 6, 6), dtype=np.uint8)
CODES = np.arange(12) % 2
KINDS = ["good" if code else "bad" for code in CODES]
ABOUT = ("sea", "war", "love", "food", "cars", "snow", "sun", "wine", "work", "home", "dogs", "art")
TEXTS = [f"{'a fine' if code else 'a dull'} film about {about}" for code, about in zip(CODES, ABOUT, strict=True)]
WAVES = np.sin(np.arange(20) * RNG.uniform(0.2, 1.0, (12, 1))) + RNG.normal(0, 0.01, (12, 20))
DAYS = pd.date_range("2026-01-01", periods=120, freq="D")
SALES = pd.DataFrame({"day": DAYS, "sold": np.arange(120.0) + RNG.normal(0, 1, 120)})
SIZES = RNG.normal(50, 9, 40).round(2)
NOT_A_PICTURE = "is no usable picture: it is"
INPUTS = {"a": RNG.normal(size=(12, 2))}
OUTPUTS: dict[str, Any] = {"kind": KINDS, "size": np.arange(12.0)}


def arrays(x: Any, y: Any = None, weights: Any = None, groups: Any = None) -> Make:
    """Rows in memory."""
    return lambda _: Arrays(x, y, weights, groups)


def npz(**parts: Any) -> Make:
    def make(at: Path) -> Path:
        np.savez(at / "a.npz", **parts)
        return at / "a.npz"

    return make


def file(content: str | bytes, name: str = "table.csv") -> Make:
    def make(at: Path) -> Path:
        (at / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return at / name

    return make


def csv(table: pd.DataFrame) -> Make:
    return file(table.to_csv(index=False))


def table(**more: Any) -> pd.DataFrame:
    """Forty rows of a number, a category and a class."""
    columns = {"size": SIZES, "colour": ["red", "green", "blue", "red"] * 10, "kind": ["x", "y"] * 20}
    return pd.DataFrame(columns | more)


def among_pictures(content: bytes | Callable[[Path], Any], name: str = "odd.png") -> Make:
    """A class folder of twelve pictures with another file among them."""

    def make(at: Path) -> Path:
        for number, pixels in enumerate(PIXELS):
            (at / f"data/class{number % 2}").mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels).save(at / f"data/class{number % 2}/{number}.png")
        odd = at / "data/class0" / name
        odd.write_bytes(content) if isinstance(content, bytes) else content(odd)
        return at / "data"

    return make


def picture(mode: str, size: tuple[int, int] = (6, 6), name: str = "odd.png", **how: Any) -> Make:
    return among_pictures(lambda path: Image.new(mode, size).save(path, **how), name)


def cut_short(path: Path) -> None:
    Image.fromarray(PIXELS[0]).save(path)
    path.write_bytes(path.read_bytes()[:60])


def huge(path: Path) -> None:
    """A header that claims 400 megapixels, and nothing behind it."""
    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", b""), (b"IEND", b"")]
    parts = [struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))


def with_list_of_pictures(content: str) -> Make:
    def make(at: Path) -> Path:
        path: Path = among_pictures(b"")(at) / "list.csv"
        path.write_text(content)
        return path

    return make


def made(name: str, *, folder: bool = False) -> Make:
    """An empty folder, or nothing at all."""

    def make(at: Path) -> Path:
        if folder:
            (at / name).mkdir()
        return at / name

    return make


def one_class(at: Path) -> Path:
    return Path(among_pictures(b"")(at)) / "class1"


def sparse(_: Path) -> Arrays:
    from scipy.sparse import eye

    return Arrays(eye(12).tocsr(), KINDS)


def but(values: Any, place: int, value: Any) -> Any:
    """The values with another one at a place."""
    values = np.array(values, dtype=None if isinstance(value, float) else object)
    values[place] = value
    return values


def to(*target: str, **more: Any) -> dict[str, Any]:
    return {"columns": Columns(target=target, **more)}


def ahead(horizon: int = 6, **more: Any) -> dict[str, Any]:
    return {"columns": Columns(horizon=horizon, **more)}


def several(*inputs: str) -> dict[str, Any]:
    outputs = ("kind=classification", "size=regression")
    return {
        "columns": Columns(
            inputs=tuple(parse_port(each, INPUT_KINDS) for each in inputs or ("a=tabular",)),
            outputs=tuple(parse_port(each, OUTPUT_KINDS) for each in outputs),
        )
    }


def texts_as_csv(encoding: str, *, mark: str = "", letter: str = "é") -> bytes:
    rows = "".join(f"{text} {letter},{kind}\n" for text, kind in zip(TEXTS, KINDS, strict=True))
    return f"{mark}text,kind\n{rows}".encode(encoding)


SKIP = {"on_bad_file": "skip"}
TO_KIND, TO_SIZE = to("kind"), to("size")
REFUSED: dict[str, list[Case]] = {
    "image-classify": [
        ("no such folder", made("nowhere"), {}, "no such file or folder"),
        ("an empty folder", made("empty", folder=True), {}, "it needs one sub-folder a class"),
        ("a folder without sub-folders", one_class, {}, "it needs one sub-folder a class"),
        ("a file that is no picture", among_pictures(b"words"), {}, "its content is of no known picture format"),
        ("an empty file", among_pictures(b""), {}, NOT_A_PICTURE),
        ("a picture cut short", among_pictures(cut_short), {}, "image file is truncated"),
        ("a header of 400 megapixels", among_pictures(huge), {}, "the limit is 64 megapixels"),
        ("NaN pixels", arrays(but(PIXELS.astype("f4"), 0, np.nan), CODES), {}, "36 pixels are NaN or infinite"),
        ("infinite pixels", arrays(but(PIXELS.astype("f4"), 3, np.inf), CODES), {}, "the first in row 3"),
        ("pixels as text", arrays(PIXELS.astype(str), CODES), {}, "pixels are numbers or booleans"),
        ("flat pictures", arrays(PIXELS.reshape(12, 36), CODES), {}, "reshape flattened rows first"),
        ("answers of another length", arrays(PIXELS, CODES[1:]), {}, "x has 12 rows and y has 11"),
        ("one class", arrays(PIXELS, CODES * 0), {}, "all rows are of one class, 0"),
        ("no answers", arrays(PIXELS), {}, "labels are missing"),
        ("NaN as an answer", arrays(PIXELS, but(CODES * 1.0, 3, np.nan)), {}, "1 labels are NaN or infinite"),
        ("negative weights", arrays(PIXELS, CODES, -np.ones(12)), {}, "must be numbers of at least 0; row 0 has -1.0"),
        ("weights as text", arrays(PIXELS, CODES, ["much"] * 12), {}, "sample weights must be numbers"),
        ("weights of another length", arrays(PIXELS, CODES, [1, 1]), {}, "one number for each of the 12 rows"),
        ("a single group", arrays(PIXELS, CODES, None, CODES * 0), {}, "at least two are needed, one to train"),
        ("an .npz without x", npz(pictures=PIXELS), {}, "has no array 'x_train' or 'x'; it has pictures"),
        ("a torn .npz", file(b"PK\x03\x04torn", "a.npz"), {}, "is no .npz file that can be read"),
        (
            "a picture that is gone",
            with_list_of_pictures("file,kind\nclass0/0.png,x\ngone.png,y\n"),
            TO_KIND,
            "row 1 of",
        ),
    ],
    "text-classify": [
        ("one text", arrays(TEXTS[0], KINDS), {}, "one text is no list of texts"),
        (
            "lists of words",
            arrays([text.split() for text in TEXTS], KINDS),
            {},
            "row 0 of the texts is of the type list",
        ),
        ("equal texts", arrays(["same"] * 12, KINDS), {}, "all 12 texts are equal"),
        ("texts without a word", arrays(["...", "!?"] * 6, KINDS), {}, "has a word in it"),
        ("Latin-1", file(texts_as_csv("latin-1")), TO_KIND, "byte 0xe9 at offset 32; if it is Latin-1, say so"),
        ("an unknown encoding", file("text,kind\n"), to("kind", encoding="latin-99"), "unknown encoding 'latin-99'"),
        ("numbers alone", file("n,kind\n1,x\n2,y\n3,x\n"), TO_KIND, "no column of"),
        ("no such column", file("text,kind\na b,x\nc d,y\n"), to("kimd"), "did you mean 'kind'?"),
        ("no target", file("text,kind\na b,x\nc d,y\n"), {}, "which column is to be predicted? say --target NAME"),
        ("a weight for no class", arrays(TEXTS, KINDS), {"class_weight": {"ugly": 2}}, "class weight names 'ugly'"),
        ("a loss of numbers", arrays(TEXTS, KINDS), {"loss": "huber"}, "the loss 'huber' does not fit these answers"),
    ],
    "tabular-classify": [
        ("a missing answer", csv(table(kind=[None, *"xyx" * 13])), TO_KIND, "missing (NaN or empty) in 1 of 40 rows"),
        ("two columns of one name", file("a,a,kind\n1,2,x\n3,4,y\n"), TO_KIND, "two columns called 'a'; rename one"),
        ("numbers in the first line", file("1,2,3\n4,5,6\n"), to("3"), "it must name the columns"),
        ("a row that is too long", file("a,kind\n1,x\n2,y,7,8\n"), TO_KIND, "Expected 2 fields in line 3, saw 4"),
        ("an empty file", file(""), TO_KIND, "is empty"),
        ("a header alone", file("a,kind\n"), TO_KIND, "has 0 rows"),
        ("no file", made("gone.csv"), TO_KIND, "no such file"),
        ("a spreadsheet", file("PK", "table.xlsx"), TO_KIND, "its name should end with one of .csv, .tsv"),
        ("UTF-16", file("a,kind\n1,x\n".encode("utf-16")), TO_KIND, "say so with --encoding utf-16"),
        ("a torn line of JSON", file('{"a": 1, "kind": "x"}\n{"a": \n', "t.jsonl"), TO_KIND, "line 2 of"),
        ("nothing but the answer", csv(table()[["kind"]]), TO_KIND, "it has no other columns"),
        ("a sparse matrix", sparse, {}, "make it dense with X.toarray()"),
        ("complex numbers", arrays(np.ones((12, 2)) * 1j, KINDS), {}, "Complex data not supported"),
        ("three axes", arrays(np.ones((12, 2, 2)), KINDS), {}, "Expected 2D array, got 3D array instead"),
        ("infinite cells", arrays(but(np.arange(24.0).reshape(12, 2), 0, np.inf), KINDS), {}, "which is infinite"),
        ("a missing weight", csv(table(w=[np.nan, *[1] * 39])), to("kind", weight="w"), "row 0 has nan"),
        ("weights of zero", csv(table(w=0)), to("kind", weight="w"), "all sample weights are zero"),
        ("a missing group", csv(table(g=[None, *"a" * 39])), to("kind", group="g"), "the group is missing in 1 of 40"),
    ],
    "tabular-regress": [
        ("words as answers", csv(table()), to("colour"), "has 'red' in row 0, which is no number"),
        ("class weights of numbers", csv(table()), TO_SIZE | {"class_weight": "balanced"}, "weights are for classes"),
        ("infinite answers", csv(table(size=[np.inf, *range(39)])), TO_SIZE, "has 'inf' in row 0, which is infinite"),
        ("a score of classes", csv(table()), TO_SIZE | {"metrics": ("accuracy",)}, "unknown metric 'accuracy'"),
    ],
    "series-classify": [
        (
            "other channels",
            arrays([WAVES[0], WAVES[:2].T] * 6, CODES),
            {},
            "series 0 has 1 channels and series 1 has 2",
        ),
        ("one series", arrays(WAVES[0], CODES), {}, "one series alone is x[np.newaxis]"),
        ("words", arrays([["a", "b"], ["c", "d"]] * 6, CODES), {}, "the steps of a series are numbers"),
        ("an infinite step", arrays(but(WAVES, 0, np.inf), CODES), {}, "has inf at step 0, channel 0"),
        ("a target column", arrays(WAVES, CODES), TO_KIND, "--target is for tables"),
        ("a torn .ts file", file("@problemName x\n@data\n1,2,oops:a\n", "x.ts"), {}, "x.ts:3: 'oops'"),
        ("a .tsv file of words", file("a\tb\nc\td\n", "x.tsv"), {}, "'b' (number 1 of the line) is no number"),
    ],
    "series-forecast": [
        ("no horizon", csv(SALES), {}, "say --horizon N"),
        ("a horizon of 0", csv(SALES), ahead(0), "horizon is 0"),
        ("too few rows", csv(SALES[:8]), ahead(), "the longest series has 8 rows, and 13 are needed"),
        (
            "a clock that stands",
            csv(SALES.assign(day=DAYS[0])),
            ahead(),
            "119 time stamps in 'day' are there more than",
        ),
        (
            "a missing time",
            csv(SALES.assign(day=[None, *DAYS[1:]])),
            ahead(),
            "'day' is empty in 1 of 120 rows: rows 0",
        ),
        ("words to forecast", csv(SALES.assign(sold="many")), ahead(target=("sold",)), "'many' in row 0"),
        ("no such target", csv(SALES), ahead(target=("solt",)), "did you mean 'sold'?"),
        ("weights of steps", csv(SALES), ahead(weight="sold"), "leave out --weight"),
    ],
    "multi": [
        ("no inputs", csv(table()), {}, "which inputs and outputs? name them"),
        ("an input that is missing", arrays({}, OUTPUTS), several(), "there is no input 'a' in X"),
        ("an input too many", arrays(INPUTS | {"b": [1]}, OUTPUTS), several(), "X has 'b', which is no input"),
        (
            "inputs of other lengths",
            arrays(INPUTS | {"b": np.ones((3, 1))}, OUTPUTS),
            several("a=tabular", "b=tabular"),
            "the inputs have different numbers of rows: a 12, b 3",
        ),
        ("an output without answers", arrays(INPUTS, {"kind": KINDS}), several(), "no answers for the output 'size'"),
        (
            "a missing answer",
            arrays(INPUTS, OUTPUTS | {"size": but(np.arange(12.0), 2, np.nan)}),
            several(),
            "the answer of 'size' is missing (NaN or empty) in 1 of 12 rows: rows 2",
        ),
        ("an output of one class", arrays(INPUTS, OUTPUTS | {"kind": ["x"] * 12}), several(), "the output 'kind'"),
        ("no such column", csv(table()), several("a=tabular:sise"), "did you mean 'size'?"),
        ("a loss for nobody", arrays(INPUTS, OUTPUTS), several() | {"loss": "huber"}, "write kind=huber"),
        (
            "a loss for no output",
            arrays(INPUTS, OUTPUTS),
            several() | {"loss": "cost=huber"},
            "'cost', which is no output",
        ),
        (
            "class weights of numbers",
            arrays(INPUTS, OUTPUTS),
            several() | {"class_weight": {"size": "balanced"}},
            "the output 'size' is regression",
        ),
        (
            "pictures that are gone",
            csv(pd.DataFrame({"a": ["gone.png"] * 12, "kind": KINDS, "size": range(12)})),
            several("a=image"),
            "the input 'a': 12 files are no usable pictures",
        ),
    ],
}
HANDLED: dict[str, list[Case]] = {
    "image-classify": [
        ("a file that is no picture, skipped", among_pictures(b"words"), SKIP, "1 of 13 files are left out"),
        ("another size", picture("L", (9, 5)), {}, "2 sizes from 6 x 6 to 5 x 9 (height x width), resized to 6 x 6"),
        ("a JPEG that is called PNG", picture("RGB", format="JPEG"), {}, "grey (12), RGB (1)"),
        ("a palette with transparency", picture("P", name="odd.gif", transparency=0), {}, "grey (12), palette (1)"),
        ("CMYK", picture("CMYK", name="odd.jpg"), {}, "grey (12), CMYK (1)"),
        ("16 bits", picture("I;16"), {}, "grey (12), 16-bit (1)"),
        (
            "an animation",
            picture("L", name="odd.gif", save_all=True, append_images=[Image.new("L", (6, 6), 99)]),
            {},
            "animated (1)",
        ),
    ],
    "text-classify": [
        ("empty and missing texts", arrays(["", None, *TEXTS[2:]], KINDS), {}, "2 of 12 texts are empty"),
        ("a text of a megabyte", arrays(["word " * 200_000, *TEXTS[1:]], KINDS), {}, "more than 512 words"),
        ("emoji, right to left, NUL", arrays(["\U0001f600 \0", "\u202e\u05e9", *TEXTS[2:]], KINDS), {}, "are known"),
        ("half a character", arrays(["\ud800 film", *TEXTS[1:]], KINDS), {}, "words are known"),
        ("HTML", arrays([f"<p>{text}</p>" for text in TEXTS], KINDS), {}, "the texts are HTML: tags"),
        ("Latin-1 that is said", file(texts_as_csv("latin-1")), to("kind", encoding="latin-1"), "column 'text'"),
        ("a byte-order mark", file(texts_as_csv("utf-8", mark="\ufeff")), TO_KIND, "column 'text'"),
        (
            "a word that tells the class",
            arrays([f"{text} {kind}" for text, kind in zip(TEXTS * 6, KINDS * 6, strict=True)], KINDS * 6),
            {},
            "the word 'bad' alone tells the class 'bad'",
        ),
        ("texts on both sides", arrays(TEXTS * 4, KINDS * 4), {}, "10 of 10 validation texts are equal to training"),
        ("a class of one text", arrays(TEXTS, ["rare", *KINDS[1:]]), {}, "class 'rare' has no row to validate on"),
    ],
    "tabular-classify": [
        (
            "a missing answer, dropped",
            csv(table(kind=[None, *"xyx" * 13])),
            to("kind", drop_missing_labels=True),
            "1 of 40 rows are left out",
        ),
        ("question marks and blanks", csv(table(size=[*["?", " ", "NA"] * 4, *range(28)])), TO_KIND, "size: number"),
        ("a constant column", csv(table(same=1)), TO_KIND, "'same' is left out: it is constant"),
        ("an id", csv(table(id=[f"row{n}" for n in range(40)])), TO_KIND, "'id' is left out: it looks like an ident"),
        ("an empty column", csv(table(nothing=np.nan)), TO_KIND, "'nothing' is left out: it is empty"),
        (
            "a column that tells the class",
            csv(pd.concat([table(code=["p", "q"] * 20)] * 6)),
            TO_KIND,
            "'code' alone predicts the answer",
        ),
        ("rows on both sides", csv(pd.concat([table()] * 3)), TO_KIND, "24 of 24 validation rows are equal"),
    ],
    "series-classify": [
        ("missing steps", arrays(np.where(np.arange(20) == 3, np.nan, WAVES), CODES), {}, "missing: filled with 0"),
        ("a series without a step", arrays([np.zeros(0), *WAVES[1:]], CODES), {}, "1 of 12 series have no number"),
        ("other lengths", arrays([wave[: 10 + n] for n, wave in enumerate(WAVES)], CODES), {}, "10 to 20 steps"),
        ("one step", arrays(WAVES[:, :1], CODES), {}, "every series has one step"),
    ],
    "series-forecast": [
        ("gaps in time", csv(SALES.drop(index=range(40, 50))), ahead(), "10 of 120 steps are missing in 'day'"),
        ("rows out of order", csv(SALES[::-1]), ahead(), "they are sorted by 'day'"),
        ("a missing number", csv(SALES.replace(SALES["sold"][30], np.nan)), ahead(), "to lie on a straight line"),
    ],
}  # fmt: skip


def listed(cases: dict[str, list[Case]]) -> list[Any]:
    return [
        pytest.param(task, make, options, said, id=f"{task}: {name}")
        for task, every in cases.items()
        for name, make, options, said in every
    ]


def look(task: str, make: Make, options: dict[str, Any], at: Path) -> str:
    """Everything that is told of the data."""
    config = SearchConfig(task=task, data=make(at), seed=0, cache_dir=at / "cache", **options)
    summary, warnings = findings(tasks.get(task).with_space(config))
    columns: Any = summary.get("columns") or {}
    notes: Any = summary.get("notes") or []
    return "\n".join([*warnings, *notes, *(f"{name}: {found['kind']}" for name, found in columns.items())])


@pytest.mark.parametrize(("task", "make", "options", "said"), listed(REFUSED))
def test_it_is_refused_with_one_sentence(
    tmp_path: Path, task: str, make: Make, options: dict[str, Any], said: str
) -> None:
    with pytest.raises((DataError, ConfigError)) as refusal:
        look(task, make, options, tmp_path)
    assert said in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(("task", "make", "options", "said"), listed(HANDLED))
def test_it_is_read_and_told(tmp_path: Path, task: str, make: Make, options: dict[str, Any], said: str) -> None:
    assert said in look(task, make, options, tmp_path)


def test_there_are_eighty_cases_of_every_kind_of_data() -> None:
    counts = Counter({task: len(REFUSED[task]) + len(HANDLED.get(task, [])) for task in REFUSED})
    assert counts.total() >= 80
    assert {task.partition("-")[0] for task in counts} == {"image", "text", "tabular", "series", "multi"}
