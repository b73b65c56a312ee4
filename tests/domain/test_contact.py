"""By whose clock a contact is promised a call: its own zone before those of the number that is called.

Not here: how a contact is read from a row.
"""

from __future__ import annotations

from dialerd.domain.contact import Contact
from dialerd.domain.phone import PhoneNumber

NEW_YORK, KENTUCKY = "+12125550100", "+16065550100"
NUMBERS = (
    PhoneNumber(e164=NEW_YORK, zones=("America/New_York",)),
    PhoneNumber(e164=KENTUCKY, zones=("America/New_York", "America/Chicago")),
)


def test_each_number_of_a_contact_has_its_own_zones() -> None:
    contact = Contact(numbers=NUMBERS)
    assert contact.zones_of(NEW_YORK) == ("America/New_York",)
    assert contact.zones_of(KENTUCKY) == ("America/New_York", "America/Chicago")


def test_the_contacts_own_zone_goes_before_those_of_any_number() -> None:
    contact = Contact(numbers=NUMBERS, zone="America/Denver")
    assert contact.zones_of(KENTUCKY) == contact.zones_of("+13105550100") == ("America/Denver",)


def test_a_number_that_is_not_the_contacts_has_no_known_zone() -> None:
    assert Contact(numbers=NUMBERS).zones_of("+13105550100") == ()
