"""exchangeRatesSet."""

from sqlalchemy.ext.asyncio import AsyncSession

from api.graphql.answers import Made
from api.graphql.change import change
from api.graphql.context import Info
from api.graphql.fields import root
from api.graphql.types.currency import ExchangeRatesResult, ExchangeRatesSetInput
from domain.currency.set_rates import BY_HAND, Rate, SetRates, set_rates
from domain.kernel.actor import Permission


async def _exchange_rates_set(info: Info, input: ExchangeRatesSetInput) -> ExchangeRatesResult:
    async def work(session: AsyncSession) -> Made:
        command = SetRates(
            day=input.day,
            rates=[Rate(one.currency, one.rate, one.multiplier) for one in input.rates],
            source=input.source or BY_HAND,
        )
        await set_rates(session, info.context.actor, command)
        return Made("ExchangeRates", {"day": input.day.isoformat()})

    return await change(info, work)


field = root(
    _exchange_rates_set,
    permission=Permission.SETTINGS_EDIT,
    description=(
        "Writes the rates of a day, over those that it has; a currency that is not named keeps its own. On a day "
        "without a rate the last one before it holds, for 31 days. Repeated, it changes nothing."
    ),
)
