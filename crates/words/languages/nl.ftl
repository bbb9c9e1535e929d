## The frame of a page

skip = Naar de inhoud
shop = Winkel
all-products = Alle producten
cart = Winkelwagen
top = Terug naar boven
visit-shop = Naar de winkel
why-viewed = Voor je uitgekozen omdat je hiernaar hebt gekeken: { $products }
why-bought = Voor je uitgekozen omdat je hier al eens iets hebt gekocht.

## Products

price-now = Nu
price-before = Eerder
percent-off = { $percent }% korting
stars = { $stars } van 5 sterren
reviews = { $count ->
    [one] { $count } beoordeling
   *[other] { $count } beoordelingen
}
together = { $count ->
    [one] { $count } product
   *[other] { $count } producten samen
}
compared-type = Soort
compared-vendor = Merk
compared-description = Beschrijving
until = Tot en met { $date }
price-up-to = Tot { $amount }
price-from = Vanaf { $amount }
add-to-cart = In winkelwagen
view-product = Bekijk product
sold-out = Uitverkocht
sort = Sorteren
sort-featured = Uitgelicht
sort-price-ascending = Prijs, laag naar hoog
sort-price-descending = Prijs, hoog naar laag
search = Zoeken
search-in = Zoeken in { $shop }
promises = Onze beloftes

## The fallback page

unavailable = We kunnen onze producten nu niet laten zien. Probeer het zo nog eens.
no-products = Er zijn nog geen producten.
all-sold-out = Op dit moment is alles uitverkocht.
look-around = Kijk gerust rond.
best-sellers-headline = Onze bestsellers
best-sellers-text = Wat hier het meest verkocht wordt.
best-sellers = Bestsellers
products = Producten
reduced = Nu afgeprijsd
what-are-you-looking-for = Waar ben je naar op zoek?
collections = Om rond te kijken
see-yours = Bekijk wat we voor je hebben uitgekozen

## Pages of products, collections, searches and carts: what they begin with

could-go-with-it = Past hier misschien bij
more-of-it = Meer van dit soort
could-go-with-cart = Past misschien bij je winkelwagen
also-here = Ook in de winkel
for-your-search = Bij je zoekopdracht
at-a-glance = In één oogopslag
at-a-glance-text = Waarin ze verschillen.

## The script

added = Toegevoegd
ready = Je selectie staat klaar
found = { $count ->
    [0] Geen producten gevonden op deze pagina
    [one] { $count } product gevonden op deze pagina
   *[other] { $count } producten gevonden op deze pagina
}

## The local planner

again-1 = Nog een keer
again-2 = Opnieuw
spotlight-text-1 = Van dichterbij bekeken.
spotlight-text-2 = Kijk wat het is.
bundle-1 = Naast elkaar
bundle-2 = Van dezelfde soort
bundle-text-1 = Dit kosten ze samen.
bundle-text-2 = Bekijk het totaal.
deals-1 = Nu afgeprijsd
deals-2 = Voor een lagere prijs dan eerst
deals-3 = Met korting
search-heading-1 = Iets zoeken?
search-heading-2 = Hier te vinden
search-heading-3 = Zoeken
story-1 = Neem de tijd
story-2 = Waar nu heen
story-text-1 = Kijk rond zo lang als je wilt.
story-text-2 = Loop de winkel door in je eigen tempo.
recently-viewed-1 = Eerder gezien
recently-viewed-2 = Terug naar deze
recently-viewed-3 = Nog een blik
scene-1 = Van dichtbij
scene-2 = En dan dit
scene-text-1 = Het beeld spreekt voor zich.
scene-text-2 = Een beeld zegt genoeg.
lookbook-1 = In beeld
lookbook-2 = Om naar te kijken
lookbook-text-1 = Laat het oog beslissen.
lookbook-text-2 = Woorden zijn niet nodig.
comparison-1 = Naast elkaar gezet
comparison-2 = Regel voor regel
comparison-text-1 = De gegevens, in kolommen.
comparison-text-2 = Wat het ene is en het andere niet.
categories-1 = Waar te beginnen
categories-2 = Per soort
collection-list-1 = Collecties
collection-list-2 = Verder kijken
brands-1 = Op naam
brands-2 = Namen
price-guide-1 = Wat wilt u uitgeven?
price-guide-2 = Hoeveel mag het zijn?
questions-1 = Vragen
questions-2 = Eerder gevraagd

minimalist-headline-1 = Deze
minimalist-headline-2 = Begin hier
minimalist-headline-3 = Zonder omwegen
minimalist-text-1 = Een korte pagina, meer niet.
minimalist-text-2 = Een om mee te beginnen, en een paar andere.
minimalist-grid-1 = Een korte lijst
minimalist-grid-2 = Een paar andere
minimalist-spotlight-1 = Of deze
minimalist-spotlight-2 = Nog een om te vergelijken

explorer-headline-1 = Langs een omweg
explorer-headline-2 = Een rondje door de winkel
explorer-headline-3 = Even dwalen
explorer-text-1 = Begin ergens en kijk waar het heen gaat.
explorer-text-2 = Bekijk het ene, en dan het andere.
explorer-grid-1 = Om rond te kijken
explorer-grid-2 = Van alles wat
explorer-spotlight-1 = Iets anders
explorer-spotlight-2 = Van een andere soort

dealhunter-headline-1 = Wat dingen kosten
dealhunter-headline-2 = De prijzen op een rij
dealhunter-headline-3 = Eerst vergelijken
dealhunter-text-1 = Vergelijk de prijzen, en kies dan.
dealhunter-text-2 = Kijk eerst naar de getallen.
dealhunter-grid-1 = Laagste prijs eerst
dealhunter-grid-2 = Goedkoopste eerst
dealhunter-grid-3 = Gesorteerd op prijs
dealhunter-grid-4 = Op volgorde van prijs
dealhunter-spotlight-1 = Kijk hier eens naar
dealhunter-spotlight-2 = Nog een om te zien

loyalist-headline-1 = Fijn je te zien
loyalist-headline-2 = Welkom
loyalist-headline-3 = Daar ben je
loyalist-text-1 = Kijk wat er vandaag is.
loyalist-text-2 = Blijf zo lang als je wilt.
loyalist-grid-1 = Meer om te bekijken
loyalist-grid-2 = Een paar andere
loyalist-spotlight-1 = Kijk hier eens naar
loyalist-spotlight-2 = Nog een om te zien
