"""What a storm is made of: a busy store, and somebody who kills at random moments."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from tests.chaos.shop import Letter, Shop
from tests.chaos.waiting import until_true

TEMPLATES = ("guest-cod", "percent-coupon", "fees", "custom-price", "large", "checkout", "prices-without-tax")


@dataclass
class BusyStore:
    """A store's orders that it changes itself, those that it leaves to us, and its letters about all."""

    changed: list[int]
    operated: list[int]
    letters: list[Letter]


def place_mixed(shop: Shop, count: int) -> list[int]:
    """Orders of all kinds, with goods in different orders of their lines."""
    return [shop.place(1, TEMPLATES[place % len(TEMPLATES)])[0] for place in range(count)]


def busy_store(shop: Shop, *, changed: int, operated: int) -> BusyStore:
    """Three versions of each of the changed orders; every third is cancelled at last."""
    numbers = place_mixed(shop, changed)
    ours = shop.place(operated)
    letters = shop.letters()
    for street, cancels in (("Str. A Doua", False), ("Str. A Treia", True)):
        shop.later()
        for place, number in enumerate(numbers):
            last = {"status": "cancelled"} if cancels and place % 3 == 0 else {}
            shop.revise(number, {"shipping": {"address_1": f"{street} {number}"}, **last})
        letters += shop.letters()
    return BusyStore(numbers, ours, letters)


def disordered(letters: list[Letter], doubled: int, chance: random.Random) -> list[Letter]:
    """The letters with `doubled` of them twice; most stay near their place, some go far from it. Each is marked, so
    that it can be found again."""
    all_ = [letter.marked() for letter in (*letters, *chance.sample(letters, doubled))]
    places = [(place + chance.gauss(0, 15 if chance.random() < 0.8 else 150), place) for place in range(len(all_))]
    return [all_[place] for _, place in sorted(places)]


async def strike(blows: list[Callable[[], bool]], count: Callable[[], int], last: int, chance: random.Random) -> None:
    """Deals the blows in a random order, each at a random moment: when `count` has passed some number below `last`. A
    blow that finds nobody (what was killed is only just started again) is dealt again until it does."""
    chance.shuffle(blows)
    moments = sorted(chance.randrange(last) for _ in blows)
    for blow, moment in zip(blows, moments, strict=True):
        await until_true(lambda moment=moment: count() >= moment, what="letters are taken")  # type: ignore[misc]
        await until_true(blow, what="somebody is there to be killed")
