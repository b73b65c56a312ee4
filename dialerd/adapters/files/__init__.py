"""Contact files: reading CSV rows, writing CSV that spreadsheets can open safely."""

from dialerd.adapters.files.csvreader import ContactFile, Form
from dialerd.adapters.files.csvwriter import write_rows

__all__ = ["ContactFile", "Form", "write_rows"]
