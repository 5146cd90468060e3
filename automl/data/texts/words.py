"""From text to tokens and to their numbers: exactly what Keras' ``TextVectorization`` does in an exported model.

A text is UTF-8 bytes: the letters A to Z become small, ASCII punctuation vanishes, and ASCII white space parts the
words (or every character is a token). What is left of case, as in "Über", is undone by the vocabulary: each token has
several spellings, and they have one number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from automl.data.texts.contract import FIRST, PADDING, UNKNOWN, TextContract, Unit

MOST_TOKENS = 19_998  # with padding and unknown ones 20,000 numbers
MOST_LENGTH = 512  # attention costs the square of it
RAREST = 2  # texts with a token that gets a number; so "unknown" is something that networks learn
LONGEST = 0.99  # of the texts are kept whole

_LOWER = bytes(code + 32 if 65 <= code <= 90 else code for code in range(256))
_SMALL_LETTERS = {code: code + 32 for code in range(65, 91)}
_PUNCTUATION = b"!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'"
_LONG_WORD = 16.0  # bytes; longer ones are sentences in a script that does not part words


def tokens(text: str, unit: Unit = "words") -> list[bytes]:
    """The tokens of a text, as an exported model sees them.

    >>> tokens("Don't <br/> panic!")
    [b'dont', b'br', b'panic']
    """
    found = text.encode("utf-8", "replace").translate(_LOWER, _PUNCTUATION)
    return found.split() if unit == "words" else [each.encode() for each in found.decode()]


def unit_of(texts: Iterable[str]) -> Unit:
    """Characters for scripts that do not part their words, such as Chinese; words for all others.

    >>> unit_of(["a few words"]), unit_of(["今天天气很好我们去公园散步吧"])
    ('words', 'characters')
    """
    parts = size = 0
    for text in texts:
        found = tokens(text)
        parts += len(found)
        size += sum(len(each) for each in found)
    return "characters" if parts and size / parts > _LONG_WORD else "words"


class Counts:
    """In how many texts each token is, and how long texts are: what a vocabulary is made of.

    Args:
        unit: What a token is.
    """

    def __init__(self, unit: Unit) -> None:
        self.unit: Unit = unit
        self._texts: Counter[bytes] = Counter()
        self._lengths: list[int] = []

    def see(self, texts: Iterable[str]) -> None:
        """Take some more texts into account."""
        for text in texts:
            found = tokens(text, self.unit)
            self._lengths.append(len(found))
            different = set(found)
            self._texts.update(different if text.isascii() else {_folded(token) for token in different})

    def vocabulary(self) -> tuple[str, ...]:
        """Tokens in lower case that are in two texts or more, at most 19,998, the most frequent first.

        Where there is none such, all tokens.
        """
        counts = {token.decode(): count for token, count in self._texts.items()}
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        ranked = [item for item in ranked if "\0" not in item[0]]  # Keras' vocabularies cannot have it
        often = [token for token, count in ranked if count >= RAREST]
        return tuple((often or [token for token, _ in ranked])[:MOST_TOKENS])

    def length(self) -> int:
        """Tokens to keep: 99 % of the texts are no longer; from 2 to 512."""
        wanted = int(np.ceil(np.quantile(self._lengths, LONGEST))) if self._lengths else 0
        return int(np.clip(wanted, 2, MOST_LENGTH))

    def longer_than(self, length: int) -> int:
        """How many texts have more tokens."""
        return sum(each > length for each in self._lengths)


def spellings(vocabulary: Sequence[str]) -> dict[str, int]:
    """The number of every spelling of every token: as it is, with a capital, in capitals.

    Only letters beyond A to Z differ, as the others are small in every text. A spelling that two tokens could have
    belongs to the one that is spelt so, else to the more frequent one.

    >>> spellings(["the", "über"])
    {'the': 2, 'über': 3, 'Über': 3}
    """
    numbers = {token: FIRST + place for place, token in enumerate(vocabulary)}
    for place, token in enumerate(vocabulary):
        if not token.isascii():
            for spelt in (token.capitalize(), token.upper()):
                if small := spelt.translate(_SMALL_LETTERS):
                    numbers.setdefault(small, FIRST + place)
    return numbers


def numbers(texts: Iterable[str], contract: TextContract, known: Mapping[bytes, int]) -> NDArray[np.unsignedinteger]:
    """The working form (n, length) of texts.

    Args:
        texts: (n,).
        contract: Says how many tokens are kept, and of what kind.
        known: From ``lookup``.
    """
    texts = list(texts)
    out = np.full((len(texts), contract.length), PADDING, contract.dtype)
    for row, text in enumerate(texts):
        found = tokens(text, contract.unit)[: contract.length] or [b""]
        out[row, : len(found)] = [known.get(token, UNKNOWN) for token in found]
    return out


def _folded(token: bytes) -> bytes:
    return token if token.isascii() else token.decode().lower().encode()


def lookup(contract: TextContract) -> dict[bytes, int]:
    """The number of every spelling as it stands in a text."""
    return {spelt.encode(): number for spelt, number in spellings(contract.tokens).items()}
