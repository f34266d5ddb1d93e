"""Reading a page like a browser without JavaScript."""

from orders.demo.pages import Page

CHECKOUT = """<!doctype html><html><head><title>Checkout &amp; more</title></head><body>
<form method="post" action="/search"><input name="q" value="not this one"></form>
<main><form method="get" action="/mix"><input name="q" value="nor this one"></form>
<h1>Check<b>out</b></h1>
<div role="alert"><p>Look   at this</p><br></div>
<form method="POST" action="?step=2">
  <input type="hidden" name="csrfmiddlewaretoken" value="abc"/>
  <input name="email" required><input name="town" value="Leeds &quot;north&quot;" required>
  <input type="checkbox" name="news" value="1"><input type="checkbox" name="gift" checked>
  <input type="radio" name="pace" value="slow"><input type="radio" name="pace" value="fast" checked>
  <input name="off" value="x" disabled><input type="file" name="photo"><input value="no name">
  <select name="country"><option value="GB">GB</option><option value="FR" selected>FR</option></select>
  <select name="plain"><option value="first">1</option><option value="second">2</option></select>
  <textarea name="note"></textarea>
  <button name="status" value="confirmed">Pay</button><button name="status" value="rejected">No</button>
</form><form method="post" action="/third"><input name="late"></form>
<ol><li data-stage="paid" aria-current="step">Paid</li><li data-stage="shipped">Shipped</li></ol>
</main></body></html>"""


def test_the_first_post_form_in_main_is_the_one() -> None:
    form = Page(CHECKOUT).form

    assert form is not None
    assert form.action == "?step=2"
    assert form.fields == {
        "csrfmiddlewaretoken": "abc",
        "email": "",
        "town": 'Leeds "north"',
        "gift": "",
        "pace": "fast",
        "country": "FR",
        "plain": "first",
        "note": "",
    }
    assert form.buttons == [("status", "confirmed"), ("status", "rejected")]
    assert form.required == {"email", "town"}


def test_filling_in_keeps_to_the_fields_of_the_form() -> None:
    form = Page(CHECKOUT).form
    assert form is not None

    sent = form.fill_in({"email": "ada@example.org", "unknown": "x"})

    assert (sent["email"], sent["csrfmiddlewaretoken"], sent["status"]) == (
        "ada@example.org",
        "abc",
        "confirmed",
    )
    assert "unknown" not in sent
    assert form.missing(sent) == []
    assert form.missing(form.fill_in({})) == ["email"]
    assert form.fill_in({"status": "rejected"})["status"] == "rejected"


def test_words_and_stages_are_read() -> None:
    page = Page(CHECKOUT)

    assert [page.text_of(what) for what in ("title", "h1", "alert")] == [
        "Checkout & more",
        "Checkout",
        "Look at this",
    ]
    assert page.stages == {"paid": True, "shipped": False}


def test_a_page_without_a_form_has_none() -> None:
    assert Page("<main><p>Sorry").form is None
    assert Page("").form is None
