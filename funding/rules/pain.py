"""Payment files of ISO 20022: writing pain.001.001.09, reading what the bank answers (ADR 0028).

Pure functions over bytes. What is written is checked against the schema of ISO 20022; what is
read may come from anybody and is parsed without entities and without the net.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from django.utils.translation import gettext_lazy as _

from stars.common.dates import RIGA
from stars.common.errors import Invalid

VERSION = "pain.001.001.09"
SPACE = f"urn:iso:std:iso:20022:tech:xsd:{VERSION}"
SCHEMA = Path(__file__).parent.parent / "schemas" / f"{VERSION}.xsd"
MAX_NAME = 70  # SEPA allows fewer characters than ISO
# What every bank of SEPA takes (EPC217-08).
_NOT_SEPA = re.compile(r"[^A-Za-z0-9/?:().,'+ -]")

PAID, REJECTED, WAITING = "paid", "rejected", "waiting"
# Status of a payment (ISO 20022 external code set), as far as it ends something.
_CODES = {"ACSC": PAID, "ACCC": PAID, "RJCT": REJECTED, "CANC": REJECTED}
_WORDS = {**_CODES, "PAID": PAID, "REJECTED": REJECTED}


@dataclass(frozen=True)
class Payer:
    """Whose account pays."""

    name: str
    iban: str
    bic: str


@dataclass(frozen=True)
class Line:
    """One payment of a file. `amount` in EUR, `about` for the receiver's statement."""

    end_to_end_id: str
    amount: Decimal
    holder: str
    iban: str
    about: str


@dataclass(frozen=True)
class Status:
    """What the bank says of one payment, or (empty id) of all payments of a message."""

    end_to_end_id: str
    message_id: str
    outcome: str
    day: date | None
    note: str


def plain(text: str, limit: int) -> str:
    """`text` in the letters that SEPA knows: "Ķēniņš & dēls" becomes "Kenins dels"."""
    letters = unicodedata.normalize("NFKD", text)
    letters = "".join(c for c in letters if not unicodedata.combining(c))
    return " ".join(_NOT_SEPA.sub(" ", letters).split())[:limit].strip()


def write(
    *, message_id: str, made_at: datetime, execute_on: date, payer: Payer, lines: Iterable[Line]
) -> bytes:
    """A file with one batch of SEPA credit transfers in EUR; checked against the schema.

    ValueError where the schema refuses it, which no input of ours should bring about.
    """
    rows = list(lines)
    count, total = str(len(rows)), f"{sum((row.amount for row in rows), Decimal(0)):.2f}"
    document = ET.Element("Document", xmlns=SPACE)
    whole = ET.SubElement(document, "CstmrCdtTrfInitn")
    _add(
        whole,
        "GrpHdr",
        {
            "MsgId": message_id,
            "CreDtTm": made_at.astimezone(RIGA).isoformat(timespec="seconds"),
            "NbOfTxs": count,
            "CtrlSum": total,
            "InitgPty": {"Nm": plain(payer.name, MAX_NAME)},
        },
    )
    batch = _add(
        whole,
        "PmtInf",
        {
            "PmtInfId": f"{message_id}-1",
            "PmtMtd": "TRF",
            "BtchBookg": "false",
            "NbOfTxs": count,
            "CtrlSum": total,
            "PmtTpInf": {"SvcLvl": {"Cd": "SEPA"}},
            "ReqdExctnDt": {"Dt": execute_on.isoformat()},
            "Dbtr": {"Nm": plain(payer.name, MAX_NAME)},
            "DbtrAcct": {"Id": {"IBAN": payer.iban}},
            "DbtrAgt": {"FinInstnId": {"BICFI": payer.bic}},
            "ChrgBr": "SLEV",
        },
    )
    for row in rows:
        one = _add(batch, "CdtTrfTxInf", {"PmtId": {"EndToEndId": row.end_to_end_id}})
        amount = ET.SubElement(ET.SubElement(one, "Amt"), "InstdAmt", Ccy="EUR")
        amount.text = f"{row.amount:.2f}"
        _add(one, "Cdtr", {"Nm": plain(row.holder, MAX_NAME)})
        _add(one, "CdtrAcct", {"Id": {"IBAN": row.iban}})
        _add(one, "RmtInf", {"Ustrd": plain(row.about, 140)})
    made: bytes = ET.tostring(document, encoding="UTF-8", xml_declaration=True)
    check(made)
    return made


def _add(parent: ET.Element, name: str, said: dict[str, Any] | str) -> ET.Element:
    made = ET.SubElement(parent, name)
    if isinstance(said, str):
        made.text = said
    else:
        for child, more in said.items():
            _add(made, child, more)
    return made


@lru_cache
def _schema() -> Any:
    # Imported late: reading the schema takes a second that no page should wait for.
    import xmlschema

    return xmlschema.XMLSchema(SCHEMA, allow="local", defuse="always")


def check(content: bytes) -> None:
    """ValueError where the bytes are no valid pain.001.001.09."""
    error = next(iter(_schema().iter_errors(content.decode("utf-8"))), None)
    if error is not None:
        raise ValueError(f"{error.path}: {error.reason}")


def read(content: bytes) -> list[Status]:
    """The bank's answer: a pain.002 (any version) or a table in CSV. `Invalid` for anything else.

    CSV has the columns end_to_end_id, status, date and reason with ; or , between; status is an
    ISO code or the word paid or rejected.
    """
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    return _read_xml(start) if start.startswith(b"<") else _read_csv(start)


def _unreadable(error: Exception | None = None) -> Invalid:
    made = Invalid(
        _("This is no answer of a bank: neither pain.002 nor a table with the right columns."),
        code="unreadable",
        field="file",
    )
    made.__cause__ = error
    return made


def _read_xml(content: bytes) -> list[Status]:
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ET.ParseError, DefusedXmlException, ValueError) as error:
        raise _unreadable(error) from error
    for each in root.iter():  # versions of the message differ in their namespace only
        each.tag = each.tag.rpartition("}")[2]
    report = root.find("CstmrPmtStsRpt")
    if report is None:
        raise _unreadable()
    message = report.findtext("OrgnlGrpInfAndSts/OrgnlMsgId") or ""
    made_on = _day(report.findtext("GrpHdr/CreDtTm"))
    single = [_status(one, message, made_on) for one in report.iter("TxInfAndSts")]
    if single:
        return single
    batch = report.find("OrgnlPmtInfAndSts")
    code = (batch.findtext("PmtInfSts") if batch is not None else None) or report.findtext(
        "OrgnlGrpInfAndSts/GrpSts"
    )
    note = _note(batch) if batch is not None else ""
    note = note or _note(report.find("OrgnlGrpInfAndSts"))
    return [Status("", message, _CODES.get(code or "", WAITING), made_on, note)]


def _status(one: ET.Element, message: str, made_on: date | None) -> Status:
    settled = one.findtext("FctvIntrBkSttlmDt/Dt") or one.findtext("AccptncDtTm")
    return Status(
        end_to_end_id=(one.findtext("OrgnlEndToEndId") or "").strip(),
        message_id=message,
        outcome=_CODES.get((one.findtext("TxSts") or "").strip(), WAITING),
        day=_day(settled) or made_on,
        note=_note(one),
    )


def _note(part: ET.Element | None) -> str:
    """The bank's reason: a code and perhaps words."""
    if part is None:
        return ""
    said = [
        part.findtext("StsRsnInf/Rsn/Cd") or part.findtext("StsRsnInf/Rsn/Prtry"),
        part.findtext("StsRsnInf/AddtlInf"),
    ]
    return " ".join(" ".join(text.split()) for text in said if text)[:200]


def _day(text: str | None) -> date | None:
    """2026-07-03 or 03.07.2026, a time behind it ignored; None for nothing or nonsense."""
    word = (text or "").strip()[:10]
    try:
        if match := re.fullmatch(r"(\d{2})\.(\d{2})\.(\d{4})", word):
            return date(int(match[3]), int(match[2]), int(match[1]))
        return date.fromisoformat(word)
    except ValueError:
        return None


def _read_csv(content: bytes) -> list[Status]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable(error) from error
    head = text.partition("\n")[0]
    rows = csv.DictReader(StringIO(text), delimiter=";" if ";" in head else ",")
    if not {"end_to_end_id", "status", "date"} <= set(rows.fieldnames or ()):
        raise _unreadable()
    try:
        return [
            Status(
                end_to_end_id=(row["end_to_end_id"] or "").strip(),
                message_id="",
                outcome=_WORDS.get((row["status"] or "").strip().upper(), ""),
                day=_day(row["date"]),
                note=" ".join((row.get("reason") or "").split())[:200],
            )
            for row in rows
        ]
    except csv.Error as error:
        raise _unreadable(error) from error
