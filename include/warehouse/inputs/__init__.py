"""What people bring: files that a run's configuration names, and a run's parameters."""
