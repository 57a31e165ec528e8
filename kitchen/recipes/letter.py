"""Sends an e-mail: the classic work for a queue, since the mail server is slow, elsewhere, and fails.

Nobody waits for it at the counter. When it fails the recipe fails, and the order is tried again
later; that is all the retrying there is. `orderup postbox` is a mail server that shows what arrived.

A mail server may take a letter and be gone before it says so; then it gets the letter twice. So every
attempt sends the same Message-ID, by which a receiver can tell.
"""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING

from kitchen.recipes import Hopeless

if TYPE_CHECKING:
    from kitchen.recipes import Dish

TIMEOUT_S = 10.0
REFUSED_FOR_GOOD = range(500, 600)  # RFC 5321, section 4.2.1: do not send this again


async def cook(dish: Dish) -> object:
    return await dish.step("send", lambda: _send(dish))


async def _send(dish: Dish) -> dict[str, str]:
    # Here, since no other recipe needs it.
    from aiosmtplib import SMTPRecipientsRefused, SMTPResponseException, send

    letter = _letter(dish)
    host, _, port = dish.mail_server.rpartition(":")
    try:
        await send(letter, hostname=host, port=int(port), timeout=TIMEOUT_S, start_tls=False)
    except (SMTPRecipientsRefused, SMTPResponseException) as error:
        refusals = error.recipients if isinstance(error, SMTPRecipientsRefused) else [error]
        if all(refusal.code in REFUSED_FOR_GOOD for refusal in refusals):
            raise Hopeless(f"the mail server refuses the letter for good: {error}") from error
        raise
    return {"to": letter["To"], "message": letter["Message-ID"]}


def _letter(dish: Dish) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"] = "kitchen@orderup.example", "guest@orderup.example"
    letter["Subject"] = "Thank you for your order"
    letter["Message-ID"] = f"<{dish.order_id}.{dish.sku}@orderup.example>"
    letter.set_content(f"{dish.quantity} x {dish.sku}. Enjoy your meal!")
    return letter
