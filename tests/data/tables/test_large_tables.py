"""A table that is larger than the memory it may take."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

READ = """
import resource, sys
from pathlib import Path
from automl.config import Columns
from automl.data.tables.read import read_table

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

def read(name):
    columns = Columns(target=("y",))
    found = read_table(Path(name), answer="classes", output="y", columns=columns, cache_dir=Path("cache"))
    return found.rows

small = read("small.csv"), peak()
large = read("large.csv"), peak()
print(*small, *large)
"""


@pytest.mark.slow
@pytest.mark.full
def test_a_csv_of_200_mb_is_streamed(tmp_path: Path) -> None:
    line = "{0},{1},{2}.5,red,{3}," + ",".join(["0.123456789"] * 12) + ",{4}\n"
    header = "a,b,c,d,e," + ",".join(f"n{place}" for place in range(12)) + ",y\n"
    block = "".join(line.format(n * n, n % 7, n, "xyz"[n % 3], "no" if n % 2 else "yes") for n in range(50_000))
    for name, times in (("small", 2), ("large", 24)):
        with (tmp_path / f"{name}.csv").open("w") as file:
            file.write(header)
            for _ in range(times):
                file.write(block)
    assert (tmp_path / "large.csv").stat().st_size > 200e6
    done = subprocess.run([sys.executable, "-c", READ], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    small_rows, small_peak, large_rows, large_peak = map(int, done.stdout.split())
    assert (small_rows, large_rows) == (100_000, 1_200_000)
    kept = 1_100_000 * 4 * 18 / 2**20  # pages of the cache's file that the system may count, and gives back when asked
    assert large_peak - small_peak < 100 + kept
