"""What every page knows about the shop itself."""

from django.conf import settings
from django.http import HttpRequest


def shop_context(request: HttpRequest) -> dict[str, str]:
    return {
        "shop_name": settings.SHOP_NAME,
        "shop_town": settings.SHOP_TOWN,
        "shop_email": settings.SHOP_EMAIL,
    }
