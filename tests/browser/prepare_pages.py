"""Prepares the pages of `tests/pages/addresses/` that an address shows in the database of a running shop.

Prints one JSON list: what each page is called, its path, and the cookies of the shopper who was brought there.
"""

import json
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from tests.pages.samples import Kind, all_samples, new_shopper

    pages = []
    for sample in all_samples(Kind.PAGE):
        if sample.is_alone or sample.is_sent:  # it changes what the others show, or only a form shows it
            continue
        shopper = new_shopper(SERVER_NAME="127.0.0.1")
        address = sample.prepare(shopper)
        cookies = {name: morsel.value for name, morsel in shopper.cookies.items()}
        pages.append({"id": sample.id, "path": address, "status": sample.status, "cookies": cookies})
    sys.stdout.write(json.dumps(pages))


if __name__ == "__main__":
    main()
