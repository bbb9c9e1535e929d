"""A catalog in Python: a small tea shop. It calls no other service, so it cannot fail.

What it exports is the interface `catalog` of the world `catalog-demo` in wit/storefront: records are data classes with
names in snake case, and `None` is the `none` of an option. `componentize-py` makes a component of it, in which WASI is
replaced by traps: no clock, no file and no randomness is left to import, so the module must need none of them.
"""

import re
from collections import defaultdict
from urllib.parse import quote

from wit_world import exports
from wit_world.imports.catalog_types import Assortment, Collection, Image, Product

# Prices are in cents.
CURRENCY = "EUR"
SIDE = 600


def picture(colour: str, alt: str) -> Image:
    """A cup of some colour, as a `data:` address (RFC 2397)."""
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">'
        f'<path fill="#fed" d="M0 0h600v600H0z"/><path fill="#{colour}" d="M150 200h300l-40 240H190z"/></svg>'
    )
    return Image(f"data:image/svg+xml,{quote(svg)}", alt, SIDE, SIDE)


def product(id: str, title: str, description: str, category: str, price: int, colour: str, **more) -> Product:
    return Product(
        id=id,
        title=title,
        description=description,
        vendor="Leaf & Kettle",
        category=category,
        tags=more.get("tags", []),
        url=f"#product-{id}",
        image=picture(colour, title),
        second_image=None,
        price=price,
        price_before=more.get("price_before"),
        available=more.get("available", True),
        rating=None,
        choice=None,
    )


PRODUCTS = [
    product("first-flush", "First Flush", "The first leaves of the year, light and floral.", "Tea", 1450, "8a5", tags=["bestseller"]),
    product("smoked-pine", "Smoked Pine", "Dried over a pine fire. It tastes of evenings outside.", "Tea", 1290, "543"),
    product("mountain-mint", "Mountain Mint", "No tea in it at all, and none missed.", "Infusions", 690, "5a8", price_before=890),
    product("iron-pot", "Iron Pot", "Keeps a litre hot for as long as the talk lasts.", "Pots", 6400, "333"),
    product("clay-cup", "Clay Cup", "Fired twice, glazed once, no two the same.", "Cups", 1800, "a63"),
    product("white-needle", "White Needle", "Picked on a few mornings in March. Sold out until the next.", "Tea", 3900, "ccb", available=False),
]


def collections() -> list[Collection]:
    """The shop's categories; it has no pages of them."""
    by_category = defaultdict(list)
    for each in PRODUCTS:
        by_category[each.category].append(each.id)
    found = [Collection(title.lower(), title, "", ids) for title, ids in by_category.items()]
    return sorted(found, key=lambda collection: -len(collection.products))


def is_found(each: Product, term: str) -> bool:
    wanted = re.findall(r"\w+", term.lower())
    text = f"{each.title} {each.description} {each.category}".lower()
    return bool(wanted) and all(word in text for word in wanted)


class Catalog(exports.Catalog):
    def products(self, shop, market, freshness):
        return Assortment(
            shop_name="", currency=CURRENCY, money_format="", best_sellers_first=False, products=PRODUCTS
        )

    def collections(self, shop, market, freshness):
        return collections()

    def members(self, shop, freshness, handles):
        by_handle = {collection.handle: collection.products for collection in collections()}
        return [by_handle.get(handle, []) for handle in handles]

    def by_name(self, shop, market, freshness, names):
        return [each for each in PRODUCTS if each.id in names]

    def search(self, shop, market, freshness, term):
        return [each for each in PRODUCTS if is_found(each, term)]
