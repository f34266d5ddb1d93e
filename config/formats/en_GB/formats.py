"""Times as a workshop writes them: 14:05 and not 2:05 p.m.; days are Django's own."""

TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j M Y, H:i"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
