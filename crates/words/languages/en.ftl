# The words of Wandstore in English. Every language has a file with these messages: see docs/languages.md.

## The frame of a page

skip = Skip to content
# The name of the navigation, for screen readers.
shop = Shop
all-products = All products
cart = Cart
top = Back to top
visit-shop = Visit the shop
# At the end of a page, with the titles of products that this shopper viewed, and if they viewed none that is there.
why-viewed = Chosen for you because of what you looked at: { $products }
why-bought = Chosen for you because you bought something here before.

## Products

# Before a price that was reduced, for screen readers.
price-now = Now
# Before the former price, for screen readers.
price-before = Before
percent-off = { $percent }% off
# What buyers say of a product, for screen readers: the average, and how many say it.
stars = { $stars } out of 5 stars
reviews = { $count ->
    [one] { $count } review
   *[other] { $count } reviews
}
# The label of the total price of a bundle.
together = { $count ->
    [one] { $count } product
   *[other] { $count } products together
}
# The rows of a table that compares products: their type, their vendor and their description.
compared-type = Type
compared-vendor = Brand
compared-description = About
# Before the last day of the merchant's announcement.
until = Until { $date }
# The first and the last band of prices.
price-up-to = Up to { $amount }
price-from = From { $amount }
add-to-cart = Add to cart
view-product = View product
sold-out = Sold out
sort = Sort
sort-featured = Featured
sort-price-ascending = Price, low to high
sort-price-descending = Price, high to low
search = Search
search-in = Search { $shop }
# The name of the list of the merchant's promises, for screen readers.
promises = Our promises

## The fallback page

unavailable = We cannot show our products right now. Please try again in a moment.
no-products = There are no products to show yet.
all-sold-out = Everything is sold out at the moment.
look-around = Have a look around.
best-sellers-headline = Our best sellers
best-sellers-text = What sells best here.
best-sellers = Best sellers
products = Products
reduced = Reduced right now
what-are-you-looking-for = What are you looking for?
collections = Look around
# A link to the page, for shoppers without scripts.
see-yours = See what we picked for you

## Pages of products, collections, searches and carts: what they begin with

# The first and the third stand above products that have a tag in common with it, and must not say more than that they may
# suit it. The last two stand above a table that compares products.
could-go-with-it = Could go with it
more-of-it = More of this kind
could-go-with-cart = Could go with your cart
also-here = Also in the shop
for-your-search = For your search
at-a-glance = At a glance
at-a-glance-text = How they differ, line by line.

## The script

added = Added
ready = Your storefront is ready
found = { $count ->
    [0] No products found on this page
    [one] { $count } product found on this page
   *[other] { $count } products found on this page
}

## The local planner: for each place, phrases in different words, the best first. They claim nothing about quality,
## origin, popularity, choice, stock or delivery.

again-1 = Have it again
again-2 = Once more
spotlight-text-1 = Take a closer look.
spotlight-text-2 = See what it is.
bundle-1 = Side by side
bundle-2 = A few of a kind
bundle-text-1 = Here is what they cost together.
bundle-text-2 = See the sum of them.
# Says that the products are reduced, and no more.
deals-1 = Reduced right now
deals-2 = Lower than before
deals-3 = Marked down
search-heading-1 = Looking for something?
search-heading-2 = Find it here
search-heading-3 = Search
story-1 = Take your time
story-2 = Where to go from here
story-text-1 = Browse as long as you like.
story-text-2 = Look through the shop at your own pace.
recently-viewed-1 = Seen before
recently-viewed-2 = Back to these
recently-viewed-3 = Another look
# Beside the large picture of one product.
scene-1 = Up close
scene-2 = And then this
scene-text-1 = Let it speak for itself.
scene-text-2 = A picture says enough.
# Above a collage of products, and above a table that compares them.
lookbook-1 = In pictures
lookbook-2 = To look at
lookbook-text-1 = Let the eye decide.
lookbook-text-2 = No words needed.
comparison-1 = Next to each other
comparison-2 = Line by line
comparison-text-1 = The facts, in columns.
comparison-text-2 = What the one is and the other is not.
# Above links to product types, to collections, to vendors, and to bands of prices.
categories-1 = Where to begin
categories-2 = By kind
collection-list-1 = Collections
collection-list-2 = Look further
brands-1 = By name
brands-2 = Names
price-guide-1 = What would you like to spend?
price-guide-2 = How much should it be?
# Above the merchant's questions and answers.
questions-1 = Questions
questions-2 = Asked before

minimalist-headline-1 = This one
minimalist-headline-2 = Start here
minimalist-headline-3 = Straight to it
minimalist-text-1 = A short page, and that is all.
minimalist-text-2 = One to begin with, and a few others.
minimalist-grid-1 = A short list
minimalist-grid-2 = A few others
minimalist-spotlight-1 = Or this one
minimalist-spotlight-2 = One more to compare

explorer-headline-1 = Take the long way round
explorer-headline-2 = Have a look round
explorer-headline-3 = Wander a little
explorer-text-1 = Start anywhere and see where it leads.
explorer-text-2 = Look at one thing, then at another.
explorer-grid-1 = Look around
explorer-grid-2 = A bit of this and that
explorer-spotlight-1 = Something different
explorer-spotlight-2 = Of another kind

dealhunter-headline-1 = What things cost
dealhunter-headline-2 = Prices at a glance
dealhunter-headline-3 = Compare first
dealhunter-text-1 = Compare the prices, then decide.
dealhunter-text-2 = Look at the numbers first.
# The first two say that the shop's lowest prices come first, the others that the order is by price.
dealhunter-grid-1 = Lowest price first
dealhunter-grid-2 = Cheapest first
dealhunter-grid-3 = Sorted by price
dealhunter-grid-4 = In order of price
dealhunter-spotlight-1 = Have a look at this
dealhunter-spotlight-2 = One more to see

loyalist-headline-1 = Good to see you
loyalist-headline-2 = Welcome
loyalist-headline-3 = Here you are
loyalist-text-1 = Have a look at what is here today.
loyalist-text-2 = Look around for as long as you like.
loyalist-grid-1 = More to look at
loyalist-grid-2 = Some others
loyalist-spotlight-1 = Have a look at this
loyalist-spotlight-2 = One more to see
