"""Answers an assistant's questions about the published file over the Model Context Protocol (MCP), read-only.

    python -m include.assistant                over standard input and output, started by the assistant's program
    python -m include.assistant --port 8765    over HTTP, on loopback alone

`reading` runs one query with limits, `catalog` knows what the marts mean, and `server` offers both as tools.
"""
