"""What every page tells the browser to trust: us, and nobody else."""

from collections.abc import Mapping


def check_trusts_only_us(headers: Mapping[str, str]) -> None:
    """Of an answer to whoever; fails where the content policy or another header for safety is missing or weak."""
    said = headers["Content-Security-Policy"]
    policy = dict(part.strip().partition(" ")[::2] for part in said.split(";"))

    assert policy["default-src"] in ("'self'", "'none'"), said
    assert all(source.startswith(("'self'", "'nonce-")) for source in policy["style-src"].split()), said
    assert policy.get("object-src", policy["default-src"]) == "'none'", said
    assert [policy[name] for name in ("base-uri", "frame-ancestors")] == ["'none'"] * 2, said
    assert policy["form-action"].split()[0] in ("'self'", "'none'"), said
    assert "unsafe" not in said
    assert "*" not in said
    assert "script-src" not in policy, said
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
