"""What Blue Fin Sushi asked in the last months."""

from __future__ import annotations

from typing import Final

from backend.tickets.demo.story import (
    KIM,
    SAM,
    Told,
    closes,
    days,
    hours,
    notes,
    reopens,
    says,
    silence,
    takes,
)

BLUEFIN: Final = (
    Told(
        days(171), "owner", "We paid too much", "billing", "normal",
        "I typed 1,350 instead of 1,290 into the bank's form. What happens to the rest?",
        (
            takes(3),
            says(1, SAM, "It is kept as your credit and taken from your next invoice. If you would "
                 "rather have it back, tell me."),
            says(20, "owner", "25 back, please, and the rest may stay."),
            says(24, SAM, "It is on its way to your account."),
            says(30, "owner", "Arrived, many thanks."),
            closes(1, SAM, "Paid back"),
        ),
    ),
    Told(
        days(96), "manager", "A second restaurant", "general", "low",
        "We are looking at a place in Brighton. Would that be the same account?",
        (
            says(5, KIM, "A second business with an owner of its own, or the same one, as you "
                 "like. With *Group* both are on one invoice."),
            says(40, "manager", "Good to know. Nothing is signed yet."),
            closes(2, "manager"),
        ),
    ),
    Told(
        days(58), "waiter", "Allergens on the slip", "technical", "high",
        "The kitchen doesn't see the allergies that I type at the table.",
        (
            takes(0.5, KIM),
            says(0.5, KIM, "Type them as a *note to the kitchen*, not as a note to the guest: then "
                 "they stand on the slip, in bold."),
            says(3, "waiter", "Found it!"),
            closes(1, KIM, "Solved"),
            reopens(120, "waiter", "With the new tablets the field isn't there any more."),
            says(1, KIM, "It moved below the picture. Please scroll down; we move it back up."),
            says(18, "waiter", "OK, I see it."),
            closes(2, KIM, "Solved"),
        ),
    ),
    Told(
        days(40), "owner", "Export of everything", "technical", "normal",
        "For our accountant I need all that you have about us, in one file.",
        (
            says(6, SAM, "Under **Settings**, **Export**: it takes some minutes, and the link "
                 "works for a day."),
            silence(11.5),
            silence(3.5),
        ),
    ),
    Told(
        days(21), "manager", "Service charge of 12.5 percent", "general", "normal",
        "How do we put a service charge on every bill, but not on takeaway?",
        (
            takes(4),
            says(2, SAM, "Set it for the area: the dining room has one, the counter none."),
            says(3, "manager", "Clever. Thank you."),
            closes(1, SAM),
            reopens(492.5, "manager", "Since yesterday takeaway has it too."),
        ),
    ),
    Told(
        days(12), "waiter", "New tablet doesn't find the till", "technical", "normal",
        "The third one works, the fourth doesn't. Same model.",
        (
            says(5, KIM, "Is it in the same network as the others? Its settings say *Blue Fin "
                 "Guests* or *Blue Fin Staff*."),
            silence(11.3),
        ),
    ),
    Told(
        hours(27), "owner", "Group instead of three single plans", "billing", "normal",
        "If we open Brighton in May: is *Group* cheaper than two times *House*?",
        (
            takes(2),
            says(3, SAM, "Not for two: *Group* pays off from the third on. But it includes 100 "
                 "people and more calls of the API."),
            says(20, "owner", "Then we wait. What does it cost to change within the year?"),
            notes(1, SAM, "Proration as always. Send the two figures."),
        ),
        about="service",
    ),
    Told(
        hours(20), "manager", "Rota for the bank holiday", "general", "low",
        "Is there a way to print who works when?",
        (says(2, KIM, "There isn't, I am sorry. What would you print it for?"),),
        unread=True,
    ),
    Told(
        hours(2), "waiter", "Tips by card", "billing", "normal",
        "Do tips that guests pay by card show up anywhere? Nobody here knows.",
    ),
)  # fmt: skip
