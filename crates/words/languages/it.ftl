## The frame of a page

skip = Vai al contenuto
shop = Negozio
all-products = Tutti i prodotti
cart = Carrello
top = Torna su
visit-shop = Vai al negozio
why-viewed = Scelto per te in base a ciò che hai guardato: { $products }
why-bought = Scelto per te perché hai già comprato qui.

## Products

price-now = Ora
price-before = Prima
percent-off = { $percent }% di sconto
stars = { $stars } stelle su 5
reviews = { $count ->
    [one] { $count } recensione
    [many] { $count } di recensioni
   *[other] { $count } recensioni
}
together = { $count ->
    [one] { $count } prodotto
    [many] { $count } di prodotti insieme
   *[other] { $count } prodotti insieme
}
compared-type = Tipo
compared-vendor = Marca
compared-description = Descrizione
until = Fino al { $date }
price-up-to = Fino a { $amount }
price-from = Da { $amount }
add-to-cart = Aggiungi al carrello
view-product = Vedi il prodotto
sold-out = Esaurito
sort = Ordina
sort-featured = In evidenza
sort-price-ascending = Prezzo, dal più basso
sort-price-descending = Prezzo, dal più alto
search = Cerca
search-in = Cerca in { $shop }
promises = I nostri impegni

## The fallback page

unavailable = In questo momento non possiamo mostrare i prodotti. Riprova tra un attimo.
no-products = Non ci sono ancora prodotti.
all-sold-out = Al momento è tutto esaurito.
look-around = Dai un’occhiata.
best-sellers-headline = I nostri più venduti
best-sellers-text = Quello che si vende di più qui.
best-sellers = I più venduti
products = Prodotti
reduced = Ora in saldo
what-are-you-looking-for = Che cosa cerchi?
collections = Da sfogliare
see-yours = Guarda che cosa abbiamo scelto per te

## Pages of products, collections, searches and carts: what they begin with

could-go-with-it = Potrebbe stare bene insieme
more-of-it = Altri di questo tipo
could-go-with-cart = Potrebbe andare con il tuo carrello
also-here = Anche nel negozio
for-your-search = Per la tua ricerca
at-a-glance = A colpo d’occhio
at-a-glance-text = In che cosa differiscono.

## The script

added = Aggiunto
ready = La tua selezione è pronta
found = { $count ->
    [0] Nessun prodotto trovato in questa pagina
    [one] { $count } prodotto trovato in questa pagina
    [many] { $count } di prodotti trovati in questa pagina
   *[other] { $count } prodotti trovati in questa pagina
}

## The local planner

again-1 = Ancora una volta
again-2 = Di nuovo
spotlight-text-1 = Da guardare più da vicino.
spotlight-text-2 = Guarda che cos’è.
bundle-1 = Fianco a fianco
bundle-2 = Dello stesso tipo
bundle-text-1 = Messi in fila e sommati.
bundle-text-2 = Sommati, uno per uno.
deals-1 = Ora in saldo
deals-2 = Scontati
deals-3 = In sconto
search-heading-1 = Cerchi qualcosa?
search-heading-2 = Trovalo qui
search-heading-3 = Ricerca
story-1 = Con calma
story-2 = E adesso, dove?
story-text-1 = Sfoglia finché vuoi.
story-text-2 = Gira per il negozio al tuo ritmo.
recently-viewed-1 = Già visti
recently-viewed-2 = Di nuovo su questi
recently-viewed-3 = Un altro sguardo
scene-1 = Da vicino
scene-2 = E poi questo
scene-text-1 = L’immagine parla da sé.
scene-text-2 = Un’immagine dice abbastanza.
lookbook-1 = In immagini
lookbook-2 = Da guardare
lookbook-text-1 = A scegliere è l’occhio.
lookbook-text-2 = Non servono parole.
comparison-1 = Fianco a fianco
comparison-2 = Riga per riga
comparison-text-1 = I dati, in colonne.
comparison-text-2 = In che cosa sono diversi.
categories-1 = Da dove cominciare
categories-2 = Per genere
collection-list-1 = Collezioni
collection-list-2 = Guardare oltre
brands-1 = Per nome
brands-2 = Nomi
price-guide-1 = Fin dove arrivare?
price-guide-2 = Dal poco al molto
questions-1 = Domande
questions-2 = Già chiesto

minimalist-headline-1 = Questo qui
minimalist-headline-2 = Si comincia da qui
minimalist-headline-3 = Dritto al punto
minimalist-text-1 = Una pagina breve, e basta.
minimalist-text-2 = Uno per cominciare, e qualche altro.
minimalist-grid-1 = Una lista breve
minimalist-grid-2 = Qualche altro
minimalist-spotlight-1 = Oppure questo
minimalist-spotlight-2 = Un altro da confrontare

explorer-headline-1 = Per la strada lunga
explorer-headline-2 = Un giro per il negozio
explorer-headline-3 = Due passi
explorer-text-1 = Comincia da dove vuoi e guarda dove porta.
explorer-text-2 = Guarda una cosa, poi un’altra.
explorer-grid-1 = Da sfogliare
explorer-grid-2 = Un po’ di questo e di quello
explorer-spotlight-1 = Qualcosa di diverso
explorer-spotlight-2 = Tutt’altra cosa

dealhunter-headline-1 = Cose e numeri
dealhunter-headline-2 = I numeri in breve
dealhunter-headline-3 = Prima confronta
dealhunter-text-1 = Confronta i prezzi, poi decidi.
dealhunter-text-2 = Guarda prima i numeri.
dealhunter-grid-1 = Dal prezzo più basso
dealhunter-grid-2 = Prima i più economici
dealhunter-grid-3 = Ordinati per prezzo
dealhunter-grid-4 = In ordine di prezzo
dealhunter-spotlight-1 = Guarda questo
dealhunter-spotlight-2 = Ancora uno da vedere

loyalist-headline-1 = Ciao
loyalist-headline-2 = Ti diamo il benvenuto
loyalist-headline-3 = Eccoti qui
loyalist-text-1 = Guarda che cosa c’è qui oggi.
loyalist-text-2 = Gira pure finché vuoi.
loyalist-grid-1 = Altro da guardare
loyalist-grid-2 = Qualche altro
loyalist-spotlight-1 = Guarda questo
loyalist-spotlight-2 = Ancora uno da vedere
