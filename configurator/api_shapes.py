"""The JSON of the shop API: money in integer minor units, doses in microlitres, dates as YYYY-MM-DD."""

from typing import Any

from rest_framework import serializers

from configurator.strict_fields import StrictSerializer, StrictText

MOST_AVOIDED = 50


# What comes in ------------------------------------------------------------------------------------------------------


class OptionsRequest(StrictSerializer):
    mix = serializers.DictField(
        child=StrictText(max_length=50), required=False, default=dict,
        help_text="Slot to component; slots may be missing.",
    )  # fmt: skip
    avoid = serializers.ListField(
        child=StrictText(max_length=120), max_length=MOST_AVOIDED, required=False, default=list,
        help_text="Flags and substances to leave out.",
    )  # fmt: skip
    size = StrictText(max_length=50, required=False, help_text="The first size if not given.")


class CheckRequest(OptionsRequest):
    mix = serializers.DictField(child=StrictText(max_length=50), help_text="Slot to component, every slot.")


# What goes out ------------------------------------------------------------------------------------------------------


class FieldErrorShape(serializers.Serializer[Any]):
    field = serializers.CharField()
    message = serializers.CharField()


class ProblemShape(serializers.Serializer[Any]):
    """RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    errors = FieldErrorShape(many=True, required=False)  # type: ignore[assignment]  # a name of DRF's


class RecipeBriefShape(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    version = serializers.IntegerField()
    sha256 = serializers.CharField()
    mixes = serializers.IntegerField(
        allow_null=True, help_text="How many mixes can be made; null: too many to count."
    )


class RecipesShape(serializers.Serializer[Any]):
    recipes = RecipeBriefShape(many=True)


class SizeShape(serializers.Serializer[Any]):
    slug = serializers.CharField()
    volume_ml = serializers.IntegerField(allow_null=True)
    price = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]  # a name of DRF's


class ComponentShape(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    tagline = serializers.CharField()
    colour = serializers.CharField()
    glyph = serializers.CharField()
    drawing = serializers.CharField(help_text="SVG path data in a box of 240 by 160; may be empty.")
    drawing_style = serializers.ChoiceField(choices=["fill", "line"])
    flags = serializers.ListField(child=serializers.CharField())
    suits = serializers.ListField(child=serializers.CharField())
    surcharge = serializers.IntegerField()
    substances = serializers.ListField(child=serializers.CharField(), help_text="By name.")


class FamilyShape(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    components = ComponentShape(many=True)


class SlotShape(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    hint = serializers.CharField()
    family = serializers.CharField()
    dose_microlitres = serializers.IntegerField(allow_null=True)
    optional = serializers.BooleanField()
    group = serializers.CharField(help_text="The heading it is shown under; empty where there are no groups.")
    paints = serializers.CharField(help_text="Another slot, which is drawn in this one's colour; or empty.")


class RuleShape(serializers.Serializer[Any]):
    slug = serializers.CharField()
    kind = serializers.CharField()
    force = serializers.ChoiceField(choices=["hard", "advice"])
    reason = serializers.CharField()


class StarterShape(serializers.Serializer[Any]):
    name = serializers.CharField()
    mix = serializers.DictField(child=serializers.CharField())


class NeedShape(serializers.Serializer[Any]):
    slug = serializers.CharField()
    wording = serializers.CharField()
    component = serializers.CharField()
    helped_by = serializers.ListField(
        child=serializers.CharField(), help_text="Other components that help with it, best first."
    )


class RecipeShape(RecipeBriefShape):
    currency = serializers.CharField()
    sizes = SizeShape(many=True)
    slots = SlotShape(many=True)
    families = FamilyShape(many=True)
    rules = RuleShape(many=True)
    starters = StarterShape(many=True)
    needs = NeedShape(many=True)


class ChoiceShape(serializers.Serializer[Any]):
    slot = serializers.CharField()
    component = serializers.CharField()


class OptionShape(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    chosen = serializers.BooleanField()
    open = serializers.BooleanField(
        help_text="A makeable mix remains with it, keeping the choices of the other slots."
    )
    reason = serializers.CharField(help_text="Why it is not open, at most 90 characters; empty if it is.")
    rules = serializers.ListField(child=serializers.CharField())
    choices = ChoiceShape(many=True, help_text="The own choices that take part in the reason.")
    avoided = serializers.ListField(child=serializers.CharField())


class SlotOptionsShape(serializers.Serializer[Any]):
    slug = serializers.CharField()
    name = serializers.CharField()
    components = OptionShape(many=True)


class PriceRangeShape(serializers.Serializer[Any]):
    low = serializers.IntegerField()
    high = serializers.IntegerField()
    currency = serializers.CharField()


class DeliveryShape(serializers.Serializer[Any]):
    price = serializers.IntegerField()
    free_from = serializers.IntegerField(allow_null=True)
    made_on = serializers.DateField()
    arrives_on = serializers.DateField()


class OptionsShape(serializers.Serializer[Any]):
    recipe = RecipeBriefShape()
    mix = serializers.DictField(child=serializers.CharField())
    avoid = serializers.ListField(child=serializers.CharField())
    size = serializers.CharField()
    count = serializers.IntegerField(
        allow_null=True, help_text="How many makeable mixes remain; null: too many to count."
    )
    price = PriceRangeShape(allow_null=True)
    slots = SlotOptionsShape(many=True)
    delivery = DeliveryShape()


class AvoidedShape(ChoiceShape):
    contains = serializers.ListField(child=serializers.CharField())


class RepairShape(serializers.Serializer[Any]):
    mix = serializers.DictField(child=serializers.CharField())
    change = serializers.CharField()


class CheckShape(serializers.Serializer[Any]):
    recipe = RecipeBriefShape()
    mix = serializers.DictField(child=serializers.CharField())
    avoid = serializers.ListField(child=serializers.CharField())
    size = serializers.CharField()
    makeable = serializers.BooleanField()
    rules = RuleShape(
        many=True, help_text="Every rule that the mix meets: hard ones forbid it, advice only warns."
    )
    avoided = AvoidedShape(many=True)
    repairs = RepairShape(many=True, help_text="The nearest makeable mixes, at most three.")
    price = serializers.IntegerField()
    price_per_100_ml = serializers.IntegerField(allow_null=True)
    currency = serializers.CharField()
    ingredients = serializers.ListField(child=serializers.CharField(), help_text="As on the label.")
    allergens = serializers.ListField(
        child=serializers.CharField(), help_text="Declared fragrance allergens."
    )
    flags = serializers.ListField(child=serializers.CharField())
