"""Write scikit-learn's scanned digits as a folder of pictures, ready for `automl search`.

    python examples/make_digits.py data/digits

makes data/digits/train/<0..9>/*.png and data/digits/test/<0..9>/*.png: 1,797 grey pictures of 8 x 8 pixels, a fifth of
them for testing, always the same ones. Running it again changes nothing.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def make_digits(folder: Path) -> dict[str, int]:
    """Write the pictures and give how many there are in each part."""
    digits = load_digits()
    pixels = np.round(digits.images * (255 / 16)).astype(np.uint8)
    rows = np.arange(len(pixels))
    train, test = train_test_split(rows, test_size=0.2, stratify=digits.target, random_state=0)
    parts = {"train": train, "test": test}
    for part, chosen in parts.items():
        for row in chosen:
            write_picture(folder / part / str(digits.target[row]) / f"{row:04}.png", pixels[row])
    return {part: len(chosen) for part, chosen in parts.items()}


def write_picture(file: Path, pixels: np.ndarray) -> None:
    """Write a PNG file unless it is there already: a new time stamp would make a search read it anew."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    if file.is_file() and file.read_bytes() == buffer.getvalue():
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(buffer.getvalue())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python examples/make_digits.py FOLDER")
    counts = make_digits(Path(sys.argv[1]))
    print(f"{sys.argv[1]}: {counts['train']} digits to train on, {counts['test']} to test with")
