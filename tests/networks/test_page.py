"""The page of networks shows the spaces that the tests compare. ``python tests/networks/test_page.py`` writes it."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "networks.md"

INTRODUCTION = """\
# Networks

Well-known networks as spaces of the [language](search-spaces.md), with here and there an answer left open. Every one is
tested: it is compared with the same network written by hand in Keras, layer by layer, weight by weight and in what it
answers, and trained a step (`tests/networks`). The files stand in `tests/networks/spaces`; `Space.load` and `--space`
read them as they are, and they are meant to be copied and opened further.

This page is written from those files by `python tests/networks/test_page.py`.
"""

PARTS = {
    "Rows of numbers": ["linear_regression", "mlp"],
    "Pictures": [
        "softmax_mlp",
        "lenet",
        "vgg",
        "residual_block",
        "resnet20",
        "resnet18",
        "resnet50",
        "inception_block",
        "inception",
        "densenet",
        "mobilenet_v2",
        "efficientnet",
        "nasnet",
        "unet",
        "vit_small",
    ],
    "Sequences": [
        "embedding_lstm",
        "stacked_lstm",
        "bidirectional_gru",
        "tcn",
        "cnn_rnn",
        "transformer_encoder",
        "seq2seq",
    ],
    "Several inputs and outputs": [
        "siamese",
        "two_encoders",
        "news",
        "two_heads",
        "visual_qa",
        "video_qa",
        "recommender",
    ],
}


def section(name: str) -> str:
    """A network: the comment at the top of its file is title and text, the rest is shown."""
    lines = (HERE / "spaces" / f"{name}.yaml").read_text(encoding="utf-8").splitlines()
    head = [line.removeprefix("#").strip() for line in lines if line.startswith("#")]
    space = "\n".join(lines[len(head) :])
    text = re.sub(r"https://\S+?(?=[,;:.)]*(\s|$))", r"<\g<0>>", " ".join(head[2:]))
    wrapped = textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)
    return f"### {head[0]}\n\n{wrapped}\n\n```yaml\n{space}\n```\n"


def page() -> str:
    """The whole page."""
    parts = [f"## {title}\n\n" + "\n".join(map(section, names)) for title, names in PARTS.items()]
    return "\n".join([INTRODUCTION, *parts])


def test_the_page_is_written_from_the_spaces() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python tests/networks/test_page.py"


def test_every_space_is_on_the_page_and_compared() -> None:
    spaces = sorted(path.stem for path in (HERE / "spaces").glob("*.yaml"))
    assert spaces == sorted(name for names in PARTS.values() for name in names)
    tests = "".join(path.read_text(encoding="utf-8") for path in HERE.glob("test_*.py"))
    assert [name for name in spaces if f"def {name}(" not in tests] == []


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
