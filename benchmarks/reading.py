"""Measure how long pictures take to read, and with how much memory.

    python benchmarks/reading.py FASHION_MNIST.npz [--side 96] [--small 6000] [--large 60000] [--kinds npz,files]
    python benchmarks/reading.py FASHION_MNIST.npz --kinds photos --small 30 --large 300

FASHION_MNIST.npz has `x_train` (60000, 28, 28) and `y_train`. Its first pictures are written into a temporary folder
as a compressed .npz file and as PNG files in class folders, with `--side` enlarged to squares in colour (`photos`: to
JPEG files of 4000 x 3000, twenty different ones over and over), and then read as a search reads them: into the cache,
split, with everything fitted that a search fits. Each reading has a process of its own, which looks at its memory
fifty times a second: `resident` is all of it, `own` leaves out pages of files that are mapped, which the system takes
back when it needs them (Linux only).

Prints a line of a Markdown table for every reading.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

INTERVAL = 0.02
DIFFERENT = 20


def main() -> None:
    """Write, read, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--side", type=int, default=0, help="enlarge to squares in colour")
    parser.add_argument("--small", type=int, default=6000)
    parser.add_argument("--large", type=int, default=60000)
    parser.add_argument("--kinds", default="npz,files")
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--cache", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.read is not None:
        print(json.dumps(read(options.read, options.cache)))
        return
    print("| pictures | as | seconds | resident before, MB | resident, highest MB | own, highest MB |")
    print("|---|---|---|---|---|---|")
    with np.load(options.source) as arrays:
        x, y = arrays["x_train"], arrays["y_train"]
    for kind in options.kinds.split(","):
        for count in (options.small, options.large):
            with tempfile.TemporaryDirectory() as folder:
                place = Path(folder) / ("data.npz" if kind == "npz" else "data")
                if kind == "photos":
                    write_photos(x[:DIFFERENT], y[:DIFFERENT], place, count)
                else:
                    (write_npz if kind == "npz" else write_files)(x[:count], y[:count], place, options.side)
                found = measured(place, Path(folder) / "cache")
            size = f"{options.side} x {options.side} RGB" if options.side else "28 x 28 grey"
            size = "4000 x 3000 JPEG" if kind == "photos" else size
            print(
                f"| {count:,}, {size} | {kind} | {found['seconds']:.1f} | {found['before']:.0f} | "
                f"{found['resident']:.0f} | {found['own']:.0f} |",
                flush=True,
            )


def measured(place: Path, cache: Path) -> dict[str, float]:
    """Read in a process of its own."""
    command = [sys.executable, __file__, "-", "--read", str(place), "--cache", str(cache)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def enlarged(picture: np.ndarray, side: int) -> np.ndarray:
    """As it is, or as a square in colour."""
    if not side:
        return picture
    image = Image.fromarray(picture).resize((side, side), Image.Resampling.BILINEAR)
    return np.asarray(Image.merge("RGB", (image, image.transpose(Image.Transpose.FLIP_TOP_BOTTOM), image)))


def write_npz(x: np.ndarray, y: np.ndarray, place: Path, side: int) -> None:
    """A compressed archive."""
    np.savez_compressed(place, x=np.stack([enlarged(picture, side) for picture in x]), y=y)


def write_files(x: np.ndarray, y: np.ndarray, place: Path, side: int) -> None:
    """PNG files in class folders."""
    for label in np.unique(y):
        (place / str(label)).mkdir(parents=True)

    def write(row: int) -> None:
        Image.fromarray(enlarged(x[row], side)).save(place / str(y[row]) / f"{row:05}.png", compress_level=1)

    with ThreadPoolExecutor() as pool:
        list(pool.map(write, range(len(x))))


def write_photos(x: np.ndarray, y: np.ndarray, place: Path, count: int) -> None:
    """JPEG files as large as a camera's in class folders, with the noise of one; each is there several times."""
    rng = np.random.default_rng(0)
    noise = rng.integers(-12, 13, (3000, 4000, 1), dtype=np.int16)
    for label in np.unique(y):
        (place / str(label)).mkdir(parents=True)
    for row in range(count):
        file = place / str(y[row % len(x)]) / f"{row:05}.jpg"
        if row >= len(x):
            shutil.copyfile(place / str(y[row % len(x)]) / f"{row % len(x):05}.jpg", file)
            continue
        smooth = Image.fromarray(enlarged(x[row], 64)).resize((4000, 3000), Image.Resampling.BICUBIC)
        Image.fromarray(np.clip(np.asarray(smooth) + noise, 0, 255).astype(np.uint8)).save(file, quality=90)


def memory() -> tuple[float, float]:
    """Resident memory of this process, and that of it which is no file, in MB."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return tuple(int(lines[name].split()[0]) / 1024 for name in ("VmRSS", "RssAnon"))  # type: ignore[return-value]


def read(place: Path, cache: Path) -> dict[str, float]:
    """Prepare what stands there, and tell how that went."""
    from automl import tasks
    from automl.config import SearchConfig
    from automl.events import Events

    over, highest = threading.Event(), [0.0, 0.0]

    def watch() -> None:
        while not over.wait(INTERVAL):
            highest[:] = [max(pair) for pair in zip(highest, memory(), strict=True)]

    config = SearchConfig("image-classify", place, max_trials=1, cache_dir=cache)
    before, watcher = memory()[0], threading.Thread(target=watch)
    watcher.start()
    begin = time.monotonic()
    tasks.get("image-classify").prepare(config, cache.with_name("prepared"), Events())
    seconds = time.monotonic() - begin
    over.set()
    watcher.join()
    return {"seconds": seconds, "before": before, "resident": highest[0], "own": highest[1]}


if __name__ == "__main__":
    main()
