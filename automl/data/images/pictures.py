"""From a picture file to pixels: the one way, used when a data set is read and when a model predicts."""

from __future__ import annotations

import contextlib
import functools
import io
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from automl.data.dataset import Array
from automl.data.images.contract import ImageContract
from automl.errors import DataError

# What Pillow decodes by itself. Left out on purpose: EPS (runs Ghostscript) and formats that accept nearly any file.
FORMATS = ("PNG", "JPEG", "MPO", "GIF", "BMP", "DIB", "TIFF", "WEBP", "PPM", "ICO", "JPEG2000", "AVIF")
ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".ppm", ".pgm", ".ico", ".jp2", ".avif")
"""Of file names by which a column of paths is known; what a file holds is decided by its content."""
MOST_PIXELS = 64_000_000

_SIXTEEN_BIT = 65535
_KINDS = {"1": "black and white", "L": "grey", "LA": "grey with alpha", "P": "palette", "PA": "palette with alpha"}
_SIDEWAYS = (5, 6, 7, 8)  # EXIF orientations that exchange height and width


class PictureError(DataError):
    """One file is no usable picture.

    Attributes:
        name: The file.
        reason: Why, in a few words.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name} is no usable picture: {reason}")
        self.name = name
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says about its picture before it is decoded.

    Attributes:
        height: Rows, after the EXIF rotation.
        width: Columns, after the EXIF rotation.
        grey: Whether it can hold no colour.
        kind: How it holds pixels, in a word or two: ``RGB``, ``grey``, ``palette``, ``CMYK``, ``16-bit``, ..., with
            ``animated`` where there are several frames.
    """

    height: int
    width: int
    grey: bool
    kind: str = field(default="", compare=False)


def read_header(path: Path) -> Header:
    """Size and colour of a picture, without decoding it.

    Raises:
        PictureError: The file is no picture, or claims more than 64 megapixels.
    """
    with _opened(path) as image:
        width, height = image.size
        if _lies_sideways(image):
            width, height = height, width
        return Header(height, width, _is_grey(image), _kind(image))


def decode_picture(source: Path | bytes, contract: ImageContract) -> Array:
    """Decode a picture into the contract's shape, mode and dtype.

    The EXIF rotation is applied, transparent pixels are laid on white, 16-bit values are scaled to 0..255, of an
    animation the first frame is taken, and other sizes are resized.

    Args:
        source: A file, or its content.
        contract: What comes out.

    Returns:
        (height, width, channels), uint8 or float32.

    Raises:
        PictureError: It is no picture, is damaged, or claims more than 64 megapixels.
        DataError: The contract comes from arrays that no picture file can stand for.
    """
    _check_for_files(contract)
    with _opened(source) as image:
        fitted = resize(_in_mode(image, "L" if contract.mode == "grey" else "RGB"), contract)
    return np.asarray(fitted, dtype=contract.dtype).reshape(contract.shape)


def resize(image: Image.Image, contract: ImageContract) -> Image.Image:
    """Bilinear, antialiased when it shrinks (Pillow widens the triangle filter by the scale); sides are not cropped."""
    height, width, _ = contract.shape
    return image if image.size == (width, height) else image.resize((width, height), Image.Resampling.BILINEAR)


@contextlib.contextmanager
def bombs_are_errors() -> Iterator[None]:
    """Let Pillow raise rather than warn about huge pictures, which ``decode_picture`` reports in its own words.

    Stands around a whole pass over many files, because changing filters is not safe from several threads.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


@contextlib.contextmanager
def _opened(source: Path | bytes) -> Iterator[Image.Image]:
    """The picture behind a file; whatever a decoder raises inside the block is about that file."""
    name = "a picture given as bytes" if isinstance(source, bytes) else str(source)
    try:
        # Opened here, not by Pillow: it maps a file it opens itself into memory, which garbles uncompressed TIFFs that
        # lie sideways (Pillow 13.0).
        file = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
        with file, Image.open(file, formats=_formats()) as image:
            if image.width * image.height > MOST_PIXELS:
                raise PictureError(name, _too_large(f"{image.width} x {image.height}"))
            yield image
    except (PictureError, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureError(name, _too_large("far more")) from error
    except UnidentifiedImageError as error:
        raise PictureError(name, "its content is of no known picture format") from error
    except OSError as error:
        raise PictureError(name, error.strerror or str(error)) from error
    except Exception as error:  # decoders of damaged files raise nearly anything: ValueError, struct.error, zlib.error
        raise PictureError(name, f"{type(error).__name__}: {error}") from error


@functools.cache
def _formats() -> tuple[str, ...]:
    """Those of ``FORMATS`` that this build of Pillow knows."""
    Image.init()
    return tuple(name for name in FORMATS if name in Image.OPEN)


def _too_large(claim: str) -> str:
    return f"it claims {claim} pixels, the limit is {MOST_PIXELS // 1_000_000} megapixels"


def _check_for_files(contract: ImageContract) -> None:
    low, high = contract.value_range
    if contract.mode == "channels":
        raise DataError(f"the model takes pictures of {contract.shape[2]} channels; give arrays, not files")
    if low < 0 or not 1 < high <= 255:
        raise DataError(
            f"the model was made from arrays with values from {low:g} to {high:g}; picture files hold 0 to 255, "
            "so give arrays on the model's scale, or fit on arrays of 0 to 255"
        )


def _lies_sideways(image: Image.Image) -> bool:
    if image.format == "TIFF":
        return False  # Pillow has turned the size of a TIFF already
    if image.format == "PNG" and "exif" not in image.info:
        return False  # asking would decode the whole picture, because EXIF data may stand at its end
    return image.getexif().get(0x0112) in _SIDEWAYS


def _kind(image: Image.Image) -> str:
    words = [_KINDS.get(image.mode, "16-bit" if image.mode.startswith("I") else image.mode)]
    if getattr(image, "is_animated", False):
        words.append("animated")
    return " ".join(words)


def _is_grey(image: Image.Image) -> bool:
    if image.mode == "P":
        palette = np.asarray(image.getpalette("RGB"), dtype=np.uint8).reshape(-1, 3)
        return bool((palette == palette[:, :1]).all())
    return image.mode in ("1", "L", "LA", "La") or image.mode.startswith("I")


def _in_mode(image: Image.Image, mode: Literal["L", "RGB"]) -> Image.Image:
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):
        upright = _eight_bit(upright)
    if upright.mode == "F":
        raise ValueError("its pixels are 32-bit floats; save it with 8 or 16 bits")
    if upright.has_transparency_data:
        colours = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", colours.size, "white"), colours)
    return upright.convert(mode)


def _eight_bit(image: Image.Image) -> Image.Image:
    values = np.clip(np.asarray(image).astype(np.int64), 0, _SIXTEEN_BIT)
    return Image.fromarray(((values * 255 + _SIXTEEN_BIT // 2) // _SIXTEEN_BIT).astype(np.uint8))
