"""The cache: reused, rebuilt, shared by processes, listed and cleared."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from automl.data import Dataset, clear_cache, list_cache, read_arrays, read_images
from automl.errors import DataError

CLASSES = {"a": 3, "b": 4}


@pytest.fixture
def read(make_folder: Callable[..., Path], cache: Path) -> Callable[[], Dataset]:
    folder = make_folder(CLASSES)
    return lambda: read_images(folder, cache_dir=cache)


def test_a_second_read_decodes_nothing(make_folder: Callable[..., Path], cache: Path) -> None:
    folder, seen = make_folder(CLASSES), []
    first = read_images(folder, cache_dir=cache, on_progress=lambda done, total: seen.append((done, total)))
    assert seen == [(done, 7) for done in range(1, 8)]
    second = read_images(folder, cache_dir=cache, on_progress=lambda done, total: seen.append((done, total)))
    assert len(seen) == 7
    assert second == first
    assert (first.reused, second.reused) == (False, True)


def test_a_changed_file_is_read_again(make_folder: Callable[..., Path], cache: Path) -> None:
    folder = make_folder(CLASSES)
    before = read_images(folder, cache_dir=cache)
    content = (folder / "b" / "000.png").read_bytes()
    (folder / "a" / "000.png").write_bytes(content)
    os.utime(folder / "a" / "000.png", ns=(1, 1))
    after = read_images(folder, cache_dir=cache)
    assert not after.reused
    assert after.digest != before.digest


def test_equal_pictures_elsewhere_have_the_same_digest(make_folder: Callable[..., Path], cache: Path) -> None:
    first, second = (read_images(make_folder(CLASSES, name=name), cache_dir=cache) for name in ("one", "two"))
    assert first.directory != second.directory
    assert first.digest == second.digest


def test_other_arrays_have_another_entry(cache: Path) -> None:
    x = np.zeros((4, 3, 3), np.uint8)
    first = read_arrays(x, [0, 1, 0, 1], cache_dir=cache)
    assert read_arrays(x, [0, 1, 0, 1], cache_dir=cache).reused
    assert not read_arrays(x, [0, 1, 1, 1], cache_dir=cache).reused
    assert not read_arrays(x, ["0", "1", "0", "1"], cache_dir=cache).reused
    assert not read_arrays(x + 1, [0, 1, 0, 1], cache_dir=cache).reused
    assert len({entry.directory for entry in list_cache(cache)}) == 4
    assert first.classes == (0, 1)


def remove_pixels(folder: Path) -> None:
    (folder / "x.image.npy").unlink()


def cut_pixels(folder: Path) -> None:
    content = (folder / "x.image.npy").read_bytes()
    (folder / "x.image.npy").write_bytes(content[:-10])


def garble_description(folder: Path) -> None:
    (folder / "dataset.json").write_text("{")


def change_format(folder: Path) -> None:
    document = json.loads((folder / "dataset.json").read_text())
    (folder / "dataset.json").write_text(json.dumps(document | {"cache_format": 99}))


def drop_a_row(folder: Path) -> None:
    np.save(folder / "y.label.npy", np.zeros(3, np.int64))


def empty(folder: Path) -> None:
    for file in folder.iterdir():
        file.unlink()


@pytest.mark.parametrize("damage", [remove_pixels, cut_pixels, garble_description, change_format, drop_a_row, empty])
def test_a_damaged_entry_is_made_anew(read: Callable[[], Dataset], damage: Callable[[Path], None]) -> None:
    first = read()
    damage(first.directory)
    with pytest.raises(DataError, match="prepared data at"):
        Dataset.load(first.directory)
    second = read()
    assert not second.reused
    assert second == first
    assert read().reused


SCRIPT = """
import sys, time
from pathlib import Path
from automl.data import read_images
started = []
def slow(done, total):
    started.append(done)
    time.sleep(0.05)
dataset = read_images(Path(sys.argv[1]), cache_dir=Path(sys.argv[2]), on_progress=slow)
print(len(started), dataset.reused, dataset.digest)
"""


def test_of_two_processes_at_once_one_decodes_and_the_other_waits(
    make_folder: Callable[..., Path], cache: Path
) -> None:
    command = [sys.executable, "-c", SCRIPT, str(make_folder({"a": 10, "b": 10})), str(cache)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = sorted(process.communicate(timeout=60)[0].split() for process in running)
    assert [process.returncode for process in running] == [0, 0]
    assert [output[:2] for output in outputs] == [["0", "True"], ["20", "False"]]
    assert outputs[0][2] == outputs[1][2]


def test_what_a_killed_process_left_is_cleared_away(read: Callable[[], Dataset], cache: Path) -> None:
    directory = read().directory
    left = cache / "prepared" / f".{directory.name}.abc"
    left.mkdir()
    (left / "x.image.npy").write_bytes(b"half")
    (directory / "x.image.npy").unlink()
    read()
    assert not left.exists()


def test_a_failed_write_leaves_nothing(make_folder: Callable[..., Path], cache: Path) -> None:
    folder = make_folder(CLASSES)
    (folder / "a" / "zzz.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"zzz\.png"):
        read_images(folder, cache_dir=cache)
    assert [path.suffix for path in (cache / "prepared").iterdir()] == [".lock"]


def test_an_interrupted_write_leaves_nothing(make_folder: Callable[..., Path], cache: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_images(make_folder(CLASSES), cache_dir=cache, on_progress=interrupt)
    assert [path.suffix for path in (cache / "prepared").iterdir()] == [".lock"]


def test_the_cache_is_listed_last_used_first_and_cleared(
    read: Callable[[], Dataset], cache: Path, tmp_path: Path
) -> None:
    assert list_cache(cache) == ()
    assert clear_cache(cache) == 0
    pictures = read()
    arrays = read_arrays(np.zeros((2, 3, 3)), [0, 1], cache_dir=cache)
    os.utime(pictures.directory, (time.time() - 100,) * 2)
    listed = list_cache(cache)
    assert [entry.directory for entry in listed] == [arrays.directory, pictures.directory]
    assert [(entry.rows, entry.source) for entry in listed] == [(2, "arrays"), (7, str(tmp_path / "pictures"))]
    read()
    assert list_cache(cache)[0].directory == pictures.directory
    assert clear_cache(cache) == sum(entry.size for entry in listed)
    assert list_cache(cache) == ()


def test_a_damaged_entry_is_listed_and_cleared(read: Callable[[], Dataset], cache: Path) -> None:
    garble_description(read().directory)
    assert [entry.rows for entry in list_cache(cache)] == [0]
    assert clear_cache(cache) > 0


def test_a_cache_folder_that_cannot_be_written_is_named(make_folder: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=r"cannot write prepared data to .*file.*choose another cache folder"):
        read_images(make_folder(CLASSES), cache_dir=tmp_path / "file")


def test_a_full_disk_is_found_out_before_writing(
    make_folder: Callable[..., Path], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 10}))
    with pytest.raises(DataError, match=r"needs 0 MB and .* make room or choose another cache folder"):
        read_images(make_folder(CLASSES), cache_dir=cache)
    with pytest.raises(DataError, match="make room"):
        read_arrays(np.zeros((9, 9, 9)), np.arange(9), cache_dir=cache)
