"""Measure how much more memory a search takes on many pictures than on few.

    python benchmarks/growth.py [--counts 5000,50000] [--side 32] [--kinds npz,files] [--workers 1]

Synthetic pictures in colour are written into a temporary folder, as a compressed .npz file or as PNG files in class
folders, and `automl search` runs on them as a person would start it: one trial of a small network for one epoch, and
the final training for one. Ten times a second all memory of its process and of all processes below it is read from
/proc (Linux only): `resident` is all of it, `own` leaves out pages of files that are mapped, which the system takes
back when it needs them. Pages that processes share count for each of them.

Prints a line of a Markdown table for every search, then what has to hold: the most memory on the largest number of
pictures is within 500 MB of that on the smallest.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
from PIL import Image

INTERVAL = 0.1
ALLOWED = 500.0  # MB
CLASSES = 10
SPACE = """
version: 1
name: probe
task: image-classify
model: [{conv: {filters: 8, stride: 4}}, relu, gap, head]
train: {batch_size: 256}
"""


def main() -> None:
    """Write, search, sample, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", default="5000,50000")
    parser.add_argument("--side", type=int, default=32)
    parser.add_argument("--kinds", default="npz,files")
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    counts = [int(count) for count in options.counts.split(",")]
    print("| pictures | as | seconds | resident, highest MB | own, highest MB |")
    print("|---|---|---|---|---|")
    for kind in options.kinds.split(","):
        highest = []
        for count in counts:
            with tempfile.TemporaryDirectory() as folder:
                (write_npz if kind == "npz" else write_files)(Path(folder), count, options.side)
                begin = time.monotonic()
                resident, own = searched(Path(folder), options.workers)
                seconds = time.monotonic() - begin
            highest.append(resident)
            size = f"{count:,} of {options.side} x {options.side}"
            print(f"| {size} | {kind} | {seconds:.0f} | {resident:.0f} | {own:.0f} |")
            sys.stdout.flush()
        more = highest[-1] - highest[0]
        holds = "as it must be" if more <= ALLOWED else "MORE THAN IT MAY BE"
        print(
            f"\n{kind}: {more:+.0f} MB from {counts[0]:,} to {counts[-1]:,} pictures, at most {ALLOWED:.0f}: {holds}\n"
        )


def pictures(count: int, side: int) -> np.ndarray:
    """Blocks of random colours (count, side, side, 3), smooth enough to be packed."""
    rng = np.random.default_rng(0)
    coarse = rng.integers(0, 256, (count, 4, 4, 3), dtype=np.uint8)
    return coarse.repeat(-(-side // 4), axis=1).repeat(-(-side // 4), axis=2)[:, :side, :side]


def write_npz(folder: Path, count: int, side: int) -> None:
    """A compressed archive."""
    np.savez_compressed(folder / "data.npz", x=pictures(count, side), y=np.arange(count) % CLASSES)


def write_files(folder: Path, count: int, side: int) -> None:
    """PNG files in class folders."""
    for label in range(CLASSES):
        (folder / "data" / str(label)).mkdir(parents=True)
    for row, picture in enumerate(pictures(count, side)):
        Image.fromarray(picture).save(folder / "data" / str(row % CLASSES) / f"{row:06}.png", compress_level=1)


def searched(folder: Path, workers: int) -> tuple[float, float]:
    """The most memory of a search on what stands in a folder, resident and own, in MB."""
    (folder / "probe.yaml").write_text(SPACE)
    data = folder / "data.npz" if (folder / "data.npz").exists() else folder / "data"
    command = [
        *(sys.executable, "-m", "automl", "search", str(data), "--task", "image-classify"),
        *("--space", str(folder / "probe.yaml"), "--trials", "1", "--max-epochs", "1", "--workers", str(workers)),
        *("--seed", "0", "--out", str(folder / "run"), "--cache-dir", str(folder / "cache"), "--quiet"),
    ]
    highest = (0.0, 0.0)
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as search:
        root = psutil.Process(search.pid)
        while search.poll() is None:
            resident, own = memory(root)
            highest = max(highest[0], resident), max(highest[1], own)
            time.sleep(INTERVAL)
    if search.returncode:
        raise SystemExit(f"the search ended with exit code {search.returncode}")
    return highest


def memory(root: psutil.Process) -> tuple[float, float]:
    """Of a process and all below it, in MB: all that is resident, and what of it is no file."""
    sums = [0.0, 0.0]
    try:
        tree = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0, 0.0
    for process in tree:
        try:
            lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
        except OSError:  # it has just ended
            continue
        found = dict(line.split(":", 1) for line in lines if ":" in line)
        for place, name in enumerate(("VmRSS", "RssAnon")):
            sums[place] += int(found.get(name, "0 kB").split()[0]) / 1024
    return sums[0], sums[1]


if __name__ == "__main__":
    main()
