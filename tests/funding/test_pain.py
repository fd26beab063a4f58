"""Payment files as ISO 20022 has them, and answers of banks in every shape."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest
from defusedxml.ElementTree import fromstring

from funding.rules import pain
from stars.common.errors import Invalid
from tests.funding.build import riga
from tests.funding.test_bank_accounts import LATVIAN

PAYER = pain.Payer("Aģentūra & Co", "LV94TREL0000000000001", "TRELLV22")
SPACE = {"i": pain.SPACE}


def line(key: str = "ST1", amount: str = "10.50", holder: str = "Ķēniņš & dēls") -> pain.Line:
    return pain.Line(key, D(amount), holder, LATVIAN, "IMK-202506 №1")


def file(*lines: pain.Line) -> bytes:
    return pain.write(
        message_id="STARS1",
        made_at=riga(2025, 8, 5),
        execute_on=date(2025, 8, 6),
        payer=PAYER,
        lines=lines,
    )


def test_a_file_says_who_pays_whom_how_much() -> None:
    made = file(line(), line("ST2", "1300.00"))
    root = fromstring(made)

    def said(path: str) -> list[str | None]:
        return [node.text for node in root.iterfind(path, SPACE)]

    assert said(".//i:EndToEndId") == ["ST1", "ST2"]
    assert said(".//i:InstdAmt") == ["10.50", "1300.00"]
    assert said(".//i:GrpHdr/i:CtrlSum") == said(".//i:PmtInf/i:CtrlSum") == ["1310.50"]
    assert said(".//i:NbOfTxs") == ["2", "2"]
    assert said(".//i:ReqdExctnDt/i:Dt") == ["2025-08-06"]
    assert said(".//i:CdtrAcct//i:IBAN") == [LATVIAN, LATVIAN]
    assert said(".//i:DbtrAcct//i:IBAN") == [PAYER.iban]
    assert said(".//i:Cdtr/i:Nm") == ["Kenins dels"] * 2
    assert said(".//i:Dbtr/i:Nm") == ["Agentura Co"]
    assert said(".//i:GrpHdr/i:CreDtTm") == ["2025-08-05T12:00:00+03:00"]
    pain.check(made)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"<EndToEndId>ST1</EndToEndId>", b""),
        (b"<EndToEndId>ST1<", b"<EndToEndId>" + b"1" * 36 + b"<"),
        (b'Ccy="EUR">10.50', b'Ccy="EUR">-10.50'),
        (b'Ccy="EUR"', b'Ccy="Euro"'),
        (LATVIAN.encode(), b"LV"),
        (b"<ChrgBr>SLEV</ChrgBr>", b"<ChrgBr>WHO</ChrgBr>"),
        (b"2025-08-06", b"06.08.2025"),
        (b"pain.001.001.09", b"pain.001.001.03"),
    ],
)
def test_the_schema_refuses_what_a_bank_would(right: bytes, wrong: bytes) -> None:
    made = file(line())
    assert right in made
    with pytest.raises(ValueError):
        pain.check(made.replace(right, wrong))


def test_letters_of_latvian_become_those_of_sepa() -> None:
    assert pain.plain("Šķūņu ģērētava “Čačis” SIA", 70) == "Skunu geretava Cacis SIA"
    assert len(pain.plain("ā" * 300, 70)) == 70
    assert pain.plain("<b>&amp;", 70) == "b amp"


REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.{version}"><CstmrPmtStsRpt>
<GrpHdr><MsgId>A</MsgId><CreDtTm>2025-08-07T10:00:00</CreDtTm></GrpHdr>
<OrgnlGrpInfAndSts><OrgnlMsgId>STARS1</OrgnlMsgId><OrgnlMsgNmId>pain.001</OrgnlMsgNmId>
<GrpSts>{group}</GrpSts></OrgnlGrpInfAndSts>{rows}</CstmrPmtStsRpt></Document>"""
ROWS = """<OrgnlPmtInfAndSts><OrgnlPmtInfId>STARS1-1</OrgnlPmtInfId>
<TxInfAndSts><OrgnlEndToEndId>ST1</OrgnlEndToEndId><TxSts>ACSC</TxSts>
<AccptncDtTm>2025-08-06T09:00:00</AccptncDtTm></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>ST2</OrgnlEndToEndId><TxSts>RJCT</TxSts>
<StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Account closed</AddtlInf></StsRsnInf></TxInfAndSts>
<TxInfAndSts><OrgnlEndToEndId>ST3</OrgnlEndToEndId><TxSts>PDNG</TxSts></TxInfAndSts>
</OrgnlPmtInfAndSts>"""


@pytest.mark.parametrize("version", ["03", "10"])
def test_an_answer_in_xml(version: str) -> None:
    first, second, third = pain.read(
        REPORT.format(version=version, group="PART", rows=ROWS).encode()
    )
    assert (first.outcome, first.day) == ("paid", date(2025, 8, 6))
    assert (second.outcome, second.day, second.note) == (
        "rejected",
        date(2025, 8, 7),
        "AC04 Account closed",
    )
    assert third.outcome == "waiting"


def test_an_answer_about_the_whole_file() -> None:
    (one,) = pain.read(REPORT.format(version="10", group="RJCT", rows="").encode())
    assert (one.end_to_end_id, one.message_id, one.outcome) == ("", "STARS1", "rejected")


@pytest.mark.parametrize(
    "content",
    [
        "end_to_end_id;status;date;reason\nST1;paid;2025-08-06;\nST2;RJCT;06.08.2025;slēgts\n",
        "\ufeffend_to_end_id,status,date,reason\r\nST1,ACSC,2025-08-06,\r\nST2,Rejected,2025-08-06,slēgts\r\n",
    ],
)
def test_an_answer_in_a_table(content: str) -> None:
    first, second = pain.read(content.encode())
    assert (first.end_to_end_id, first.outcome, first.day) == ("ST1", "paid", date(2025, 8, 6))
    assert (second.outcome, second.note) == ("rejected", "slēgts")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\xff\xfe",
        b"hello",
        b"end_to_end_id;when\nST1;x",
        b"<html></html>",
        b"<Document><Other/></Document>",
        b"<Document><unclosed>",
        b'<!DOCTYPE a [<!ENTITY x "y">]><Document>&x;</Document>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document>&x;</Document>',
        "end_to_end_id;status;date\nST1;paid;2025-08-06".encode("utf-16"),
    ],
)
def test_what_is_no_answer_is_refused(content: bytes) -> None:
    with pytest.raises(Invalid) as refused:
        pain.read(content)
    assert refused.value.code == "unreadable"
