"""The root fields of queries, one module per noun."""

import strawberry

from .access import AccessQueries
from .approvals import ApprovalsQueries
from .audit import AuditQueries
from .bulk import BulkQueries
from .catalog import CatalogQueries
from .changes import ChangesQueries
from .channels import ChannelsQueries
from .currency import CurrencyQueries
from .customers import CustomersQueries
from .dead_letters import DeadLettersQueries
from .diary import DiaryQueries
from .discount_preview import DiscountPreviewQueries
from .discounts import DiscountsQueries
from .estimates import EstimatesQueries
from .invoicing import InvoicingQueries
from .metafields import MetafieldsQueries
from .morning import MorningQueries
from .order_at import OrderAtQueries
from .orders import OrdersQueries
from .payloads import PayloadsQueries
from .people import PeopleQueries
from .pricing import PricingQueries
from .privacy import PrivacyQueries
from .procurement import ProcurementQueries
from .settings import SettingsQueries
from .stock import StockQueries
from .views import ViewsQueries


@strawberry.type(description="What can be read.")
class Query(
    ChangesQueries,
    BulkQueries,
    CatalogQueries,
    CustomersQueries,
    PrivacyQueries,
    DiaryQueries,
    PayloadsQueries,
    DiscountPreviewQueries,
    DiscountsQueries,
    DeadLettersQueries,
    ChannelsQueries,
    InvoicingQueries,
    OrdersQueries,
    OrderAtQueries,
    EstimatesQueries,
    AccessQueries,
    AuditQueries,
    CurrencyQueries,
    ApprovalsQueries,
    MetafieldsQueries,
    PeopleQueries,
    PricingQueries,
    SettingsQueries,
    MorningQueries,
    StockQueries,
    ProcurementQueries,
    ViewsQueries,
):
    pass
