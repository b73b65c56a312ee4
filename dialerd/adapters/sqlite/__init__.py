"""The only SQL of the house: one writer, readers beside it, one file per feature."""
