"""What Trattoria Aurora asked in the last months."""

from __future__ import annotations

from typing import Final

from backend.tickets.demo.story import (
    KIM,
    SAM,
    Told,
    closes,
    days,
    hours,
    merges,
    notes,
    reopens,
    says,
    silence,
    takes,
)

PRINTER_LOG: Final = (
    b"18:52:07 job 4411 sent to kitchen-1 (192.168.1.40)\n"
    b"18:52:37 job 4411 no answer within 30 s\n"
    b"18:53:07 job 4411 no answer within 30 s\n"
    b"18:54:10 kitchen-1 answers again\n"
)
GUESTS: Final = (
    b"name,phone,email,notes\nAnna Hofer,,+39 0471 555010,alla finestra\n"
    b"Paolo De Luca,,+39 06 5550 1042,allergico alle noci\n"
)

AURORA: Final = (
    Told(
        days(118), "owner", "How do I add a second till?", "technical", "normal",
        "We open the terrace in spring and want a till outside. Do I register a second business "
        "for that?",
        (
            takes(2),
            says(1, SAM, "No second business is needed. Under **Settings**, **Apps and keys**, add "
                 "an app called *Terrace till*, and type its key into the device once.\n\n"
                 "The key is shown only once: keep it somewhere safe."),
            says(20, "owner", "That took two minutes. Thank you!"),
            closes(4, SAM, "Solved"),
        ),
    ),
    Told(
        days(104), "accountant", "Rechnung mit Steuernummer", "billing", "normal",
        "Guten Tag,\n\nauf unserer Rechnung steht die Partita IVA, unser Steuerberater braucht "
        "zusätzlich den Codice Destinatario. Geht das?\n\nViele Grüße\nLena Gruber",
        (
            says(5, KIM, "Guten Tag Frau Gruber,\n\nder Codice Destinatario steht in der "
                 "E-Rechnung, die in jedem PDF steckt. Ihr Steuerberater kann die Datei direkt "
                 "einlesen.\n\nFreundliche Grüße\nKim Berger"),
            says(26, "accountant", "Er hat sie gefunden, danke."),
            closes(1, "accountant"),
        ),
    ),
    Told(
        days(91), "waiter", "I can't see the guest list any more", "technical", "normal",
        "Since this morning the page with the guests says that I may not see it.",
        (
            notes(1, KIM, "The owner changed his role to waiter yesterday evening; see the trail."),
            says(1, KIM, "Your role is *waiter* now, and waiters see guests by search alone. "
                 "Giulia can change that under **Settings**, **Members**."),
            says(3, "waiter", "Ah. Then it is as it should be, thanks."),
            closes(2, KIM),
        ),
    ),
    Told(
        days(76), "manager", "Import of our old guest list", "technical", "low",
        "I have 2,000 guests in a table from the old system. The columns are in Italian. Can you "
        "read that in for us?",
        (
            takes(6),
            says(1, SAM, "You can do that yourself: **Customers**, **Import**. The names of the "
                 "columns must be `name`, `email`, `phone` and `notes`, the order doesn't matter.\n"
                 "\nThen press *Check first*: nothing is written before you have seen what will "
                 "happen."),
            says(40, "manager", "Some lines are refused, with *Enter a valid email address*. The "
                 "first ones are attached.", ("guests.csv", GUESTS)),
            says(3, SAM, "In these the telephone number stands in the column of the email. Move it "
                 "and they go through. The others are in already and won't be doubled."),
            says(22, "manager", "All in. Grazie mille!"),
            closes(1, SAM, "Solved"),
        ),
    ),
    Told(
        days(63), "owner", "Two evenings without the floor plan", "technical", "high",
        "On Friday and on Saturday the floor plan stayed empty from about 19:30 until 21:00. We "
        "wrote everything on paper, on the two busiest evenings of the week.",
        (
            takes(0.5, KIM),
            says(1, KIM, "I am sorry, that shouldn't happen at all. We are looking into it now."),
            notes(2, KIM, "Ours: the deployment of Friday, rolled back on Sunday. A credit is due, "
                  "**5.00 EUR** as agreed with billing."),
            says(18, KIM, "It was our mistake: a change of Friday morning slowed the plan down for "
                 "restaurants with more than forty tables. It is taken back.\n\n> You will find a "
                 "credit on your next invoice."),
            says(5, "owner", "Thank you for being straight about it."),
            closes(30, "owner", "It works"),
            reopens(52, "owner", "It was slow again tonight, at 20:15, for some minutes."),
            says(2, KIM, "That was the backup, which ran at the wrong hour. From today it runs at "
                 "five in the morning."),
            says(70, "owner", "Three quiet evenings. You can close this."),
            closes(2, KIM, "Solved"),
        ),
        about="service",
    ),
    Told(
        days(49), "manager", "Training for three new waiters", "general", "low",
        "We have three new people from Monday on. Do you come to the restaurant for a training?",
        (
            says(10, SAM, "We do: three hours cost **240 EUR** without tax. Would the afternoon of "
                 "the 3rd suit you?"),
            says(8, "manager", "Yes, at 15:00, before the evening service. Viale is closed, please "
                 "come from the side of the river."),
            says(2, SAM, "Noted. See you then!"),
            closes(200, SAM, "The training took place"),
        ),
    ),
    Told(
        days(33), "accountant", "Skonto bei jährlicher Zahlung", "billing", "low",
        "Was kostet der Tarif *House*, wenn wir jährlich zahlen, und ab wann ginge das?",
        (
            says(20, SAM, "Ein Jahr kostet so viel wie zehn Monate. Sie können jederzeit wechseln, "
                 "und was vom laufenden Monat übrig ist, wird angerechnet: unter **Leistungen**, "
                 "**Tarif ändern**."),
            says(30, "accountant", "Danke, ich lege es der Chefin vor."),
            says(1, SAM, "Gern. Sagen Sie Bescheid, wenn noch etwas fehlt."),
            silence(11.5),
            silence(3.5),
        ),
    ),
    Told(
        days(24), "waiter", "The till logs me out during service", "technical", "high",
        "Every evening around nine I have to sign in again, with guests standing in front of me.",
        (
            takes(1),
            says(1, SAM, "Do you use the same device as your colleagues, and do they sign out at "
                 "the end of their shift?"),
            says(15, "waiter", "Yes, the tablet at the bar. Sofia signs out when she goes home."),
            notes(1, SAM, "Shared session: whoever signs out ends it for both. Explain."),
            says(1, SAM, "That is the reason: signing out ends the session of that tablet for "
                 "everybody. Sign in with your own account when you begin; then it stays."),
            says(48, "waiter", "Since I do that, it works."),
            closes(3, "waiter"),
        ),
    ),
    Told(
        days(13), "manager", "Printer in the kitchen", "technical", "urgent",
        "The printer in the kitchen stays silent for half a minute, then prints three slips at "
        "once. What it wrote down is attached.",
        (
            takes(0.3),
            says(0.5, SAM, "The log says that it falls asleep between two slips. Please switch "
                 "**Energy saving** off, in its menu under *Network*:\n\n1. Menu\n2. Network\n"
                 "3. Energy saving: off"),
            says(2, "manager", "Done. We see tonight."),
            says(20, "manager", "Not one slip was late."),
            closes(12, SAM, "Solved"),
        ),
        files=(("printer.log", PRINTER_LOG),),
    ),
    Told(
        days(12.9), "waiter", "Kitchen doesn't get my orders", "technical", "high",
        "I send them and nothing comes out in the kitchen.",
        (merges(0.5, SAM, "Printer in the kitchen"),),
    ),
    Told(
        days(9), "manager", "A menu in two languages", "general", "low",
        "Many of our guests are Germans. Can the menu be in two languages?",
        (
            says(9, KIM, "Not yet, I am sorry. It is planned for spring. Shall we tell you when it "
                 "is there?"),
        ),
    ),
    Told(
        days(6), "owner", "Who may see the takings?", "general", "normal",
        "Can I let Marco see the reports of the day, but not those of the month?",
        (
            says(7, SAM, "Reports belong to the role: a manager sees all of them, a waiter none. "
                 "There is nothing in between at present."),
            says(16, "owner", "A pity. Then leave it as it is, but please keep it as a wish."),
            says(3, SAM, "It is on the list. You are the fourth to ask, which helps."),
        ),
        unread=True,
    ),
    Told(
        days(2.5), "owner", "Reminder, although I have paid", "billing", "normal",
        "I get a reminder for the training. My bank says that it was paid last week.",
        (
            takes(3),
            notes(0.5, SAM, "Nothing came in under that number. Ask for the reference."),
            says(0.5, SAM, "I can't find a payment for it. Which reference did you give at the "
                 "bank, and on which day was it booked?"),
            says(20, "owner", "The reference was only *Tavola training*, booked last Friday."),
            notes(4, SAM, "Accounting looks through the unclear payments by the end of the week."),
            says(1, SAM, "Thank you. Our accounting looks for it among the payments without a "
                 "number. Until then you don't have to do anything."),
        ),
        about="overdue",
        unread=True,
    ),
    Told(
        hours(34), "accountant", "Doppelte Position auf der Rechnung?", "billing", "normal",
        "Auf der letzten Rechnung steht *Extra people* zusätzlich zu *House*. Ist das nicht im "
        "Tarif enthalten?",
        (
            takes(4),
            says(1, SAM, "Im Tarif sind 25 Personen enthalten; *Extra people* gibt Ihnen zehn "
                 "mehr. Im Moment sind Sie zu viert: Wenn Sie es nicht brauchen, können Sie es zum "
                 "Monatsende kündigen."),
            says(26, "accountant", "Das wusste ich nicht. Können wir rückwirkend kündigen?"),
        ),
        about="invoice",
    ),
    Told(
        hours(27), "waiter", "My name is spelt wrong", "general", "low",
        "It says Luca Bianchi with a double *n* on the receipts: Biannchi.",
        (
            says(4, KIM, "In your profile it is spelt correctly. Which receipt is it, and of which "
                 "day?"),
        ),
        unread=True,
    ),
    Told(
        hours(9), "owner", "No receipts since noon", "technical", "high",
        "Since 12:30 the till prints no receipts. Guests ask for them, and we write them by hand.",
        (
            notes(1, KIM, "Might be the printer again, or the new paper. Who is on duty?"),
        ),
    ),
    Told(
        hours(9.5), "manager", "Table 14 twice on the plan", "technical", "normal",
        "After moving the tables there are two of number 14. Which one is the real one?",
        (takes(1), notes(0.5, SAM, "Try it on the staging system first.")),
    ),
    Told(
        hours(1), "accountant", "Zugang für unseren Steuerberater", "general", "normal",
        "Unser Steuerberater soll die Rechnungen selbst herunterladen. Welche Rolle braucht er?",
    ),
)  # fmt: skip
