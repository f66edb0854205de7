"""From extraction to `raw`: packages on disk, the ledger of windows, and the histories that packages are merged into."""
