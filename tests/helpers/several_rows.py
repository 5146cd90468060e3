"""Made-up houses: two pictures, a text, numbers and a street go in, a kind, a price and tags come out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

KINDS = ("barn", "flat", "villa")


def houses(folder: Path, rows: int, *, seed: int = 0) -> pd.DataFrame:
    """Write pictures of 12 x 12 (and 14 x 12) pixels and give the table that names them; the kind is in all inputs."""
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    table = []
    for row in range(rows):
        kind = row % 3
        photos = {}
        for place, shape in (("front", (12, 12, 3)), ("back", (14, 12, 3))):
            pixels = rng.integers(0, 160, shape).astype(np.uint8)
            pixels[: 2 + 3 * kind] = 60 + 90 * kind
            photos[f"photo_{place}"] = f"{place}-{seed}-{row}.png"
            Image.fromarray(pixels).save(folder / photos[f"photo_{place}"])
        rooms = int(rng.integers(1, 7))
        table.append(
            {
                **photos,
                "title": f"a {('wooden', 'small', 'grand')[kind]} house number {row % 7}",
                "rooms": rooms,
                "street": str(rng.choice(["elm", "oak", "pine"])),
                "kind": KINDS[kind],
                "price": round(100 + 80 * kind + 10 * rooms + float(rng.normal()), 2),
                "tags": ("garden|old", "garden", "pool|new")[kind],
            }
        )
    return pd.DataFrame(table)
