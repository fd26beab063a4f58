"""Pictures: checked as any stored file, made smaller and stripped of what a camera wrote in."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import IO, Any
from uuid import UUID, uuid4

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from stars.audit import services as audit
from stars.common.errors import Invalid
from stars.common.permissions import require
from stars.common.transactions import service
from stars.content.models import Picture
from stars.files import rules
from stars.files import services as files
from stars.files.enums import FileType

OWNER = "content.picture"
MOST = (1600, 1200)  # pixels of a picture that is shown
MOST_PIXELS = 50_000_000  # of one that is uploaded
_FORMATS = {FileType.PNG: "PNG", FileType.JPEG: "JPEG"}


@service
def add(
    *, name: str, content: IO[bytes], alt_lv: str, alt_en: str, actor: Any, at: datetime
) -> Picture:
    """Keep a PNG or JPEG of at most 10 MB for everybody to see, at most 1600 × 1200 pixels.

    Place, camera and time that a telephone writes into a photograph are left out. Raises
    `NotAllowed`; `Invalid` (field "file") for what is no picture, (field "alt_lv" or "alt_en")
    where the words for it are missing.
    """
    require(actor, "content.edit")
    _check_words(alt_lv, alt_en)
    smaller, size = redraw(name, content)
    key = uuid4()
    file = files.store(
        actor=actor, owner_kind=OWNER, owner_id=key, name=name, content=smaller, at=at
    )
    return Picture.objects.create(
        pk=key, file=file, alt_lv=alt_lv, alt_en=alt_en, width=size[0], height=size[1]
    )


def redraw(name: str, content: IO[bytes]) -> tuple[BytesIO, tuple[int, int]]:
    """The picture drawn anew, and its size: nothing of the old file but its pixels is left.

    Raises `Invalid` (field "file").
    """
    data = content.read(rules.MAX_BYTES + 1)
    kind = rules.file_type(rules.clean_name(name), data)
    if kind not in _FORMATS:
        raise Invalid(_("Choose a picture: a PNG or a JPEG file."), field="file")
    try:
        with Image.open(BytesIO(data), formats=[_FORMATS[kind]]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Invalid(_("The picture is too large. Make it smaller."), field="file")
            turned = ImageOps.exif_transpose(picture)
            drawn = turned.convert("RGB" if kind == FileType.JPEG else "RGBA")
    except Invalid:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Invalid(
            _("The picture cannot be opened. Save it again as PNG or JPEG."), field="file"
        ) from error
    drawn.thumbnail(MOST)
    new = BytesIO()
    clean = Image.new(drawn.mode, drawn.size)
    clean.paste(drawn)
    clean.save(new, _FORMATS[kind], optimize=True)
    new.seek(0)
    return new, drawn.size


@service
def describe(*, picture_id: UUID, alt_lv: str, alt_en: str, actor: Any, at: datetime) -> None:
    """Other words for a picture. Raises `NotAllowed`, and `Invalid` where they are missing."""
    require(actor, "content.edit")
    _check_words(alt_lv, alt_en)
    Picture.objects.filter(pk=picture_id).update(alt_lv=alt_lv, alt_en=alt_en)
    audit.record(
        actor=actor,
        action="picture_described",
        object_type="content.picture",
        object_id=picture_id,
        at=at,
    )


def _check_words(alt_lv: str, alt_en: str) -> None:
    for field, words in (("alt_lv", alt_lv), ("alt_en", alt_en)):
        if not words.strip():
            raise Invalid(_("Say in words what the picture shows."), field=field)
