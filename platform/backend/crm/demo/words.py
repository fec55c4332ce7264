"""The words that demo customers are made of.

People and companies are invented. Addresses end in domains that nobody can own (RFC 2606), and
telephone numbers lie in ranges kept for fiction or can't be assigned at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """Where some guests come from. In `phones` each # is a digit."""

    language: str
    first_names: tuple[str, ...]
    last_names: tuple[str, ...]
    phones: tuple[str, ...]
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Words:
    """A tenant's guests: how many, from where, and what is said of them.

    `origins`, `tags`: how many of a hundred. `notes`: by the tag of whom they are written about,
    "" for anybody. `file`: what somebody imported the other day.
    """

    count: int
    origins: Mapping[Origin, int]
    companies: tuple[str, ...]
    tags: Mapping[str, int]
    notes: Mapping[str, tuple[str, ...]]
    file_name: str
    file: str


def split(words: str) -> tuple[str, ...]:
    return tuple(words.split())


ITALIAN = Origin(
    "it",
    split(
        "Giulia Francesca Chiara Sara Martina Elena Alessia Valentina Federica Silvia Anna "
        "Beatrice Lucia Camilla Irene Ginevra Alessandro Lorenzo Matteo Andrea Francesco "
        "Davide Riccardo Simone Federico Tommaso Niccolò Pietro Giovanni Stefano Leonardo "
        "Cosimo Ugo Nicoletta"
    ),
    (
        *split(
            "Rossi Russo Ferrari Esposito Romano Colombo Ricci Marino Greco Bruno Gallo Costa "
            "Giordano Mancini Rizzo Lombardi Moretti Barbieri Fontana Santoro Mariani Rinaldi "
            "Caruso Ferrara Galli Martini Leone Gentile Vitale Bellini Fabbri Neri D'Angelo Bassi"
        ),
        "De Luca",
        "Della Rovere",
    ),
    ("+39 055 000 ####", "+39 333 000 ####", "055 000 ####"),
    (
        "Via dei Servi {n}\n50122 Firenze",
        "Borgo San Frediano {n}\n50124 Firenze",
        "Via Santo Spirito {n}\n50125 Firenze",
        "Viale dei Mille {n}\n50131 Firenze",
        "Via Roma {n}\n50012 Bagno a Ripoli",
        "Corso Garibaldi {n}\n59100 Prato",
    ),
)
GERMAN = Origin(
    "de",
    split(
        "Anna Katharina Jürgen Sabine Thomas Ulrike Michael Claudia Stefan Birgit Lukas Hannah "
        "Jörg Heike Günther Leonie"
    ),
    split(
        "Müller Schmidt Schneider Weber Meyer Wagner Becker Schäfer Hofmann Koch Bauer Richter "
        "Klein Wolf Schröder Neumann Groß Zimmermann"
    ),
    ("+49 89 99998 ###", "+49 30 23125 ###"),
    ("Leopoldstraße {n}\n80802 München", "Kastanienallee {n}\n10435 Berlin"),
)
FRENCH = Origin(
    "fr",
    split("Élodie Camille Antoine Chloé Mathieu Hélène Benoît Zoé Rémi Inès"),
    split("Lefèvre Moreau Girard Bonnet Lambert Faure Mercier Chevalier"),
    ("+33 1 99 00 ## ##",),
    ("12 rue des Lilas\n75020 Paris",),
)
BRITISH = Origin(
    "en",
    split(
        "Olivia Amelia Isla Ava Emily Sophie Grace Charlotte Eleanor Alice Harriet Imogen George "
        "Oliver Harry Jack Thomas James William Henry Edward Arthur Callum Rhys Niamh Fiona Ewan "
        "Priya Zara Imran Kwame Adaeze"
    ),
    (
        *split(
            "Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Wright Walker Hughes "
            "Green Hall Clarke Cooper Ward Turner Hill Khan Begum Okafor Mensah MacLeod Campbell "
            "O'Brien Byrne Evans Morgan Whitfield Ashcroft Pemberton"
        ),
        "Lloyd-Price",
    ),
    ("+44 20 7946 0###", "+44 7700 900###", "020 7946 0###", "07700 900###"),
    (
        "{n} Lamb's Conduit Street\nLondon WC1N",
        "{n} Exmouth Market\nLondon EC1R",
        "Flat {n}, Wharf House\nLondon N1",
        "{n} Bellenden Road\nLondon SE15",
        "{n} Columbia Road\nLondon E2",
    ),
)
JAPANESE = Origin(
    "ja",
    split(
        "Haruka Yuki Sakura Aiko Naomi Emi Mariko Kenji Takumi Daisuke Hiroshi Satoshi Ryo Kaito "
        "Akira Noriko"
    ),
    split(
        "Sato Suzuki Takahashi Tanaka Watanabe Itō Yamamoto Nakamura Kobayashi Katō Yoshida Yamada "
        "Sasaki Matsumoto Inoue Kimura"
    ),
    ("+81 3-0000-####", "+44 7700 900###"),
    ("{n} Brick Lane\nLondon E1",),
)
POLISH = Origin(
    "pl",
    split("Łukasz Małgorzata Zofia Jakub Agnieszka Paweł Wojciech Hanna"),
    split("Nowak Kowalska Wiśniewski Wójcik Zieliński Dąbrowska Kamiński"),
    ("+44 7700 900###",),
    ("{n} Northfield Avenue\nLondon W13",),
)
AMERICAN = Origin(
    "en",
    split("Emma Ethan Madison Tyler Ashley Brandon Megan Logan"),
    split("Anderson Martinez Thompson Garcia Robinson Nguyen Carter Brooks"),
    ("+1 212-555-01##", "+1 415-555-01##"),
    ("{n} Maple Street\nBrooklyn, NY",),
)

AURORA = Words(
    count=430,
    origins={ITALIAN: 72, GERMAN: 13, AMERICAN: 9, FRENCH: 6},
    companies=(
        "Studio Legale Rinaldi",
        "Cantina Poggio Chiaro",
        "Galleria Lungarno",
        "Tipografia Fabbri & Figli",
        "Architetti Associati Santo Spirito",
        "Conceria Bellini",
        "Libreria del Porcellino",
        "Officine Moretti S.r.l.",
    ),
    tags={
        "Regular": 15,
        "Newsletter": 14,
        "Wine club": 7,
        "Vegetarian": 6,
        "VIP": 4,
        "Business lunch": 4,
        "Allergy: gluten": 3,
        "Allergy: nuts": 2,
        "Press": 1,
    },
    notes={
        "": (
            "Prefers the terrace, away from the heater.",
            "Asked for the recipe of the ribollita. Marco promised to send it.",
            "Comes with two small children: high chair and crayons.",
            "Always early. Offer a glass of Vernaccia at the bar.",
            "Left an umbrella on Saturday. It is in the office.",
            "Celebrated her graduation here with eleven friends.",
            "Doesn't like to be seated near the kitchen door.",
            "Speaks little Italian; menu in English, please.",
            "Was unhappy about the wait in July. Dessert was on us.",
            "Pays by bank transfer at the end of the month.",
            "Uses a wheelchair: table 4 or 7, and keep the aisle clear.",
            "Wedding anniversary on 12 June: candles, no singing.",
            "The bistecca well done. Don't argue.",
        ),
        "VIP": (
            "Table 12 by the window, whatever it takes.",
            "Call him before the truffle season starts.",
            "Giulia greets her in person.",
        ),
        "Regular": (
            "Every Thursday after the theatre, usually four.",
            "Knows the whole team by name. Ask about the dog, Argo.",
        ),
        "Wine club": (
            "Collects Brunello; let her taste the 2016 before we open the rest.",
            "Picks up his six bottles at the end of the month.",
        ),
        "Allergy: nuts": ("Serious nut allergy, carries an EpiPen. Tell the kitchen each time.",),
        "Allergy: gluten": ("Coeliac. Separate water for the pasta.",),
        "Vegetarian": ("No stock made of meat either.",),
        "Press": ("Writes for a food magazine. Books under another name.",),
        "Business lunch": ("Needs to be out by 14:15, bill with the coffee.",),
    },
    file_name="wine-club-autumn.csv",
    file=(
        "Name;E-Mail;Telefon;Geburtstag;Tags\n"
        "Ottavia Serristori;ottavia.serristori@example.com;+39 055 000 7101;14.3.1971;Wine club\n"
        "Guido Castellani;guido.castellani@example.com;+39 055 000 7102;;Wine club|Regular\n"
        "Bianca Torrigiani;bianca.torrigiani@example.com;;2.9.1988;Wine club\n"
        "Ruggero Salviati;ruggero.salviati@example;+39 055 000 7104;;Wine club\n"
        "Fiamma Peruzzi;fiamma.peruzzi@example.com;+39 055 000 7105;31.2.1990;Wine club\n"
        "Oreste Guidi;oreste.guidi@example.com;+39 055 000 7106;;Wine club\n"
    ),
)
BLUEFIN = Words(
    count=360,
    origins={BRITISH: 66, JAPANESE: 19, POLISH: 8, AMERICAN: 7},
    companies=(
        "Harbour & Finch Solicitors",
        "Kestrel Architects",
        "Thameside Books",
        "Brightwell Studios",
        "Marlowe Capital LLP",
        "The Lantern Gallery",
        "Nakamura Trading UK",
    ),
    tags={
        "Regular": 13,
        "Newsletter": 18,
        "Omakase": 8,
        "Sake": 6,
        "Corporate": 5,
        "VIP": 4,
        "Vegan": 4,
        "Allergy: shellfish": 3,
        "Allergy: soy": 1,
        "Press": 1,
    },
    notes={
        "": (
            "Counter seats only, as near to the chef as possible.",
            "Left-handed: set the chopsticks on the other side.",
            "Birthday in the family every few weeks. Keep mochi ready.",
            "Prefers the first sitting; has a train at 20:40.",
            "Doesn't drink. Offer the yuzu soda.",
            "Asked whether we do takeaway for office lunches.",
            "Sent back the eel once. No eel.",
            "Brings clients from abroad: English menus without prices.",
            "The booth at the back, please: she is hard of hearing.",
            "Complained about the draught at table 3. Moved to 8, was happy.",
            "Deposit paid for the party of ten in December.",
            "Wasabi on the side.",
        ),
        "VIP": (
            "Chef Hana wants to know when he is in.",
            "Never ask for a card. We invoice the office.",
        ),
        "Regular": ("First Friday of the month, table for two at seven.",),
        "Omakase": (
            "Twelve courses, no mackerel, thank you.",
            "Has had the autumn menu; surprise her.",
        ),
        "Sake": ("Keeps a bottle of junmai daiginjo with us. Shelf 2, named.",),
        "Allergy: shellfish": ("Shellfish: severe. Separate board and knife.",),
        "Allergy: soy": ("No soy. Tamari won't do either; use the coconut aminos.",),
        "Vegan": ("Vegan, dashi included: kombu broth only.",),
        "Press": ("Restaurant critic. Treat as anybody else, only better.",),
        "Corporate": ("Invoice to accounts payable, purchase order in the subject.",),
    },
    file_name="christmas-party-list.csv",
    file=(
        "name,email,phone,company,tags\n"
        "Rosalind Thackeray,rosalind.thackeray@example.com,+44 20 7946 0711,Kestrel Architects,"
        "Corporate\n"
        "Barnaby Quince,barnaby.quince@example.com,+44 20 7946 0712,Kestrel Architects,Corporate\n"
        "Winifred Sharp,winifred.sharp@example.com,+44 20 7946 0713,Kestrel Architects,Corporate\n"
        ",mystery.guest@example.com,+44 20 7946 0714,Kestrel Architects,Corporate\n"
        "Cornelius Platt,cornelius.platt@example.com,+44 20 7946 0715,Kestrel Architects,"
        "Corporate\n"
    ),
)
