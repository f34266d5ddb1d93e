"""Prepares a row of everything in the database of a running shop; prints the admin's addresses as one JSON object."""

import json
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from tests.staff.admin_addresses import admin_addresses, make_rows

    make_rows()
    sys.stdout.write(json.dumps({address.name: address.path for address in admin_addresses()}))


if __name__ == "__main__":
    main()
