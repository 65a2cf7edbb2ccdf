"""All tables, imported so that the metadata is whole. Import this before using the metadata."""

from domain.access import models as access
from domain.approvals import models as approvals
from domain.audit import models as audit
from domain.bulk import models as bulk
from domain.calendar import models as calendar
from domain.catalog import models as catalog
from domain.changes import models as changes
from domain.channels import models as channels
from domain.currency import models as currency
from domain.customers import models as customers
from domain.diary import models as diary
from domain.discounts import models as discounts
from domain.estimates import models as estimates
from domain.fulfilment import models as fulfilment
from domain.intake import models as intake
from domain.invoicing import models as invoicing
from domain.kernel import attempts, connector_state, idempotency, outbox, schedule
from domain.kernel.database import Base
from domain.metafields import models as metafields
from domain.orders import models as orders
from domain.payments import models as payments
from domain.pricing import models as pricing
from domain.privacy import models as privacy
from domain.procurement import models as procurement
from domain.push import models as push
from domain.shipping import models as shipping
from domain.stock import models as stock
from domain.teams import models as teams
from domain.views import models as views

__all__ = [
    "Base",
    "access",
    "approvals",
    "attempts",
    "audit",
    "bulk",
    "calendar",
    "catalog",
    "changes",
    "channels",
    "connector_state",
    "currency",
    "customers",
    "diary",
    "discounts",
    "estimates",
    "fulfilment",
    "idempotency",
    "intake",
    "invoicing",
    "metafields",
    "orders",
    "outbox",
    "payments",
    "pricing",
    "privacy",
    "procurement",
    "push",
    "schedule",
    "shipping",
    "stock",
    "teams",
    "views",
]
