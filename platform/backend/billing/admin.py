"""Staff's view of what is sold and paid: services, invoices, money, and who sells."""

from backend.billing import (  # noqa: F401 - each registers its page
    admin_accounts,
    admin_credit_notes,
    admin_invoices,
    admin_payments,
    admin_records,
    admin_refunds,
    admin_seller,
    admin_services,
)
