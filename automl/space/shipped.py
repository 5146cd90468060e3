"""The spaces that come with the package."""

from __future__ import annotations

from pathlib import Path

from automl.errors import SpaceError, did_you_mean


def shipped_spaces() -> list[str]:
    """Their names, sorted."""
    return sorted(path.stem for path in _folder().glob("*.yaml"))


def shipped_path(name: str) -> Path:
    """The file of one.

    >>> shipped_path("cnn").name
    'cnn.yaml'

    Raises:
        SpaceError: There is none of that name.
    """
    known = shipped_spaces()
    if name not in known:
        raise SpaceError(f"there is no space {name!r} and no such file; {did_you_mean(name, known)}")
    return _folder() / f"{name}.yaml"


def _folder() -> Path:
    installed = Path(__file__).parents[1] / "search_spaces"  # a wheel carries them inside the package
    return installed if installed.is_dir() else Path(__file__).parents[2] / "search_spaces"
