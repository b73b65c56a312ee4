"""One function per thing a person can ask for, over one transaction of the store."""
