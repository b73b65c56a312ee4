"""What a ViciDial database says, column by column."""
