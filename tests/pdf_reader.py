"""A small reader of the PDFs we make: objects, structure, language, title and the text itself.

It knows only what WeasyPrint writes; a document that it cannot read fails the test.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

STREAM = re.compile(rb"(\d+) 0 obj\s*<<(.*?)>>\s*stream\r?\n(.*?)\nendstream", re.DOTALL)
PLAIN = re.compile(rb"(\d+) 0 obj\s*(.*?)\s*endobj", re.DOTALL)
SHOWN = re.compile(rb"/(\S+) [\d.]+ Tf|<([0-9a-fA-F]+)>|(\b(?:Td|Tm|ET|T\*)\b)")


@dataclass(frozen=True)
class Document:
    """What was read. `tags` are the structure's types in the order of writing."""

    objects: dict[int, bytes]
    streams: dict[int, bytes]

    @property
    def catalog(self) -> bytes:
        return next(body for body in self.objects.values() if b"/Type /Catalog" in body)

    @property
    def language(self) -> str:
        found = re.search(rb"/Lang \((.*?)\)", self.catalog)
        return found[1].decode() if found else ""

    @property
    def metadata(self) -> str:
        """The XMP packet: title, and which standard the document says it keeps."""
        return next(s for s in self.streams.values() if b"<rdf:RDF" in s).decode()

    @property
    def title(self) -> str:
        found = re.search(r"<dc:title>.*?<rdf:li[^>]*>(.*?)</rdf:li>", self.metadata, re.DOTALL)
        return found[1] if found else ""

    @property
    def tags(self) -> list[str]:
        bodies = (b for b in self.objects.values() if b"/Type /StructElem" in b)
        return [re.search(rb"/S /(\w+)", body)[1].decode() for body in bodies]  # type: ignore[index]

    @property
    def is_tagged(self) -> bool:
        return b"/StructTreeRoot" in self.catalog and b"/Marked true" in self.catalog

    @property
    def text(self) -> str:
        """Everything that is shown, without line breaks."""
        shown = ""
        for number, body in self.objects.items():
            if b"/Type /Page" not in body or b"/Type /Pages" in body:
                continue
            fonts = self._fonts()
            content = re.search(rb"/Contents (\d+) 0 R", body)
            assert content, number
            shown += _shown(self.streams[int(content[1])], fonts)
        return re.sub(r"\s+", " ", shown)

    def _fonts(self) -> dict[str, dict[int, str]]:
        """Glyphs of each font by the name that the pages use for it."""
        found: dict[str, dict[int, str]] = {}
        for body in self.objects.values():
            for name, key in re.findall(rb"/(\S+) (\d+) 0 R", body):
                font = self.objects.get(int(key), b"")
                to_unicode = re.search(rb"/ToUnicode (\d+) 0 R", font)
                if b"/Type /Font" in font and to_unicode:
                    found[name.decode()] = _glyphs(self.streams[int(to_unicode[1])])
        return found


def _glyphs(cmap: bytes) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9a-fA-F]+)> <([0-9a-fA-F]+)>\s", cmap)
    return {int(k, 16): bytes.fromhex(v.decode()).decode("utf-16-be") for k, v in pairs}


def _shown(content: bytes, fonts: dict[str, dict[int, str]]) -> str:
    font: dict[int, str] = {}
    text = ""
    for name, glyphs, move in SHOWN.findall(content):
        if name:
            font = fonts[name.decode()]
        elif move:
            text += " "
        else:
            codes = [int(glyphs[i : i + 4], 16) for i in range(0, len(glyphs), 4)]
            text += "".join(font[code] for code in codes)
    return text


def read(data: bytes) -> Document:
    """Take a PDF apart."""
    objects: dict[int, bytes] = {}
    streams: dict[int, bytes] = {}
    for key, head, body in STREAM.findall(data):
        content = zlib.decompress(body) if b"/FlateDecode" in head else body
        streams[int(key)] = content
        objects[int(key)] = head
        if b"/Type /ObjStm" in head:
            objects |= _packed(head, content)
    for key, body in PLAIN.findall(data):
        objects.setdefault(int(key), body)
    return Document(objects, streams)


def _packed(head: bytes, content: bytes) -> dict[int, bytes]:
    """Objects that lie together in one compressed stream."""
    first = re.search(rb"/First (\d+)", head)
    assert first
    start = int(first[1])
    numbers = [int(word) for word in content[:start].split()]
    places = [*numbers[1::2], len(content) - start]
    return {
        key: content[start + a : start + b]
        for key, a, b in zip(numbers[::2], places, places[1:], strict=False)
    }
