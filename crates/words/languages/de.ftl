## The frame of a page

skip = Zum Inhalt
shop = Shop
all-products = Alle Produkte
cart = Warenkorb
top = Nach oben
visit-shop = Zum Shop
why-viewed = Für Sie ausgewählt, weil Sie sich das angesehen haben: { $products }
why-bought = Für Sie ausgewählt, weil Sie hier schon etwas gekauft haben.

## Products

price-now = Jetzt
price-before = Vorher
percent-off = { $percent } % Rabatt
stars = { $stars } von 5 Sternen
reviews = { $count ->
    [one] { $count } Bewertung
   *[other] { $count } Bewertungen
}
together = { $count ->
    [one] { $count } Produkt
   *[other] { $count } Produkte zusammen
}
compared-type = Art
compared-vendor = Marke
compared-description = Beschreibung
until = Bis { $date }
price-up-to = Bis { $amount }
price-from = Ab { $amount }
add-to-cart = In den Warenkorb
view-product = Produkt ansehen
sold-out = Ausverkauft
sort = Sortieren
sort-featured = Empfohlen
sort-price-ascending = Preis aufsteigend
sort-price-descending = Preis absteigend
search = Suchen
search-in = { $shop } durchsuchen
promises = Unsere Versprechen

## The fallback page

unavailable = Unsere Produkte lassen sich gerade nicht anzeigen. Bitte gleich noch einmal versuchen.
no-products = Es gibt noch keine Produkte.
all-sold-out = Zurzeit ist alles ausverkauft.
look-around = Einfach umsehen.
best-sellers-headline = Unsere Bestseller
best-sellers-text = Was sich hier am besten verkauft.
best-sellers = Bestseller
products = Produkte
reduced = Jetzt reduziert
what-are-you-looking-for = Wonach suchen Sie?
collections = Zum Stöbern
see-yours = Unsere Auswahl ansehen

## Pages of products, collections, searches and carts: what they begin with

could-go-with-it = Könnte dazu passen
more-of-it = Mehr dieser Art
could-go-with-cart = Könnte zu Ihrem Warenkorb passen
also-here = Auch im Shop
for-your-search = Zu Ihrer Suche
at-a-glance = Auf einen Blick
at-a-glance-text = Worin sie sich unterscheiden.

## The script

added = Hinzugefügt
ready = Ihre Auswahl ist da
found = { $count ->
    [0] Keine Produkte auf dieser Seite gefunden
    [one] { $count } Produkt auf dieser Seite gefunden
   *[other] { $count } Produkte auf dieser Seite gefunden
}

## The local planner

again-1 = Und noch einmal
again-2 = Wieder dabei
spotlight-text-1 = Ein genauerer Blick lohnt.
spotlight-text-2 = Hier steht, was es ist.
bundle-1 = Nebeneinander
bundle-2 = Von einer Art
bundle-text-1 = Das kosten sie zusammen.
bundle-text-2 = Zusammengerechnet.
deals-1 = Jetzt reduziert
deals-2 = Günstiger als zuvor
deals-3 = Im Preis herabgesetzt
search-heading-1 = Etwas Bestimmtes gesucht?
search-heading-2 = Hier findet es sich
search-heading-3 = Suche
story-1 = In aller Ruhe
story-2 = Wohin als Nächstes
story-text-1 = Hier lässt es sich stöbern, so lange man mag.
story-text-2 = Der Shop wartet, ganz ohne Eile.
recently-viewed-1 = Schon gesehen
recently-viewed-2 = Zurück zu diesen
recently-viewed-3 = Noch ein Blick
scene-1 = Aus der Nähe
scene-2 = Und dann dieses
scene-text-1 = Das Bild spricht für sich.
scene-text-2 = Ein Bild sagt genug.
lookbook-1 = In Bildern
lookbook-2 = Zum Anschauen
lookbook-text-1 = Das Auge entscheidet.
lookbook-text-2 = Ganz ohne Worte.
comparison-1 = Nebeneinander gestellt
comparison-2 = Zeile für Zeile
comparison-text-1 = Die Angaben in Spalten.
comparison-text-2 = Was das eine ist und das andere nicht.
categories-1 = Wo anfangen?
categories-2 = Nach Art
collection-list-1 = Kollektionen
collection-list-2 = Weitersehen
brands-1 = Nach Namen
brands-2 = Namen
price-guide-1 = Preislagen
price-guide-2 = Wie viel soll es sein?
questions-1 = Fragen
questions-2 = Schon gefragt

minimalist-headline-1 = Dieses hier
minimalist-headline-2 = Hier anfangen
minimalist-headline-3 = Ohne Umwege
minimalist-text-1 = Eine kurze Seite, mehr nicht.
minimalist-text-2 = Eins für den Anfang, dazu ein paar andere.
minimalist-grid-1 = Eine kurze Liste
minimalist-grid-2 = Ein paar andere
minimalist-spotlight-1 = Oder dieses
minimalist-spotlight-2 = Eins zum Vergleichen

explorer-headline-1 = Auf Umwegen
explorer-headline-2 = Ein Blick in die Runde
explorer-headline-3 = Ein wenig umherstreifen
explorer-text-1 = Irgendwo anfangen und sehen, wohin es führt.
explorer-text-2 = Erst das eine ansehen, dann das andere.
explorer-grid-1 = Zum Umsehen
explorer-grid-2 = Von allem ein wenig
explorer-spotlight-1 = Etwas anderes
explorer-spotlight-2 = Von anderer Art

dealhunter-headline-1 = Was die Dinge kosten
dealhunter-headline-2 = Alles der Reihe nach
dealhunter-headline-3 = Erst vergleichen
dealhunter-text-1 = Erst die Preise vergleichen, dann entscheiden.
dealhunter-text-2 = Zuerst ein Blick auf die Zahlen.
dealhunter-grid-1 = Niedrigster Preis zuerst
dealhunter-grid-2 = Die günstigsten zuerst
dealhunter-grid-3 = Nach Preis sortiert
dealhunter-grid-4 = Nach Preis geordnet
dealhunter-spotlight-1 = Ein Blick hierauf
dealhunter-spotlight-2 = Noch eins zum Ansehen

loyalist-headline-1 = Hereinspaziert
loyalist-headline-2 = Willkommen
loyalist-headline-3 = Da sind Sie ja
loyalist-text-1 = Das ist heute hier zu sehen.
loyalist-text-2 = Umsehen, so lange es gefällt.
loyalist-grid-1 = Mehr zum Ansehen
loyalist-grid-2 = Noch ein paar
loyalist-spotlight-1 = Ein Blick hierauf
loyalist-spotlight-2 = Noch eins zum Ansehen
