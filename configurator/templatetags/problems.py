"""Problems of a draft as pages say them."""

from django import template

from configurator.problem_words import in_words, where_in_words

register = template.Library()
register.filter("where_in_words", where_in_words)
register.filter("in_words", in_words)
