"""Publishes: writes, checks and replaces the file that BI tools open, and keeps its earlier versions."""
