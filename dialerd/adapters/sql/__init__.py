"""The only statements of the house, one file per feature, in words that every store's connection understands."""
