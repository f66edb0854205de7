"""The published file: how a new one is written, checked and put in place, and the earlier ones that are kept."""
