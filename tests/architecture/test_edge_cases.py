"""Every case that a ledger of learning accounts must survive has a test that is named after it."""

from __future__ import annotations

import ast
import re

from tests.architecture import code

CASES = {
    1: "two spends at once",
    2: "retry after success",
    3: "the same key with other content",
    4: "a lock across an outer transaction",
    5: "allocation run twice, late, missed",
    6: "calendar: ends of months, leap days, hours of Riga",
    7: "the ceiling, with money that is held",
    8: "expiry against money that is held",
    9: "money back into a lot that has ended",
    10: "order of use",
    11: "cents",
    12: "the price changed between promise and delivery",
    13: "cancelled and enrolled again",
    14: "full cover lost",
    15: "the place taken and the money not, or the other way round",
    16: "messages from outside: missing, doubled, out of order",
    17: "the last seat",
    18: "attendance corrected after settlement",
    19: "settled twice, rejected by the bank, account number changed",
    20: "a provider suspended in mid-course",
    21: "one person under two codes",
    22: "death and erasure",
    23: "import of own parts",
    24: "reversal of a reversal, refunds above what was paid",
    25: "movements changed by SQL",
    26: "changes while a settlement runs",
}


def test_each_case_has_a_test() -> None:
    found: set[int] = set()
    for path in code.files(".py", under=("tests",)):
        for node in ast.walk(code.tree(path)):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                match = re.match(r"(?:test_(?:edge_)?case_|TestCase)(\d+)", node.name)
                found |= {int(match[1])} if match else set()
    assert {number: words for number, words in CASES.items() if number not in found} == {}
    assert found <= set(CASES)
