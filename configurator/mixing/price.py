"""What a mix costs: the one place that page, basket, order, API and job take a price from."""

from collections.abc import Mapping
from dataclasses import dataclass

from configurator.mixing.label import chosen_components
from configurator.mixing.spec import Size, Spec


@dataclass(frozen=True, slots=True)
class DeliveryPrice:
    """What delivery costs in minor units, and the goods' value from which it is free (None: never)."""

    price: int
    free_from: int | None

    def of(self, goods: int) -> int:
        """Delivery for goods worth `goods` minor units."""
        return 0 if self.free_from is not None and goods >= self.free_from else self.price


def unit_price(spec: Spec, mix: Mapping[str, str], size: Size) -> int:
    """The price of one product in minor units, VAT included: the size's price and its components' surcharges."""
    return price_so_far(spec, mix, size)


def price_so_far(spec: Spec, mix: Mapping[str, str], size: Size) -> int:
    """The same for a partial mix: what is chosen already, in minor units."""
    return size.price + sum(component.surcharge for _, component in chosen_components(spec, mix))


def price_per_100_ml(price: int, size: Size) -> int | None:
    """Minor units per 100 ml, halves rounded up; None for goods without a volume."""
    if size.volume_ml is None:
        return None
    return (price * 200 + size.volume_ml) // (2 * size.volume_ml)
