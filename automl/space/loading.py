"""From a document, or the text of a file, to a space."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.errors import SpaceError
from automl.space.checks import check_flow, check_inputs_read, check_ties
from automl.space.constraints import read_constraints
from automl.space.document import Mark, YamlMap, YamlTree
from automl.space.heads import check_heads
from automl.space.openness import Notes
from automl.space.ports import read_inputs, read_outputs, size_names
from automl.space.reading import read_body
from automl.space.sections import read_blocks, read_seeds, read_signatures, read_train, read_vars
from automl.space.site import Site
from automl.space.trials import check_space
from automl.space.values import Searched
from automl.space.yaml_text import MAX_BYTES

if TYPE_CHECKING:
    from automl.space.space import Space

_KEYS = ("version", "name", "task", "inputs", "outputs", "vars", "blocks", "model", "train", "constraints", "seeds")


def fill(space: Space, tree: YamlTree, *, source: str, file: str) -> None:
    """Read every section of a document into a space, and try it out.

    Args:
        space: An empty one.
        tree: The document.
        source: Its text.
        file: Where that came from; its stem is the default of ``name``.

    Raises:
        SpaceError: Anything is wrong with it.
    """
    top = Site("", frozenset(), {})
    entries = top.mapping(tree, "a space", _KEYS, needs=("model",))
    _check_version(entries.get("version"), top)
    inputs = read_inputs(entries.get("inputs"), top)
    outputs = read_outputs(entries.get("outputs"), top, inputs)
    variables = read_vars(entries.get("vars"), size_names(inputs))
    site = Site("", frozenset((*size_names(inputs), *variables)), {})
    site = replace(site, blocks=read_signatures(entries.get("blocks"), site))
    searched = [name for name, value in variables.items() if isinstance(value, Searched)]
    around = replace(site, inputs=tuple(inputs), outputs=tuple(outputs))
    model = read_body(entries["model"], around, mark=tree.mark, reserved=searched)
    for each in model:
        if each.name == "train":
            raise top.error("no node of the model may be named 'train'; use another name", each.mark)
    blocks = read_blocks(entries.get("blocks"), site)
    check_heads(model, blocks, outputs, entries["model"].mark)
    check_inputs_read(model, {name: _mark(entries["inputs"], name) for name in inputs})
    check_flow(model, blocks)
    check_ties(model, blocks)
    seeds, marks = read_seeds(entries.get("seeds"), top)
    _set(
        space,
        name=_word(entries.get("name"), "'name'", top) or Path(file).stem,
        task=_word(entries.get("task"), "'task'", top),
        inputs=inputs,
        outputs=outputs,
        vars=variables,
        blocks=blocks,
        model=model,
        train=read_train(entries.get("train"), site),
        constraints=read_constraints(entries.get("constraints"), top),
        seeds=tuple(seeds),
        document=tree,
        source=source,
        file=file,
        notes=Notes(),
    )
    check_space(space, marks)


def _set(space: Space, **parts: Any) -> None:
    for key, value in parts.items():
        object.__setattr__(space, key, value)


def _mark(tree: YamlTree, key: str) -> Mark:
    assert isinstance(tree, YamlMap)
    return tree.marks[key]


def _check_version(tree: YamlTree | None, site: Site) -> None:
    if tree is not None and site.scalar(tree, "'version'") != 1:
        raise site.error(f"version {site.scalar(tree, 'version')!r} is not understood; this package reads 1", tree.mark)


def _word(tree: YamlTree | None, what: str, site: Site) -> str | None:
    return None if tree is None else site.word(tree, what)


def read_text(path: Path) -> str:
    """The text of a file.

    Raises:
        SpaceError: It is too large, or cannot be read.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SpaceError(f"the file has {path.stat().st_size:,} bytes; a space has at most {MAX_BYTES:,}")
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SpaceError(f"cannot read it: {error.strerror or error}", file=str(path)) from None
    except UnicodeDecodeError as error:
        raise SpaceError(f"it is no UTF-8 text (byte {error.start})", file=str(path)) from None
    except SpaceError as error:
        raise error.at(file=str(path)) from None
