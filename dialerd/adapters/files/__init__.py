"""Contact files: reading CSV rows, writing CSV that spreadsheets can open safely."""

from dialerd.adapters.files.csvreader import ContactFile, Form
from dialerd.adapters.files.csvwriter import print_rows, write_rows
from dialerd.adapters.files.packs import read_pack_file, read_rulebook

__all__ = ["ContactFile", "Form", "print_rows", "read_pack_file", "read_rulebook", "write_rows"]
