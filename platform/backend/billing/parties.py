"""Who buys, as it stands on a document, and how the buyer is taxed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from backend.billing.models.issued import TaxCategory
from backend.tenants.countries import COUNTRIES
from backend.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Tax:
    category: TaxCategory
    percent: Decimal


def buyer_of(tenant: Tenant) -> dict[str, Any]:
    """What invoices copy. `reference` is what both sides call the tenant."""
    return {
        "name": tenant.legal_name or tenant.name,
        "trading_name": tenant.name,
        "street": tenant.street,
        "postcode": tenant.postcode,
        "city": tenant.city,
        "country": tenant.country,
        "vat_id": tenant.vat_id,
        "reference": tenant.slug,
    }


def tax_for(seller_country: str, buyer_country: str, buyer_vat_id: str) -> Tax:
    """How a service to a business is taxed (Directive 2006/112/EC, articles 44 and 196).

    At home the standard rate. To a business elsewhere in the EU none: the buyer owes it, and proves
    by a VAT id that it is a business; without one it is charged the seller's rate. Outside the EU,
    or from outside it, it isn't in the scope of the seller's tax; nor is anything where the
    seller's country has none (the United States: what its states may tax isn't charged here).
    """
    seller, buyer = COUNTRIES.get(seller_country), COUNTRIES.get(buyer_country)
    if seller is None or not seller.rates:
        return Tax(TaxCategory.OUTSIDE, Decimal("0.00"))
    standard = Decimal(seller.rates[0].percent)
    if seller_country == buyer_country:
        return Tax(TaxCategory.STANDARD, standard)
    if seller.is_eu_vat and buyer and buyer.is_eu_vat:
        if buyer_vat_id:
            return Tax(TaxCategory.REVERSE_CHARGE, Decimal("0.00"))
        return Tax(TaxCategory.STANDARD, standard)
    return Tax(TaxCategory.OUTSIDE, Decimal("0.00"))
