"""Makes the key of a buyer's id, so that `amazon_services_retention` can be given the key and Airflow never sees the id.

The id is read from standard input: it is in no list of processes and in no history of commands::

    python -m include.extract.buyer_key < file_with_the_id
"""

import sys

from include.extract.privacy import existing_buyer_keys


def main(text: str) -> str:
    """The key of the id in `text`.

    Raises:
        SystemExit: There is no id, or this installation has no hash key yet, and so has stored no buyer.
    """
    keys, buyer_id = existing_buyer_keys(), text.strip()
    if not buyer_id:
        sys.exit("There is no id on standard input.")
    if keys is None:
        sys.exit(
            "No hash key was found: neither SERVICES_BUYER_HASH_KEY nor buyer_hash.key in the warehouse folder. Run this in the "
            "environment of the workers, above all with their SERVICES_BUYER_HASH_KEY and SERVICES_WAREHOUSE_DIR."
        )
    return keys.key(buyer_id)


if __name__ == "__main__":
    print(main(sys.stdin.read()))
