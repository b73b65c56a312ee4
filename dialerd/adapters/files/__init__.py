"""Contact files: reading CSV rows, writing CSV that spreadsheets can open safely."""
