"""Dumps of a ViciDial database for the tests, made from what its public schema says: tables, columns, ways to write.

Not a copy of that schema: the columns that dialerd reads, some that it does not, in an order of their own.
"""

# ruff: noqa: S608  # a dump is SQL that is put together, and nothing executes it

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

COLUMNS: Mapping[str, Sequence[str]] = {
    "vicidial_callbacks": (
        "callback_id", "lead_id", "list_id", "campaign_id", "status", "entry_time", "callback_time", "modify_date",
        "user", "recipient", "comments", "user_group", "lead_status",
    ),
    "vicidial_call_times": (
        "call_time_id", "call_time_name", "ct_default_start", "ct_default_stop", "ct_sunday_start", "ct_sunday_stop",
        "ct_saturday_start", "ct_saturday_stop",
    ),
    "vicidial_campaign_dnc": ("phone_number", "campaign_id"),
    "vicidial_campaign_statuses": (
        "status", "status_name", "selectable", "campaign_id", "human_answered", "category", "sale", "dnc",
        "customer_contact", "not_interested", "unworkable", "scheduled_callback", "completed",
    ),
    "vicidial_campaigns": (
        "campaign_id", "campaign_name", "active", "lead_order", "auto_dial_level", "local_call_time", "dial_timeout",
        "campaign_cid", "campaign_vdad_exten", "campaign_recording", "dial_method", "adaptive_dropped_percentage",
        "dial_statuses", "use_internal_dnc", "use_campaign_dnc", "call_count_limit", "lead_filter_id",
    ),
    "vicidial_dnc": ("phone_number",),
    "vicidial_lead_recycle": ("recycle_id", "campaign_id", "status", "attempt_delay", "attempt_maximum", "active"),
    "vicidial_list": (
        "lead_id", "entry_date", "modify_date", "status", "user", "vendor_lead_code", "source_id", "list_id",
        "gmt_offset_now", "called_since_last_reset", "phone_code", "phone_number", "title", "first_name",
        "middle_initial", "last_name", "address1", "address2", "address3", "city", "state", "province", "postal_code",
        "country_code", "gender", "date_of_birth", "alt_phone", "email", "security_phrase", "comments", "called_count",
        "last_local_call_time", "rank", "owner", "entry_list_id",
    ),
    "vicidial_lists": ("list_id", "list_name", "campaign_id", "active", "list_description", "expiration_date"),
    "vicidial_log": ("uniqueid", "lead_id", "call_date", "comments"),
    "vicidial_statuses": (
        "status", "status_name", "selectable", "human_answered", "category", "sale", "dnc", "customer_contact",
        "not_interested", "unworkable", "scheduled_callback", "completed",
    ),
}  # fmt: skip

USUAL: Mapping[str, Mapping[str, Any]] = {
    "vicidial_list": {
        "status": "NEW", "list_id": 101, "gmt_offset_now": "-5.00", "called_since_last_reset": "N", "phone_code": "1",
        "called_count": 0, "rank": 0, "owner": "", "alt_phone": "", "email": "", "date_of_birth": "0000-00-00",
        "state": "NY", "country_code": "USA", "gender": "U", "entry_list_id": 0, "comments": "", "address3": "",
        "entry_date": "2026-01-05 09:00:00", "modify_date": "2026-02-01 10:00:00",
    },
    "vicidial_lists": {"campaign_id": "TESTCAMP", "active": "Y", "expiration_date": "2099-12-31"},
    "vicidial_campaigns": {
        "active": "Y", "lead_order": "DOWN", "auto_dial_level": "2", "local_call_time": "9am-9pm", "dial_timeout": 26,
        "campaign_cid": "2125550100", "campaign_vdad_exten": "8368", "campaign_recording": "NEVER",
        "dial_method": "RATIO", "adaptive_dropped_percentage": "3", "dial_statuses": " NEW NA B A DROP -",
        "use_internal_dnc": "Y", "use_campaign_dnc": "N", "call_count_limit": 4, "lead_filter_id": "NONE",
    },
    "vicidial_statuses": {"selectable": "Y", **dict.fromkeys(COLUMNS["vicidial_statuses"][3:], "N"), "category": ""},
    "vicidial_campaign_statuses": {
        "selectable": "Y", "category": "",
        **dict.fromkeys(("human_answered", *COLUMNS["vicidial_campaign_statuses"][6:]), "N"),
    },
    "vicidial_callbacks": {
        "campaign_id": "TESTCAMP", "list_id": 101, "status": "ACTIVE", "recipient": "ANYONE", "user": "1001",
        "comments": "", "lead_status": "CALLBK", "entry_time": "2026-03-01 09:00:00",
    },
}  # fmt: skip

_ESCAPES = {"\0": r"\0", "\n": r"\n", "\r": r"\r", "\\": r"\\", "'": r"\'", '"': r"\"", "\x1a": r"\Z"}

Way = Literal["mysqldump", "mariadb", "phpmyadmin", "single"]
"""Rows all on one line; one on each line; those with the columns named; an INSERT for each row."""


def literal(value: object) -> str:
    """A value as SQL, escaped as MySQL's client library does it."""
    if value is None:
        return "NULL"
    if isinstance(value, int | float):
        return str(value)
    return "'" + "".join(_ESCAPES.get(letter, letter) for letter in str(value)) + "'"


def insert(table: str, columns: Sequence[str], rows: Sequence[Sequence[object]], way: Way = "mysqldump") -> str:
    """The rows as INSERT statements."""
    texts = ["(" + ",".join(map(literal, row)) + ")" for row in rows]
    match way:
        case "mysqldump":
            return f"INSERT INTO `{table}` VALUES {','.join(texts)};\n"
        case "mariadb":
            return f"INSERT INTO `{table}` VALUES\n" + ",\n".join(texts) + ";\n"
        case "phpmyadmin":
            names = ", ".join(f"`{name}`" for name in columns)
            return f"INSERT INTO `{table}` ({names}) VALUES\n" + ",\n".join(texts) + ";\n"
        case "single":
            return "".join(f"INSERT INTO `{table}` VALUES {text};\n" for text in texts)


def create(table: str, columns: Sequence[str]) -> str:
    """The table as SHOW CREATE TABLE has it, keys and enums included."""
    kinds = ["enum('Y','N','a;b),(') DEFAULT 'N' COMMENT 'one, (two'", "varchar(40) NOT NULL DEFAULT ''", "int(9)"]
    lines = [f"  `{name}` {kinds[index % 3]}" for index, name in enumerate(columns)]
    lines += [f"  PRIMARY KEY (`{columns[0]}`)", f"  KEY `by` (`{columns[0]}`,`{columns[-1]}`)"]
    body = ",\n".join(lines)
    return (
        f"DROP TABLE IF EXISTS `{table}`;\n/*!40101 SET @saved_cs_client     = @@character_set_client */;\n"
        f"CREATE TABLE `{table}` (\n{body}\n) ENGINE=MyISAM AUTO_INCREMENT=7 DEFAULT CHARSET=latin1;\n"
    )


@dataclass
class Made:
    """A dump in the making. `add` fills what is not given with what is usual; `text` has it as mysqldump writes it."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    way: Way = "mysqldump"
    charset: str = "utf8mb4"
    completed: str = "2026-03-02 10:00:00"

    def add(self, table: str, **values: Any) -> Made:
        self.rows.setdefault(f"vicidial_{table}", []).append(values)
        return self

    def lead(self, lead_id: int, number: str, **values: Any) -> Made:
        return self.add("list", lead_id=lead_id, phone_number=number, **values)

    def leads(self, given: Iterable[tuple[int, str]]) -> Made:
        for lead_id, number in given:
            self.lead(lead_id, number)
        return self

    @property
    def text(self) -> str:
        parts = [
            "-- MySQL dump 10.13  Distrib 5.7\n--\n-- Host: localhost    Database: asterisk\n\n"
            f"/*!40101 SET NAMES {self.charset} */;\n/*!40103 SET TIME_ZONE='+00:00' */;\n\n"
        ]
        for table in sorted(self.rows):  # mysqldump goes by name: callbacks come before the leads that they are for
            columns = COLUMNS[table]
            given = [[({**USUAL.get(table, {}), **row}).get(name) for name in columns] for row in self.rows[table]]
            parts += [f"--\n-- Table structure for table `{table}`\n--\n\n", create(table, columns)]
            parts += [f"LOCK TABLES `{table}` WRITE;\n/*!40000 ALTER TABLE `{table}` DISABLE KEYS */;\n"]
            parts += [insert(table, columns, given, self.way), "UNLOCK TABLES;\n\n"]
        return "".join([*parts, f"-- Dump completed on {self.completed}\n"])

    def write(self, path: Path, encoding: str = "utf-8") -> Path:
        """Packed where the name ends in .gz."""
        data = self.text.encode(encoding)
        path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
        return path


def usual() -> Made:
    """A small call centre: one campaign on two lists, its statuses, a few leads, opt-outs and callbacks."""
    made = Made()
    made.add("campaigns", campaign_id="TESTCAMP", campaign_name="Test's campaign")
    made.add("lists", list_id=101, list_name="Spring leads")
    made.add("lists", list_id=102, list_name="Old leads", active="N")
    for status, name, flags in (
        ("NEW", "New Lead", {}),
        ("NA", "No Answer AutoDial", {"selectable": "N"}),
        ("B", "Busy", {}),
        ("A", "Answering Machine", {}),
        ("SALE", "Sale Made", {"sale": "Y", "human_answered": "Y", "completed": "Y"}),
        ("NI", "Not Interested", {"human_answered": "Y", "not_interested": "Y", "completed": "Y"}),
        ("DNC", "DO NOT CALL", {"human_answered": "Y", "dnc": "Y", "completed": "Y"}),
        ("CALLBK", "Call Back", {"human_answered": "Y", "scheduled_callback": "Y"}),
    ):
        made.add("statuses", status=status, status_name=name, **flags)
    made.add("campaign_statuses", status="1HOT", status_name="Hot lead", campaign_id="TESTCAMP", human_answered="Y")
    return made
