"""How large, how deep and how slow an answer may be, and how long a listing: the only place that says so.

A client trusts Amazon's words, not their amount. A proxy that answers in Amazon's place, a broken compression or a page token
that leads nowhere must cost one request, never the memory or the hours of a worker.
"""

# The largest answer known is a capacity page: slots of five minutes over 90 days are 3.5 MB of JSON. The worst JSON of this
# size takes some 250 MB when it is parsed. It counts what a compressed body expands to.
RESPONSE_BYTES = 6 * 2**20
# What arrives on the wire for one answer, with its headers: no honest body grows when it is compressed.
WIRE_BYTES = RESPONSE_BYTES + 2**20
# Login with Amazon answers with about 1 KB, a storage host with an XML error.
SMALL_RESPONSE_BYTES = 64 * 2**10
# Amazon's model is 10 deep at most; what reads and writes payloads later on is recursive, and JSON writers stop at 254.
RESPONSE_DEPTH = 64
# Of the words of a refusal: errors go into logs, ledgers and reports. Nobody reads more of them than this.
REFUSALS = 5
REFUSAL_CHARACTERS = 300
# Amazon's are UUIDs.
REQUEST_ID_CHARACTERS = 100
# An access token travels in a header, and servers refuse headers of more than 8 to 16 KB.
TOKEN_CHARACTERS = 8_192

# 40,000 jobs in pages of 20, which is twice what a window is allowed to hold; at 10 pages a second 200 seconds, and page
# tokens age within minutes.
LISTING_PAGES = 2_000
# The same jobs at 3 KB each. Whoever collects a listing holds it in memory.
LISTING_BYTES = 128 * 2**20

# To connect, and to send a request.
CONNECT_SECONDS = 10
# For the whole answer of Login with Amazon, and of the host that takes documents.
LOGIN_SECONDS = 30
UPLOAD_SECONDS = 120
# An access token lives for an hour; a longer life is not believed, because nobody notices a token that has died early.
TOKEN_LIFETIME_SECONDS = 3_600
# A wait that is longer is told, with its reason.
LONG_WAIT_SECONDS = 60
