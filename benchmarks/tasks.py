"""Search, export and score every task on real data, one command each, and print a table.

    python benchmarks/tasks.py DATA [--only NAME,...] [--scale 1.0] [--results FILE.jsonl]

DATA is a folder with the data sets (``fashion_mnist/``, ``ucr/``, ...), such as tests find by ``TEST_DATA_DIR``. What a
task needs in another form is made of them in a temporary folder: the case's ``make`` says how. A case that is in FILE
already is not run again; ``--scale`` multiplies the time budgets. Test parts are only looked at by ``automl evaluate``.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from automl.config import parse_duration, parse_list

Paths = tuple[Path, Path]
UCR = (
    "ArrowHead", "ECG200", "GunPoint", "ItalyPowerDemand", "MedicalImages", "MelbournePedestrian", "Strawberry",
    "SwedishLeaf", "SyntheticControl", "Trace",
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One line of the table.

    Attributes:
        name: What stands in the table.
        task: Of the command line.
        score: Metric of ``automl evaluate``.
        budget: Of the search.
        data: Folder or file in DATA to search in and to evaluate on.
        make: Makes both of DATA in a folder of its own, where they are not there as they are.
        options: Further ones of the search.
    """

    name: str
    task: str
    score: str
    budget: str = "2m"
    data: tuple[str, str] | None = None
    make: Callable[[Path, Path], Paths] | None = None
    options: str = ""

    def paths(self, data: Path, folder: Path) -> Paths:
        """What to search in and what to evaluate on."""
        if self.make is not None:
            return self.make(data, folder)
        assert self.data is not None
        return data / self.data[0], data / self.data[1]


def _same(path: str) -> tuple[str, str]:
    return path, path


def _split(name: str) -> tuple[str, str]:
    return f"{name}/train.csv", f"{name}/test.csv"


def turned_pictures(data: Path, folder: Path) -> Paths:
    """6,000 and 1,000 Fashion-MNIST pictures, turned by -45 to 45 degrees; the angle is asked for."""
    from PIL import Image

    known = np.load(data / "fashion_mnist" / "fashion_mnist.npz")
    rng = np.random.default_rng(0)

    def turned(pictures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        angles = rng.uniform(-45, 45, len(pictures)).astype("float32")
        turn = [
            Image.fromarray(one).rotate(float(by), Image.Resampling.BILINEAR)
            for one, by in zip(pictures, angles, strict=True)
        ]
        return np.stack([np.asarray(one) for one in turn]), angles

    paths = folder / "train.npz", folder / "test.npz"
    for path, part, count in zip(paths, ("x_train", "x_test"), (6000, 1000), strict=True):
        x, y = turned(known[part][:count])
        np.savez(path, x=x, y=y)
    return paths


def pairs_of_pictures(data: Path, folder: Path) -> Paths:
    """5,000 and 1,000 pairs of Fashion-MNIST pictures side by side; which kinds of clothes they show is asked for."""
    known = np.load(data / "fashion_mnist" / "fashion_mnist.npz")
    rng = np.random.default_rng(0)
    paths = folder / "train.npz", folder / "test.npz"
    for path, part, count in zip(paths, ("train", "test"), (5000, 1000), strict=True):
        left, right = rng.permutation(10_000)[: 2 * count].reshape(2, count)
        labels = np.zeros((count, 10), "int64")
        for side in (left, right):
            labels[np.arange(count), known[f"y_{part}"][side]] = 1
        np.savez(path, x=np.concatenate([known[f"x_{part}"][left], known[f"x_{part}"][right]], axis=2), y=labels)
    return paths


def pairs_of_news(data: Path, folder: Path) -> Paths:
    """Two pieces of news in one text, 3,000 and 800; of which topics it is is asked for."""
    paths = folder / "train.csv", folder / "test.csv"
    for path in paths:
        rows = _rows(data / "ag_news_small" / path.name)
        order = np.random.default_rng(0).permutation(len(rows)).reshape(2, -1)
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["text", "topics"])
            for first, second in order.T:
                texts = [rows[at]["text"] for at in (first, second)]
                writer.writerow([" ".join(texts), "|".join(sorted({str(rows[at]["label"]) for at in (first, second)}))])
    return paths


def marks_of_borrowers(data: Path, folder: Path) -> Paths:
    """credit_g, asked for three things at once: a good risk, a telephone, more than one credit."""
    paths = folder / "train.csv", folder / "test.csv"
    for path in paths:
        rows = _rows(data / "credit_g" / path.name)
        with path.open("w", newline="", encoding="utf-8") as file:
            left_out = ("credit_risk", "telephone", "number_credits")
            names = [name for name in rows[0] if name not in left_out]
            writer = csv.writer(file)
            writer.writerow([*names, "good", "phone", "several"])
            for row in rows:
                marks = (
                    row["credit_risk"] == "good",
                    row["own_telephone"] == "yes",
                    float(row["existing_credits"]) > 1,
                )
                writer.writerow([*(row[name] for name in names), *map(int, marks)])
    return paths


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


CASES = (
    Case("fashion_mnist, 6,000 PNG", "image-classify", "accuracy",
         data=("fashion_mnist/images/train", "fashion_mnist/images/test")),
    Case("cifar10, 10,000", "image-classify", "accuracy", "5m", _same("cifar10/cifar10_10k.npz")),
    Case("flower_photos, 300 JPEG", "image-classify", "accuracy", "3m", ("flower_photos/train", "flower_photos/test")),
    Case("angle of turned fashion_mnist", "image-regress", "rmse", make=turned_pictures),
    Case("pairs of fashion_mnist", "image-classify", "f1_micro", make=pairs_of_pictures, options="--multi-label"),
    Case("mr_polarity", "text-classify", "accuracy", data=_split("mr_polarity")),
    Case("ag_news_small", "text-classify", "accuracy", data=_split("ag_news_small"),
         options="--text text --target label"),
    Case("mr_polarity, opinion as a number", "text-regress", "r2", "1m", _split("mr_polarity"),
         options="--target label"),
    Case("pairs of ag_news_small", "text-classify", "f1_micro", make=pairs_of_news,
         options="--target topics --multi-label"),
    *(Case(f"ucr/{name}", "series-classify", "accuracy", "1m", _same(f"ucr/{name}")) for name in UCR),
    Case("japanese_vowels", "series-classify", "accuracy", "1m", _same("japanese_vowels/original")),
    Case("basic_motions", "series-classify", "accuracy", "1m", _same("basic_motions/original")),
    Case("covid3month", "series-regress", "rmse", "1m", _same("covid3month_reg/original")),
    Case("etth1, 96 hours", "series-forecast", "mse", "5m", _same("etth1"), options="--horizon 96"),
    Case("airline_passengers, 12 months", "series-forecast", "rmse", "2m", _same("airline_passengers"),
         options="--horizon 12"),
    Case("daily_min_temp, a day", "series-forecast", "rmse", "2m", _same("daily_min_temp"), options="--horizon 1"),
    Case("adult", "tabular-classify", "accuracy", data=_split("adult"), options="--target income"),
    Case("credit_g", "tabular-classify", "accuracy", "1m", _split("credit_g"), options="--target credit_risk"),
    Case("three marks of credit_g", "tabular-classify", "f1_micro", "1m", make=marks_of_borrowers,
         options="--target good,phone,several --multi-label"),
    Case("california_housing", "tabular-regress", "r2", data=_split("california_housing"),
         options="--target median_house_value"),
    Case("energy_efficiency, two targets", "tabular-regress", "r2", "1m", _split("energy_efficiency"),
         options="--target Y1,Y2"),
    Case("adult, income and hours", "multi", "income.accuracy", data=_split("adult"),
         options="--input facts=tabular --output income=classification --output hours_per_week=regression"),
)  # fmt: skip


def automl(*arguments: str) -> dict:
    """Run the command with --json and give what it prints."""
    command = [sys.executable, "-m", "automl", *arguments, "--json"]
    done = subprocess.run(command, check=False, text=True, capture_output=True)
    if done.returncode:
        raise SystemExit(f"{shlex.join(command)}\n{done.stderr}")
    return json.loads(done.stdout)


def run(case: Case, data: Path, scale: float, seed: str) -> dict:
    """Search and evaluate once."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        train, test = case.paths(data, folder)
        budget = f"{parse_duration(case.budget) * scale:g}"
        begin, load = time.monotonic(), os.getloadavg()[0]
        found = automl(
            "search", str(train), "--task", case.task, *shlex.split(case.options), "--time-budget", budget,
            "--seed", seed, "--out", str(folder / "run"), "--cache-dir", str(folder / "cache"),
        )  # fmt: skip
        seconds = time.monotonic() - begin
        scores = automl("evaluate", str(folder / "run"), str(test))
    return {
        "name": case.name, "task": case.task, "options": case.options, "budget": budget, "seconds": round(seconds, 1),
        "networks": found["trials"], "objective": found["objective"], "value": found["value"],
        "guessing": found["baseline"].get(found["objective"]), "score": case.score, "test": _score(scores, case.score),
        "test_guessing": scores.get("baseline", {}).get(case.score), "load": round(load, 1),
        "date": time.strftime("%Y-%m-%d"),
    }  # fmt: skip


def _score(scores: dict, name: str) -> float:
    output, _, metric = name.rpartition(".")
    return (scores["outputs"][output] if output else scores)["metrics"][metric]


def line(result: dict) -> str:
    """The result as a line of the table."""
    command = f"`--task {result['task']}{' ' * bool(result['options'])}{result['options']}`"
    guessing = "" if result["guessing"] is None else f"{result['guessing']:.3f}"
    naive = "" if result["test_guessing"] is None else f" ({result['test_guessing']:.3f})"
    cells = [
        result["name"], command, f"`{result['objective']}` {result['value']:.3f} ({guessing})",
        f"`{result['score']}` {result['test']:.3f}{naive}", str(result["networks"]), f"{result['seconds']:.0f}",
        f"{result['load']:.0f}",
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Print one line a case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", default="", help="parts of names")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--results", type=Path)
    options = parser.parse_args()
    wanted = parse_list(options.only)
    known = {}
    if options.results is not None and options.results.is_file():
        known = {one["name"]: one for one in map(json.loads, options.results.read_text().splitlines())}
    print("| data | command | validation (guessing) | test | networks | seconds | load |")
    print("|---|---|---|---|---|---|---|")
    for case in CASES:
        if wanted and not any(part in case.name for part in wanted):
            continue
        result = known.get(case.name) or run(case, options.data, options.scale, options.seed)
        if case.name not in known and options.results is not None:
            with options.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(result) + "\n")
        print(line(result), flush=True)


if __name__ == "__main__":
    main()
