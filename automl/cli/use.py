"""``automl predict`` and ``automl evaluate``."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from automl.cli.options import (
    BadFileOpt,
    DropOpt,
    EncodingOpt,
    ImportOpt,
    JsonOpt,
    ModelArg,
    OnBadFile,
    WeightOpt,
    import_named,
    open_model,
)

if TYPE_CHECKING:
    from automl.export import Evaluation
    from automl.export.several import SeveralEvaluations


def predict(
    model: ModelArg,
    data: Annotated[
        Path, typer.Argument(metavar="DATA", help="A folder of pictures, one picture, an .npz file, or a table.")
    ],
    proba: Annotated[bool, typer.Option("--proba", help="Also one column of probabilities a class.")] = False,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write the CSV there.")] = None,
    on_bad_file: BadFileOpt = OnBadFile.error,
    encoding: EncodingOpt = None,
    imports: ImportOpt = "",
) -> None:
    """Answer DATA: a CSV of path,label, or row,label, or row and numbers, on stdout or in a file."""
    from automl.errors import ConfigError
    from automl.export import write_predictions

    if out is not None and not out.absolute().parent.is_dir():
        raise ConfigError(f"cannot write {out}: there is no folder {out.absolute().parent}")
    import_named(imports)
    predictions = open_model(model).predict_data(data, on_bad_file=on_bad_file.value, encoding=encoding)
    if skipped := predictions.skipped:
        typer.echo(
            f"warning: {len(skipped):,} files are no pictures and are left out; the first: {skipped[0]}", err=True
        )
    if out is None:
        write_predictions(_csv_stdout(), predictions, proba=proba)
    else:
        write_predictions(out, predictions, proba=proba)
        typer.echo(f"{len(predictions):,} predictions in {out}", err=True)


def evaluate(
    model: ModelArg,
    data: Annotated[
        Path, typer.Argument(metavar="DATA", help="Labelled data: a class folder, an .npz file or a table.")
    ],
    on_bad_file: BadFileOpt = OnBadFile.error,
    encoding: EncodingOpt = None,
    drop_missing_labels: DropOpt = False,
    weight: WeightOpt = None,
    imports: ImportOpt = "",
    as_json: JsonOpt = False,
) -> None:
    """Score a model on labelled DATA."""
    from automl.cli.output import show_json

    import_named(imports)
    evaluation = open_model(model).evaluate(
        data, on_bad_file=on_bad_file.value, encoding=encoding, drop_missing_labels=drop_missing_labels, weights=weight
    )
    if as_json:
        show_json(evaluation.to_json())
    else:
        for line in _all_lines(evaluation):
            typer.echo(line)


def _csv_stdout() -> TextIO:
    """Stdout as CSV wants it: no translation of line ends, and file names that are not UTF-8 as the bytes they are."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(newline="", errors="surrogateescape")
    return sys.stdout


def _all_lines(evaluation: Evaluation | SeveralEvaluations) -> list[str]:
    """What is said of one output, or of each of several under its name."""
    from automl.export import Evaluation

    if isinstance(evaluation, Evaluation):
        return _lines(evaluation)
    parts = [[name, *_lines(each), ""] for name, each in evaluation.outputs.items()]
    return [line for part in parts for line in part][:-1]


def _lines(evaluation: Evaluation) -> list[str]:
    from automl.cli.output import table
    from automl.progress.words import score

    metrics = [[name.replace("_", " "), score(value)] for name, value in evaluation.metrics.items()]
    classes = [
        [str(one.label), f"{one.rows:,}", score(one.precision), score(one.recall), score(one.f1)]
        for one in evaluation.per_class
    ]
    columns = [[one.column, score(one.rmse), score(one.mae), score(one.r2)] for one in evaluation.per_column]
    if evaluation.baseline:
        naive = [score(value) for value in evaluation.baseline.values()]
        beside = [[*row, other] for row, other in zip(metrics, naive, strict=True)]
        top = table(["metric", f"{evaluation.rows:,} windows", evaluation.guess], beside, right=[1, 2])
        return [*top, "", *table(["column", "rmse", "mae", "r2"], columns, right=[1, 2, 3])]
    if columns:
        more = ["", *table(["column", "rmse", "mae", "r2"], columns, right=[1, 2, 3])] if len(columns) > 1 else []
        return [*table(["metric", f"{evaluation.rows:,} rows"], metrics, right=[1]), *more]
    return [
        *table(["metric", f"{evaluation.rows:,} rows"], metrics, right=[1]),
        "",
        *table(["class", "rows", "precision", "recall", "f1"], classes, right=[1, 2, 3, 4]),
    ]
