from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from automl.files import folder_size, sha256_of, whole_file, whole_folder, write_whole

# The process dies at the moment when the new content is asked onto the disk.
CRASHING = """
import os, pathlib, sys
from automl import files
os.fsync = lambda *_: os._exit(9)
files.write_whole(pathlib.Path(sys.argv[1]), "new" * 1000)
"""


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_crash_while_writing_keeps_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    write_whole(path, "old")
    done = subprocess.run([sys.executable, "-c", CRASHING, path], check=False, timeout=60)
    assert (done.returncode, path.read_text()) == (9, "old")


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(b"old")

    def fail(aside: Path) -> None:
        assert aside.suffix == ".keras"
        aside.write_bytes(b"half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"), whole_file(path) as aside:
        fail(aside)
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["model.keras"]


def test_text_is_written_as_utf8(tmp_path: Path) -> None:
    write_whole(tmp_path / "a", "ä")
    assert (tmp_path / "a").read_bytes() == "ä".encode()


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "target"
    with whole_folder(target) as aside:
        (aside / "a").write_text("1")
        assert not target.exists()
    assert (target / "a").read_text() == "1"
    with pytest.raises(FileNotFoundError), whole_folder(target) as aside:
        (aside / "b").rename(aside / "c")
    assert names(target) == ["a"]
    assert names(target.parent) == ["target"]


def test_a_new_folder_replaces_an_old_one(tmp_path: Path) -> None:
    for content in ("old", "new"):
        with whole_folder(tmp_path / "target") as aside:
            (aside / "sub").mkdir()
            (aside / "sub" / content).write_text(content)
    assert names(tmp_path / "target" / "sub") == ["new"]
    assert names(tmp_path) == ["target"]
    assert folder_size(tmp_path) == 3


def test_equal_content_has_an_equal_sum(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_whole(tmp_path / name, "same")
    assert sha256_of(tmp_path / "a") == sha256_of(tmp_path / "b")
    assert sha256_of(tmp_path / "a").startswith("0967115f2813a3541eaef77de9d9d577")
