## The frame of a page

skip = Till innehållet
shop = Butik
all-products = Alla produkter
cart = Varukorg
top = Till toppen
visit-shop = Till butiken
why-viewed = Valt åt dig utifrån det du har tittat på: { $products }
why-bought = Valt åt dig eftersom du har handlat här förut.

## Products

price-now = Nu
price-before = Tidigare
percent-off = { $percent } % rabatt
stars = { $stars } av 5 stjärnor
reviews = { $count ->
    [one] { $count } omdöme
   *[other] { $count } omdömen
}
together = { $count ->
    [one] { $count } produkt
   *[other] { $count } produkter tillsammans
}
compared-type = Typ
compared-vendor = Märke
compared-description = Beskrivning
until = Till och med { $date }
price-up-to = Upp till { $amount }
price-from = Från { $amount }
add-to-cart = Lägg i varukorgen
view-product = Visa produkten
sold-out = Slutsåld
sort = Sortera
sort-featured = Utvalt
sort-price-ascending = Pris, lågt till högt
sort-price-descending = Pris, högt till lågt
search = Sök
search-in = Sök hos { $shop }
promises = Våra löften

## The fallback page

unavailable = Vi kan inte visa våra produkter just nu. Försök igen om en liten stund.
no-products = Det finns inga produkter än.
all-sold-out = Allt är slutsålt för tillfället.
look-around = Se dig omkring.
best-sellers-headline = Våra bästsäljare
best-sellers-text = Det som säljer bäst här.
best-sellers = Bästsäljare
products = Produkter
reduced = Nedsatt just nu
what-are-you-looking-for = Vad letar du efter?
collections = Att titta på
see-yours = Se vad vi har valt åt dig

## Pages of products, collections, searches and carts: what they begin with

could-go-with-it = Kan passa till
more-of-it = Mer av samma slag
could-go-with-cart = Kan passa till din varukorg
also-here = Finns också i butiken
for-your-search = För din sökning
at-a-glance = I korthet
at-a-glance-text = Så skiljer de sig åt.

## The script

added = Tillagd
ready = Ditt urval är klart
found = { $count ->
    [0] Inga produkter hittades på sidan
    [one] { $count } produkt hittades på sidan
   *[other] { $count } produkter hittades på sidan
}

## The local planner

again-1 = En gång till
again-2 = Igen
spotlight-text-1 = Titta närmare.
spotlight-text-2 = Se vad det är.
bundle-1 = Sida vid sida
bundle-2 = Av samma slag
bundle-text-1 = Det här kostar de tillsammans.
bundle-text-2 = Se summan.
deals-1 = Nedsatt just nu
deals-2 = Till sänkt pris
deals-3 = Med rabatt
search-heading-1 = Letar du efter något?
search-heading-2 = Här går det att leta
search-heading-3 = Sök
story-1 = Utan brådska
story-2 = Vart härnäst
story-text-1 = Titta runt så länge du vill.
story-text-2 = Gå genom butiken i egen takt.
recently-viewed-1 = Sett tidigare
recently-viewed-2 = Tillbaka till dessa
recently-viewed-3 = En blick till
scene-1 = På nära håll
scene-2 = Och sedan den här
scene-text-1 = Bilden talar för sig själv.
scene-text-2 = En bild säger tillräckligt.
lookbook-1 = I bilder
lookbook-2 = Att titta på
lookbook-text-1 = Låt ögat bestämma.
lookbook-text-2 = Inga ord behövs.
comparison-1 = Bredvid varandra
comparison-2 = Rad för rad
comparison-text-1 = Uppgifterna, i kolumner.
comparison-text-2 = Vad den ena är och den andra inte.
categories-1 = Var ska man börja?
categories-2 = Efter slag
collection-list-1 = Kollektioner
collection-list-2 = Titta vidare
brands-1 = Efter namn
brands-2 = Namn
price-guide-1 = Vad får det kosta?
price-guide-2 = Hur mycket vill du lägga?
questions-1 = Frågor och svar
questions-2 = Det har andra frågat

minimalist-headline-1 = Den här
minimalist-headline-2 = Börja här
minimalist-headline-3 = Rakt på sak
minimalist-text-1 = En kort sida, inget mer.
minimalist-text-2 = En att börja med, och några andra.
minimalist-grid-1 = En kort lista
minimalist-grid-2 = Några andra
minimalist-spotlight-1 = Eller den här
minimalist-spotlight-2 = En till att jämföra

explorer-headline-1 = Ta omvägen
explorer-headline-2 = Se dig omkring
explorer-headline-3 = Strosa lite
explorer-text-1 = Börja var som helst och se vart det leder.
explorer-text-2 = Titta på en sak, sedan på en annan.
explorer-grid-1 = Att titta på
explorer-grid-2 = Lite av varje
explorer-spotlight-1 = Något annat
explorer-spotlight-2 = Av ett annat slag

dealhunter-headline-1 = Vad saker kostar
dealhunter-headline-2 = Priserna i korthet
dealhunter-headline-3 = Jämför först
dealhunter-text-1 = Jämför priserna, bestäm sedan.
dealhunter-text-2 = Titta på siffrorna först.
dealhunter-grid-1 = Lägst pris först
dealhunter-grid-2 = Billigast först
dealhunter-grid-3 = Sorterat efter pris
dealhunter-grid-4 = I prisordning
dealhunter-spotlight-1 = Titta på den här
dealhunter-spotlight-2 = En till att se

loyalist-headline-1 = Kul att se dig
loyalist-headline-2 = Välkommen
loyalist-headline-3 = Där är du
loyalist-text-1 = Se vad som finns här i dag.
loyalist-text-2 = Stanna så länge du vill.
loyalist-grid-1 = Mer att titta på
loyalist-grid-2 = Några andra
loyalist-spotlight-1 = Titta på den här
loyalist-spotlight-2 = En till att se
