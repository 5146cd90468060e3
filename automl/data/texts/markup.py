"""HTML in texts: whether a column is HTML, and what a person reads of it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

_MANY = 0.05  # of the texts must have a tag or an entity, or what looks like one is none
_NAMES = (
    "a abbr address article aside b blockquote body br button caption center cite code col dd del details div dl dt em "
    "figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label li link "
    "main mark meta nav ol option p pre q s samp script section select small span strike strong style sub summary sup "
    "svg table tbody td textarea tfoot th thead time title tr tt u ul var video"
)
_TAG = re.compile(rf"<(?:/?(?:{_NAMES.replace(' ', '|')})(?:\s[^<>]*|/)?|!doctype[^<>]*)>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[a-z][a-z0-9]{1,30}|#[0-9]{1,7}|#x[0-9a-f]{1,6});", re.IGNORECASE)
_UNSEEN = (  # what begins and ends what nobody reads
    (re.compile("<!--"), re.compile("-->")),
    (re.compile(r"<script\b", re.IGNORECASE), re.compile(r"</script\s*>", re.IGNORECASE)),
    (re.compile(r"<style\b", re.IGNORECASE), re.compile(r"</style\s*>", re.IGNORECASE)),
)


def is_html(texts: Sequence[str]) -> bool:
    """Whether texts are HTML: at least one in twenty of those that are not empty has a tag or an entity.

    >>> is_html(["<p>A fine film.</p>", "Tom &amp; Jerry"]), is_html(["if a < b and c > d", "R&D; fish & chips"])
    (True, False)
    """
    filled = [text for text in texts if text]
    marked = sum(bool(_TAG.search(text) or _ENTITY.search(text)) for text in filled)
    return marked > 0 and marked >= _MANY * len(filled)


def read_aloud(text: str) -> str:
    """A text without tags, comments, scripts and styles, and with what entities stand for; tags part words.

    Every step takes time in proportion to the text's length, whatever is in it.

    >>> read_aloud("It&#39;s <b>fine</b>.<br/>Very<!-- not --> fine &amp; good")
    "It's  fine . Very  fine & good"
    """
    if "<" in text:
        for begin, end in _UNSEEN:
            text = _without(text, begin, end)
        text = _TAG.sub(" ", text)
    return html.unescape(text) if "&" in text else text


def all_aloud(texts: Iterable[str]) -> list[str]:
    """``read_aloud`` of each."""
    return [read_aloud(text) for text in texts]


def _without(text: str, begin: re.Pattern[str], end: re.Pattern[str]) -> str:
    """The text without what stands between ``begin`` and ``end``; what never ends is left."""
    kept, place = [], 0
    while (first := begin.search(text, place)) and (last := end.search(text, first.end())):
        kept += [text[place : first.start()], " "]
        place = last.end()
    return "".join([*kept, text[place:]])
