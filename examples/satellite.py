"""Satellite pictures, each of one weather and of any number of kinds of ground: two outputs, two losses.

    python examples/satellite.py data/satellite [--time-budget 2m]

draws 900 pictures (always the same ones), searches on a table that names them, and scores the model on 300 others.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from automl import AutoModel

WEATHER = ("clear", "cloudy", "haze", "partly cloudy")
GROUND = (
    "airport", "bare", "desert", "field", "forest", "harbour", "lake", "mine", "mountain", "orchard", "river", "road",
    "town",
)  # fmt: skip
SIDE = 32
INPUTS = {"picture": "image:file"}
OUTPUTS = {"weather": "classification", "ground": "multilabel"}
LOSS_WEIGHTS = {"ground": 5.0}  # its loss is a mean over thirteen labels, most of which are not there


def draw(ground: Sequence[str], weather: str, rng: np.random.Generator) -> Image.Image:
    """One picture of 32 x 32 pixels with these kinds of ground, seen through this weather."""
    meadow = np.array([96, 120, 70]) + rng.normal(0, 6, (SIDE, SIDE, 3)) + rng.normal(0, 8, 3)
    picture = Image.fromarray(np.clip(meadow, 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    for kind in sorted(ground, key=GROUND.index):
        draw_ground(pen, kind, rng)
    return veil(picture, weather, rng)


def draw_ground(pen: ImageDraw.ImageDraw, kind: str, rng: np.random.Generator) -> None:  # noqa: PLR0912  a case a kind
    """One kind of ground, somewhere."""
    x, y = (int(value) for value in rng.integers(1, SIDE - 15, 2))
    size = int(rng.integers(11, 15))
    box = (x, y, x + size, y + size)
    match kind:
        case "forest":
            for _ in range(60):
                a, b = x + int(rng.integers(size)), y + int(rng.integers(size))
                pen.ellipse((a, b, a + 2, b + 2), fill=(20, 60 + int(rng.integers(30)), 25))
        case "field":
            for row in range(0, size, 3):
                pen.line((x, y + row, x + size, y + row), fill=(190, 180, 70), width=2)
        case "orchard":
            for row in range(0, size, 4):
                for column in range(0, size, 4):
                    pen.ellipse((x + column, y + row, x + column + 1, y + row + 1), fill=(40, 95, 30))
        case "town":
            for row in range(0, size, 5):
                for column in range(0, size, 5):
                    pen.rectangle((x + column, y + row, x + column + 3, y + row + 3), fill=(205, 195, 190))
        case "lake":
            pen.ellipse(box, fill=(35, 70, 120))
        case "river":
            bends = [(step, int(y + 5 * np.sin(step / 7 + x))) for step in range(0, SIDE + 1, 4)]
            pen.line(bends, fill=(45, 85, 130), width=4)
        case "harbour":
            pen.rectangle((0, SIDE - 8, SIDE, SIDE), fill=(30, 65, 115))
            for pier in range(4, SIDE, 9):
                pen.line((pier, SIDE - 8, pier, SIDE - 3), fill=(230, 230, 230), width=2)
        case "road":
            pen.line((0, y, SIDE, y + int(rng.integers(-12, 13))), fill=(150, 150, 150), width=2)
        case "airport":
            pen.line((x, y, x + size, y + size), fill=(185, 185, 190), width=5)
            pen.line((x, y, x + size, y + size), fill=(250, 250, 250), width=1)
        case "desert":
            pen.rectangle(box, fill=(215, 190, 140))
        case "bare":
            pen.rectangle(box, fill=(120, 85, 60))
        case "mine":
            for ring in range(0, size // 2, 2):
                pen.ellipse((x + ring, y + ring, x + size - ring, y + size - ring), outline=(90 - 5 * ring, 70, 65))
        case "mountain":
            pen.polygon([(x, y + size), (x + size, y + size), (x + size // 2, y)], fill=(105, 100, 100))
            pen.polygon([(x + size // 3, y + 6), (x + 2 * size // 3, y + 6), (x + size // 2, y)], fill=(240, 240, 245))


def veil(picture: Image.Image, weather: str, rng: np.random.Generator) -> Image.Image:
    """The picture through the air."""
    white = Image.new("RGB", picture.size, (238, 240, 244))
    if weather == "clear":
        return picture
    if weather == "haze":
        return Image.blend(picture, Image.new("RGB", picture.size, (190, 190, 185)), rng.uniform(0.35, 0.5))
    if weather == "cloudy":
        return Image.blend(picture, white, rng.uniform(0.6, 0.75))
    mask = Image.new("L", picture.size, 0)
    pen = ImageDraw.Draw(mask)
    for _ in range(3):
        x, y, size = (int(value) for value in rng.integers((0, 0, 8), (SIDE - 8, SIDE - 8, 16)))
        pen.ellipse((x, y, x + size, y + size // 2), fill=230)
    return Image.composite(white, picture, mask.filter(ImageFilter.GaussianBlur(1)))


def make(folder: Path, rows: int, part: str, seed: int) -> Path:
    """Draw pictures and write the table that names them and says what is on them."""
    rng = np.random.default_rng(seed)
    (folder / part).mkdir(parents=True, exist_ok=True)
    table = folder / f"{part}.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["file", "weather", "ground"])
        for row in range(rows):
            weather = str(rng.choice(WEATHER))
            ground = sorted(str(kind) for kind in rng.choice(GROUND, rng.integers(1, 4), replace=False))
            name = f"{part}/{row:04}.png"
            if not (folder / name).exists():
                draw(ground, weather, np.random.default_rng([seed, row])).save(folder / name)
            writer.writerow([name, weather, "|".join(ground)])
    return table


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw, search, score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=900)
    parser.add_argument("--time-budget", default="2m")
    parser.add_argument("--max-trials", type=int)
    parser.add_argument("--max-epochs", type=int)
    parser.add_argument("--workers", type=int)
    options = parser.parse_args(arguments)
    train = make(options.folder, options.rows, "train", seed=1)
    test = make(options.folder, max(40, options.rows // 3), "test", seed=2)
    model = AutoModel(
        inputs=INPUTS,
        outputs=OUTPUTS,
        loss_weights=LOSS_WEIGHTS,
        time_budget=None if options.time_budget == "none" else options.time_budget,
        max_trials=options.max_trials,
        max_epochs=options.max_epochs,
        workers=options.workers,
        directory=options.folder / "runs",
        random_state=1,
    ).fit(train)
    scores = model.evaluate(test).metrics
    print(f"model: {model.model_dir_}")
    print(f"weather accuracy: {scores['weather_accuracy']:.4f}")
    print(f"ground f1: {scores['ground_f1_micro']:.4f}")
    print(f"ground ranking precision: {scores['ground_ranking_precision']:.4f}")


if __name__ == "__main__":
    main()
