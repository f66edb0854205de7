"""The warehouse's files: where they are, how they are opened, what is known of each extraction window, and publishing."""
