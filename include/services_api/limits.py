"""Limits of size, depth and time for responses and listings.

A proxy that responds in Amazon's place, a broken compression or a page token that leads nowhere must cost one request, not the
memory or the hours of a worker.
"""

# The largest known response is a capacity page: slots of five minutes over 90 days are 3.5 MB of JSON. The worst JSON of this
# size takes about 250 MB when it is parsed. Compressed bodies count with their decompressed size.
RESPONSE_BYTES = 6 * 2**20
# On the wire, with headers: compression does not make a valid body larger.
WIRE_BYTES = RESPONSE_BYTES + 2**20
# Login with Amazon responds with about 1 KB, a storage host with an XML error.
SMALL_RESPONSE_BYTES = 64 * 2**10
# Amazon's model has at most 10 levels; code that reads payloads is recursive, and JSON writers stop at 254.
RESPONSE_DEPTH = 64
# Of Amazon's error lists, which go into logs, ledgers and reports.
REFUSALS = 5
REFUSAL_CHARACTERS = 300
# Amazon's request ids are UUIDs.
REQUEST_ID_CHARACTERS = 100
# An access token is sent in a header, and servers reject headers of more than 8 to 16 KB.
TOKEN_CHARACTERS = 8_192

# 40,000 jobs in pages of 20, twice the maximum of a window; at 10 pages a second this takes 200 seconds, and page tokens expire
# within minutes.
LISTING_PAGES = 2_000
# The same jobs at 3 KB each. Code that collects a listing keeps it in memory.
LISTING_BYTES = 128 * 2**20

# To connect, and to send a request.
CONNECT_SECONDS = 10
# For the whole response of Login with Amazon, and of the host that stores documents.
LOGIN_SECONDS = 30
UPLOAD_SECONDS = 120
# An access token lives for an hour; a longer lifetime is capped, because a token that expired early would go unnoticed.
TOKEN_LIFETIME_SECONDS = 3_600
# Longer waits are logged, with their reason.
LONG_WAIT_SECONDS = 60
