"""The root fields of mutations: a folder per noun, and in it a file per mutation."""

import strawberry

from .access import AccessMutations
from .approvals import ApprovalsMutations
from .bulk import BulkMutations
from .catalog import CatalogMutations
from .channels import ChannelsMutations
from .currency import CurrencyMutations
from .customers import CustomersMutations
from .diary import DiaryMutations
from .discounts import DiscountsMutations
from .estimates import EstimatesMutations
from .fulfilment import FulfilmentMutations
from .invoicing import InvoicingMutations
from .metafields import MetafieldsMutations
from .orders import OrdersMutations
from .people import PeopleMutations
from .pricing import PricingMutations
from .privacy import PrivacyMutations
from .procurement import ProcurementMutations
from .settings import SettingsMutations
from .shipping import ShippingMutations
from .stock import StockMutations
from .views import ViewsMutations


@strawberry.type(
    description=(
        "What can be changed. Each root field is one transaction: all of it or nothing. A refusal is an answer of its "
        "union; a refusal that no union has, and every fault, is an error. The header Idempotency-Key (1 to 255 "
        "visible characters, kept for 7 days) makes a repeated request be answered and not carried out again; such a "
        "document holds one root field. Refusals are not kept."
    )
)
class Mutation(
    SettingsMutations,
    ShippingMutations,
    FulfilmentMutations,
    OrdersMutations,
    BulkMutations,
    EstimatesMutations,
    StockMutations,
    ProcurementMutations,
    CustomersMutations,
    PrivacyMutations,
    CatalogMutations,
    DiaryMutations,
    DiscountsMutations,
    ChannelsMutations,
    InvoicingMutations,
    AccessMutations,
    CurrencyMutations,
    ApprovalsMutations,
    MetafieldsMutations,
    PeopleMutations,
    PricingMutations,
    ViewsMutations,
):
    pass
