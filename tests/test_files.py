from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from automl.files import folder_size, sha256_of, sweep, whole_file, whole_folder, write_whole

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


# The process dies at the rename whose number is given: 1 moves the old folder away, 2 puts the new one in its place.
DYING_AT_RENAME = """
import os, pathlib, sys
from automl import files
rename, left = pathlib.Path.rename, int(sys.argv[2])
def dying(self, target):
    global left
    left -= 1
    if not left:
        os._exit(9)
    return rename(self, target)
pathlib.Path.rename = dying
with files.whole_folder(pathlib.Path(sys.argv[1])) as aside:
    (aside / "content").write_text("new")
"""


def everything(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_what_a_killed_writer_of_a_file_left_is_swept_away(tmp_path: Path) -> None:
    (tmp_path / "checkpoints").mkdir()
    for name in ("run.json", "checkpoints/model.keras", "checkpoints/no-suffix"):
        (tmp_path / name).write_text("old")
        subprocess.run([sys.executable, "-c", CRASHING, tmp_path / name], check=False, timeout=60)
    assert len(everything(tmp_path)) == 7
    sweep(tmp_path)
    assert everything(tmp_path) == ["checkpoints", "checkpoints/model.keras", "checkpoints/no-suffix", "run.json"]


@pytest.mark.parametrize("at", [1, 2])
def test_after_a_sweep_a_folder_is_there_whole_wherever_its_writer_was_killed(tmp_path: Path, at: int) -> None:
    target = tmp_path / "model"
    target.mkdir()
    (target / "content").write_text("old")
    done = subprocess.run([sys.executable, "-c", DYING_AT_RENAME, target, str(at)], check=False, timeout=60)
    assert done.returncode == 9
    assert target.exists() is (at == 1)
    sweep(tmp_path)
    assert everything(tmp_path) == ["model", "model/content"]
    assert (target / "content").read_text() == "old"


def test_a_sweep_touches_nothing_else(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".a.0123456789ab").write_text("of someone else")
    folder = tmp_path / "run"
    folder.mkdir()
    kept = [
        ".hidden",
        ".git",
        "a.0123456789ab",
        ".a.0123456789AB",
        ".a.012345678",
        ".a.keras.0123456789ab.txt",
        ".x.old",
    ]
    for name in kept:
        (folder / name).write_text("a person's")
    (folder / "link").symlink_to(elsewhere)
    sweep(folder)
    sweep(tmp_path / "not there")
    assert set(names(folder)) == {*kept, "link"}
    assert names(elsewhere) == [".a.0123456789ab"]


def test_what_cannot_be_swept_away_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(f"not yours: {path.name}")

    for name in (".a.0123456789ab", ".b.0123456789ab"):
        (tmp_path / name).write_text("half")
    monkeypatch.setattr(Path, "unlink", refuse)
    sweep(tmp_path)
    assert names(tmp_path) == [".a.0123456789ab", ".b.0123456789ab"]
