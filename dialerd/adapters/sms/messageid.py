"""A message's name where the SMSC writes its id in one base when it takes it and in another in the receipt.

Not here: where the id stands (pdu.py, shortmessage.py). Both are kept as the number in base 10, whatever its case and
its leading zeros; one that is no number in its base stays as it is.
"""

from __future__ import annotations

from dialerd.routesettings import ReceiptIds

_BASES: dict[ReceiptIds, tuple[int, int]] = {"hex_to_decimal": (16, 10), "decimal_to_hex": (10, 16)}


def of_submission(message_id: str, ids: ReceiptIds) -> str:
    """The name of a message by the id that it was taken under."""
    return message_id if ids == "as_sent" else _number(message_id, _BASES[ids][0])


def of_receipt(message_id: str, ids: ReceiptIds) -> str:
    """The name of a message by the id in its receipt."""
    return message_id if ids == "as_sent" else _number(message_id, _BASES[ids][1])


def _number(message_id: str, base: int) -> str:
    digits = "0123456789abcdef"[:base]
    is_number = bool(message_id) and all(character in digits for character in message_id.lower())
    return str(int(message_id, base)) if is_number else message_id
