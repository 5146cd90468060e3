"""Houses: four photos and four numbers each, and one price. The photos go through one and the same tower.

    python examples/houses.py data/houses [--time-budget 2m]

draws photos of 600 houses (always the same ones), searches on a table that names them, and scores the model on 200
others. How well kept a house is can be seen in its photos alone.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from automl import AutoModel

ROOMS = ("front", "kitchen", "bath", "bedroom")
NUMBERS = ("bedrooms", "bathrooms", "area", "year")
SIDE = 32
INPUTS = {**{room: f"image:photo_{room}" for room in ROOMS}, "facts": f"tabular:{','.join(NUMBERS)}"}
OUTPUTS = {"price": "regression"}


def draw(room: str, condition: float, rng: np.random.Generator) -> Image.Image:
    """A photo of 32 x 32 pixels; the better the condition (0 to 1), the brighter, tidier and richer it looks."""
    wall = np.array([120, 105, 90]) + condition * np.array([90, 100, 105])
    noise = rng.normal(0, 22 - 16 * condition, (SIDE, SIDE, 3))
    picture = Image.fromarray(np.clip(wall + noise, 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(picture)
    accent = (60 + int(150 * condition), 60, 50)
    match room:
        case "front":
            pen.rectangle((0, 0, SIDE, 8), fill=(120, 160, 200))
            pen.polygon([(3, 14), (29, 14), (16, 4)], fill=accent)
            for column in range(6, 26, 8):
                pen.rectangle((column, 18, column + 4, 22), fill=(220, 230, 240) if condition > 0.4 else (70, 70, 70))
        case "kitchen":
            pen.rectangle((0, 18, SIDE, 24), fill=accent)
            for column in range(0, SIDE, 6):
                pen.line((column, 0, column, 10), fill=(235, 235, 235) if condition > 0.5 else (110, 95, 80))
        case "bath":
            pen.ellipse((6, 14, 26, 28), fill=(240, 240, 245) if condition > 0.3 else (170, 160, 140))
            pen.line((16, 4, 16, 12), fill=accent, width=2)
        case "bedroom":
            pen.rectangle((4, 16, 28, 28), fill=accent)
            pen.rectangle((6, 17, 12, 20), fill=(250, 250, 250))
    for _ in range(int(6 * (1 - condition))):  # cracks
        x, y = (int(value) for value in rng.integers(0, SIDE, 2))
        pen.line((x, y, x + int(rng.integers(-5, 6)), y + 5), fill=(60, 50, 45))
    return picture


def make(folder: Path, rows: int, part: str, seed: int) -> Path:
    """Draw photos and write the table that names them, with the numbers and the price of each house."""
    rng = np.random.default_rng(seed)
    (folder / part).mkdir(parents=True, exist_ok=True)
    table = folder / f"{part}.csv"
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*(f"photo_{room}" for room in ROOMS), *NUMBERS, "price"])
        for row in range(rows):
            condition = float(rng.beta(2, 2))
            area = float(np.clip(rng.lognormal(4.9, 0.35), 40, 500))
            bedrooms = int(np.clip(round(area / 35 + rng.normal()), 1, 8))
            bathrooms = int(np.clip(round(bedrooms / 2 + rng.normal() / 2), 1, 5))
            year = int(rng.integers(1900, 2024))
            value = 1800 * area * (0.55 + 0.9 * condition) + 12_000 * bathrooms + 300 * (year - 1900)
            price = round(value * float(rng.lognormal(0, 0.05)), -2)
            photos = [f"{part}/{row:04}-{room}.png" for room in ROOMS]
            for place, (room, name) in enumerate(zip(ROOMS, photos, strict=True)):
                if not (folder / name).exists():
                    draw(room, condition, np.random.default_rng([seed, row, place])).save(folder / name)
            known_year = "" if rng.random() < 0.05 else year
            writer.writerow([*photos, bedrooms, bathrooms, f"{area:.0f}", known_year, f"{price:.0f}"])
    return table


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw, search, score."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=600)
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
        share=[ROOMS],
        objective="val_price_rmse",
        time_budget=None if options.time_budget == "none" else options.time_budget,
        max_trials=options.max_trials,
        max_epochs=options.max_epochs,
        workers=options.workers,
        directory=options.folder / "runs",
        random_state=1,
    ).fit(train)
    scores = model.evaluate(test).metrics
    print(f"model: {model.model_dir_}")
    print(f"price r2: {scores['price_r2']:.4f}")
    print(f"price rmse: {scores['price_rmse']:,.0f}")


if __name__ == "__main__":
    main()
