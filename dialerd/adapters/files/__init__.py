"""Contact files: reading CSV rows, writing CSV that spreadsheets can open safely; regulation packs; reply words;
Asterisk's own files; lengths of sounds."""

from dialerd.adapters.files.asteriskconf import read_conf_folder
from dialerd.adapters.files.csvreader import ContactFile
from dialerd.adapters.files.csvwriter import check_other, csv_chunks, print_rows, write_rows
from dialerd.adapters.files.dropfolder import DropFolder, check_folder
from dialerd.adapters.files.packs import read_pack_file, read_rulebook
from dialerd.adapters.files.reader import FileReader
from dialerd.adapters.files.replywords import shipped_reply_words
from dialerd.adapters.files.report import RowReport
from dialerd.adapters.files.soundlengths import sound_lengths
from dialerd.adapters.files.sqldump import SqlDump

__all__ = [
    "ContactFile",
    "DropFolder",
    "FileReader",
    "RowReport",
    "SqlDump",
    "check_folder",
    "check_other",
    "csv_chunks",
    "print_rows",
    "read_conf_folder",
    "read_pack_file",
    "read_rulebook",
    "shipped_reply_words",
    "sound_lengths",
    "write_rows",
]
