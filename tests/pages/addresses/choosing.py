"""How to reach the pages on which a mix is chosen."""

from django.test import Client
from django.urls import reverse

from configurator.models import Recipe
from tests.configurator.drafts import make_bicycle, publish
from tests.orders.make import MIX
from tests.pages.samples import NAME, elsewhere, page

MIXER = "/mix/shampoo/"
WHOLE = MIXER + "/".join(MIX.values())


@page("configurator:home", public=True)
def home(shopper: Client) -> str:
    return "/"


@elsewhere("configurator:products", "with one product")
def one_product(shopper: Client) -> str:
    return reverse("configurator:products")


@page("configurator:products", "with two", public=True)
def two_products(shopper: Client) -> str:
    if not Recipe.objects.filter(slug="bicycle").exists():
        publish(make_bicycle())
    return reverse("configurator:products")


@page("configurator:mixer", "nothing chosen", public=True)
def empty_mixer(shopper: Client) -> str:
    return MIXER


@page("configurator:mixer", "half a mix", public=True)
def half_a_mix(shopper: Client) -> str:
    return f"{MIXER}?base=quiet-linen&main=calm"


@page("configurator:mix", "whole", public=True)
def whole_mix(shopper: Client) -> str:
    return WHOLE


@page("configurator:mix", "with a name", public=True)
def named_mix(shopper: Client) -> str:
    return f"{WHOLE}?size=500ml&label={NAME}"


@page("configurator:mix", "with a name that cannot be printed", public=True)
def unprintable(shopper: Client) -> str:
    return f"{WHOLE}?label=%3Cb%3E"


@page("configurator:mix", "with advice", public=True)
def advised_mix(shopper: Client) -> str:
    return f"{MIXER}salt-meadow/lift/quench"


@page("configurator:mix", "that breaks rules", public=True)
def broken_mix(shopper: Client) -> str:
    return f"{MIXER}warm-hearth/mend/gleam"


@page("configurator:mix", "that is gone", status=404)
def gone_mix(shopper: Client) -> str:
    return f"{MIXER}warm-hearth/mend/unicorn"


@page("configurator:mix", "with something left out", public=True)
def mix_without(shopper: Client) -> str:
    return f"{WHOLE}?avoid=fragrance"


@elsewhere("configurator:surprise")
def surprise(shopper: Client) -> str:
    return reverse("configurator:surprise", args=["shampoo"])


@page("configurator:compare", "what with", public=True)
def start_to_compare(shopper: Client) -> str:
    return reverse("configurator:compare", args=["shampoo"]) + "?a=warm-hearth/mend/quench"


@page("configurator:compare", "two mixes", public=True)
def compare(shopper: Client) -> str:
    return start_to_compare(shopper) + "&b=warm-hearth/mend/calm"


@page("configurator:compare", "with a mix that is gone", status=404)
def compare_gone(shopper: Client) -> str:
    return start_to_compare(shopper) + "&b=warm-hearth/mend/unicorn"
