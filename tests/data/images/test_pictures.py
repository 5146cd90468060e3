"""Every kind of picture file becomes the pixels that a person sees."""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from automl.data import ImageContract, PictureError, decode_picture
from automl.data.images.pictures import Header, bombs_are_errors, read_header
from automl.errors import DataError

GREY = ImageContract(shape=(4, 6, 1), mode="grey")
RGB = ImageContract(shape=(4, 6, 3), mode="rgb")


def pixels_of(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def saved(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format=kind, **options)
    return buffer.getvalue()


def test_grey_and_rgb_pictures_are_kept_to_the_bit() -> None:
    grey, rgb = pixels_of((4, 6)), pixels_of((4, 6, 3))
    np.testing.assert_array_equal(decode_picture(saved(Image.fromarray(grey)), GREY)[..., 0], grey)
    np.testing.assert_array_equal(decode_picture(saved(Image.fromarray(rgb)), RGB), rgb)


def test_a_path_and_its_bytes_give_the_same_pixels(tmp_path: Path) -> None:
    content = saved(Image.fromarray(pixels_of((9, 7, 3))), "JPEG")
    (tmp_path / "a.jpg").write_bytes(content)
    np.testing.assert_array_equal(decode_picture(tmp_path / "a.jpg", RGB), decode_picture(content, RGB))


def test_a_grey_picture_for_an_rgb_contract_has_three_equal_channels() -> None:
    grey = pixels_of((4, 6))
    out = decode_picture(saved(Image.fromarray(grey)), RGB)
    for channel in range(3):
        np.testing.assert_array_equal(out[..., channel], grey)


def test_an_rgb_picture_for_a_grey_contract_becomes_its_luminance() -> None:
    image = Image.fromarray(pixels_of((4, 6, 3)))
    np.testing.assert_array_equal(decode_picture(saved(image), GREY)[..., 0], np.asarray(image.convert("L")))


def test_a_palette_picture_has_the_colours_of_its_palette() -> None:
    palette = Image.fromarray(pixels_of((4, 6, 3))).quantize(16)
    np.testing.assert_array_equal(decode_picture(saved(palette), RGB), np.asarray(palette.convert("RGB")))


def test_transparent_pixels_are_laid_on_white() -> None:
    rgba = np.zeros((4, 6, 4), np.uint8)
    rgba[:, :2, 3] = 255  # opaque black
    rgba[:, 2:4, 3] = 51  # a fifth of black on white
    out = decode_picture(saved(Image.fromarray(rgba)), RGB)
    assert out[0, :, 0].tolist() == [0, 0, 204, 204, 255, 255]
    assert decode_picture(saved(Image.fromarray(rgba)), GREY)[0, :, 0].tolist() == [0, 0, 204, 204, 255, 255]


def test_grey_with_alpha_is_laid_on_white() -> None:
    image = Image.merge("LA", [Image.new("L", (6, 4), 10), Image.new("L", (6, 4), 0)])
    assert (decode_picture(saved(image), GREY) == 255).all()


def test_a_transparent_palette_colour_is_laid_on_white() -> None:
    image = Image.new("P", (6, 4), 1)
    image.putpalette([200, 0, 0, 0, 0, 200])
    assert (decode_picture(saved(image, "GIF", transparency=1), RGB) == 255).all()


def test_sixteen_bit_values_are_scaled_to_eight() -> None:
    values = np.array([[0, 256, 257, 32768, 65534, 65535]] * 4, np.uint16)
    out = decode_picture(saved(Image.fromarray(values)), GREY)
    assert out[0, :, 0].tolist() == [0, 1, 1, 128, 255, 255]
    assert (decode_picture(saved(Image.fromarray(values), "TIFF"), GREY) == out).all()
    assert (decode_picture(saved(Image.fromarray(values)), RGB) == out).all()


def test_a_portable_grey_map_of_sixteen_bits_is_scaled_too() -> None:
    content = b"P5 6 4 65535\n" + np.full((4, 6), 32768, ">u2").tobytes()
    assert (decode_picture(content, GREY) == 128).all()


def test_a_cmyk_picture_becomes_rgb() -> None:
    image = Image.new("CMYK", (6, 4), (0, 255, 255, 0))
    out = decode_picture(saved(image, "JPEG", quality=100), RGB).astype(int)
    assert abs(out - np.array([255, 0, 0])).max() <= 2


def test_a_black_and_white_picture_is_0_and_255() -> None:
    image = Image.fromarray(np.tile([True, False], (4, 3)))
    assert image.mode == "1"
    assert decode_picture(saved(image), GREY)[0, :, 0].tolist() == [255, 0, 255, 0, 255, 0]


def test_of_an_animation_the_first_frame_is_taken() -> None:
    frames = [Image.new("RGB", (6, 4), colour) for colour in ("red", "blue", "green")]
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=50)
    assert decode_picture(content, RGB)[0, 0].tolist() == [255, 0, 0]


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_exif_rotation_is_honoured(kind: str, orientation: int, tmp_path: Path) -> None:
    upright = np.arange(24, dtype=np.uint8).reshape(4, 6) * 10
    undo = {
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.T,
        6: np.rot90,
        7: lambda a: a[::-1, ::-1].T,
        8: lambda a: np.rot90(a, -1),
    }
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = tmp_path / "turned"
    options = {"quality": 100} if kind == "JPEG" else {}
    Image.fromarray(np.ascontiguousarray(undo[orientation](upright))).save(file, kind, exif=exif, **options)
    np.testing.assert_allclose(decode_picture(file, GREY)[..., 0], upright, atol=2 if kind == "JPEG" else 0)
    assert read_header(file) == Header(4, 6, grey=True)


def test_the_extension_does_not_matter(tmp_path: Path) -> None:
    rgb = pixels_of((4, 6, 3))
    (tmp_path / "a.jpg").write_bytes(saved(Image.fromarray(rgb)))
    (tmp_path / "b").write_bytes(saved(Image.fromarray(rgb), "BMP"))
    np.testing.assert_array_equal(decode_picture(tmp_path / "a.jpg", RGB), rgb)
    np.testing.assert_array_equal(decode_picture(tmp_path / "b", RGB), rgb)


def test_another_size_is_resized_by_the_one_resize() -> None:
    image = Image.fromarray(pixels_of((40, 90, 3)))
    out = decode_picture(saved(image), RGB)
    np.testing.assert_array_equal(out, np.asarray(image.resize((6, 4), Image.Resampling.BILINEAR)))


def test_shrinking_is_antialiased() -> None:
    stripes = np.tile(np.array([0, 255], np.uint8), (64, 48))
    out = decode_picture(saved(Image.fromarray(stripes)), GREY)
    assert abs(out.astype(int) - 127).max() <= 20  # every second column taken would give 0 or 255


def test_a_float_contract_over_0_to_255_gets_floats() -> None:
    contract = ImageContract(shape=(4, 6, 1), mode="grey", dtype="float32", value_range=(0.0, 255.0))
    grey = pixels_of((4, 6))
    out = decode_picture(saved(Image.fromarray(grey)), contract)
    assert out.dtype == np.float32
    np.testing.assert_array_equal(out[..., 0], grey)


def test_files_are_refused_for_a_model_of_arrays_on_another_scale() -> None:
    contract = ImageContract(shape=(4, 6, 1), mode="grey", dtype="float32", value_range=(0.0, 1.0))
    with pytest.raises(DataError, match="values from 0 to 1; picture files hold 0 to 255"):
        decode_picture(saved(Image.fromarray(pixels_of((4, 6)))), contract)


def test_files_are_refused_for_a_model_of_other_channels() -> None:
    contract = ImageContract(shape=(4, 6, 5), mode="channels")
    with pytest.raises(DataError, match="5 channels"):
        decode_picture(saved(Image.fromarray(pixels_of((4, 6)))), contract)


@pytest.mark.parametrize(
    "content",
    [b"", b"hello, I am no picture", b"\x89PNG\r\n\x1a\n", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 5 5\n"],
    ids=["empty", "text", "only a signature", "PostScript"],
)
def test_what_is_no_picture_is_named(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "notes.png"
    file.write_bytes(content)
    with pytest.raises(PictureError, match=r"notes\.png is no usable picture"):
        decode_picture(file, RGB)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"])
def test_a_file_cut_in_the_middle_is_refused(kind: str) -> None:
    content = saved(Image.fromarray(pixels_of((64, 64, 3))), kind)
    with pytest.raises(PictureError, match="no usable picture"):
        decode_picture(content[: len(content) // 2], RGB)


def test_float_pictures_are_refused() -> None:
    with pytest.raises(PictureError, match="32-bit floats"):
        decode_picture(saved(Image.new("F", (6, 4)), "TIFF"), GREY)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PictureError, match=r"gone\.png.*No such file"):
        decode_picture(tmp_path / "gone.png", RGB)


def png_claiming(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [8_001, 10_000, 50_000])
def test_a_header_that_claims_too_much_is_refused_before_decoding(side: int, tmp_path: Path) -> None:
    file = tmp_path / "bomb.png"
    file.write_bytes(png_claiming(side, side))
    for read in (read_header, lambda path: decode_picture(path, RGB)):
        with bombs_are_errors(), pytest.raises(PictureError, match="limit is 64 megapixels"):
            read(file)


def test_bombs_are_refused_without_a_warning_of_pillow(tmp_path: Path) -> None:
    file = tmp_path / "bomb.png"
    file.write_bytes(png_claiming(10_000, 10_000))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with bombs_are_errors(), pytest.raises(PictureError):
            read_header(file)
    assert caught == []


@pytest.mark.parametrize(
    ("image", "grey"),
    [
        (Image.new("1", (6, 4)), True),
        (Image.new("L", (6, 4)), True),
        (Image.new("LA", (6, 4)), True),
        (Image.new("I;16", (6, 4)), True),
        (Image.new("RGB", (6, 4)), False),
        (Image.new("RGBA", (6, 4)), False),
        (Image.new("L", (6, 4)).convert("P"), True),
        (Image.new("RGB", (6, 4), "red").quantize(2), False),
    ],
    ids=["1", "L", "LA", "I;16", "RGB", "RGBA", "grey palette", "coloured palette"],
)
def test_a_header_tells_whether_there_can_be_colour(image: Image.Image, grey: bool, tmp_path: Path) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(saved(image))
    assert read_header(file) == Header(4, 6, grey=grey)
