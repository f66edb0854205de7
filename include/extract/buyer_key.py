"""Prints the key of a buyer's id, so that `amazon_services_retention` can be given the key instead of the id.

The id is read from standard input, so that it appears in no list of processes and no shell history::

    python -m include.extract.buyer_key < file_with_the_id
"""

import sys

from include.extract.privacy import existing_buyer_keys


def main(text: str) -> str:
    """Return the key of the id in `text`.

    Raises:
        SystemExit: There is no id, or this installation has no hash key and so has stored no buyer.
    """
    buyer_id = text.strip()
    if not buyer_id:
        sys.exit("There is no id on standard input.")
    keys = existing_buyer_keys()
    if keys is None:
        sys.exit(
            "No hash key was found: neither SERVICES_BUYER_HASH_KEY nor buyer_hash.key in the warehouse folder. Run this in the "
            "environment of the workers, with their SERVICES_BUYER_HASH_KEY and SERVICES_WAREHOUSE_DIR."
        )
    return keys.hash(buyer_id)


if __name__ == "__main__":
    print(main(sys.stdin.read()))
