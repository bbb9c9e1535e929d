## The frame of a page

skip = Przejdź do treści
shop = Sklep
all-products = Wszystkie produkty
cart = Koszyk
top = Do góry
visit-shop = Przejdź do sklepu
why-viewed = Wybrane dla ciebie na podstawie obejrzanych produktów: { $products }
why-bought = Wybrane dla ciebie na podstawie wcześniejszych zakupów.

## Products

price-now = Teraz
price-before = Wcześniej
percent-off = { $percent }% taniej
stars = { $stars } z 5 gwiazdek
reviews = { $count ->
    [one] { $count } opinia
    [few] { $count } opinie
    [many] { $count } opinii
   *[other] { $count } opinii
}
together = { $count ->
    [one] { $count } produkt
    [few] { $count } produkty razem
    [many] { $count } produktów razem
   *[other] { $count } produktu razem
}
compared-type = Rodzaj
compared-vendor = Marka
compared-description = Opis
until = Do { $date }
price-up-to = Do { $amount }
price-from = Od { $amount }
add-to-cart = Dodaj do koszyka
view-product = Zobacz produkt
sold-out = Wyprzedane
sort = Sortuj
sort-featured = Polecane
sort-price-ascending = Cena, od najniższej
sort-price-descending = Cena, od najwyższej
search = Szukaj
search-in = Szukaj w { $shop }
promises = Nasze obietnice

## The fallback page

unavailable = Nie możemy teraz pokazać naszych produktów. Spróbuj ponownie za chwilę.
no-products = Nie ma jeszcze żadnych produktów.
all-sold-out = W tej chwili wszystko jest wyprzedane.
look-around = Rozejrzyj się.
best-sellers-headline = Nasze bestsellery
best-sellers-text = Co sprzedaje się tu najlepiej.
best-sellers = Bestsellery
products = Produkty
reduced = Teraz przecenione
what-are-you-looking-for = Czego szukasz?
collections = Do przejrzenia
see-yours = Zobacz, co dla ciebie wybraliśmy

## Pages of products, collections, searches and carts: what they begin with

could-go-with-it = Może do tego pasować
more-of-it = Więcej tego rodzaju
could-go-with-cart = Może pasować do twojego koszyka
also-here = Także w sklepie
for-your-search = Do twojego wyszukiwania
at-a-glance = W skrócie
at-a-glance-text = Czym się różnią.

## The script

added = Dodano
ready = Twój wybór jest gotowy
found = { $count ->
    [0] Nie znaleziono produktów na tej stronie
    [one] Na tej stronie znaleziono { $count } produkt
    [few] Na tej stronie znaleziono { $count } produkty
    [many] Na tej stronie znaleziono { $count } produktów
   *[other] Na tej stronie znaleziono { $count } produktu
}

## The local planner

again-1 = Jeszcze raz
again-2 = Znowu
spotlight-text-1 = Przyjrzyj się z bliska.
spotlight-text-2 = Zobacz, co to jest.
bundle-1 = Obok siebie
bundle-2 = Tego samego rodzaju
bundle-text-1 = Tyle kosztują razem.
bundle-text-2 = Zobacz sumę.
deals-1 = Teraz przecenione
deals-2 = W obniżonej cenie
deals-3 = Z rabatem
search-heading-1 = Szukasz czegoś?
search-heading-2 = Tu się znajdzie
search-heading-3 = Wyszukiwanie
story-1 = Bez pośpiechu
story-2 = Dokąd teraz
story-text-1 = Przeglądaj tak długo, jak chcesz.
story-text-2 = Przejdź przez sklep we własnym tempie.
recently-viewed-1 = Widziane wcześniej
recently-viewed-2 = Powrót do tych
recently-viewed-3 = Jeszcze jedno spojrzenie
scene-1 = Z bliska
scene-2 = A potem to
scene-text-1 = Obraz mówi sam za siebie.
scene-text-2 = Obraz mówi dość.
lookbook-1 = Na zdjęciach
lookbook-2 = Do obejrzenia
lookbook-text-1 = Niech wybierze wzrok.
lookbook-text-2 = Słowa są zbędne.
comparison-1 = Obok siebie
comparison-2 = Wiersz po wierszu
comparison-text-1 = Dane w kolumnach.
comparison-text-2 = Czym jest jedno, a czym drugie nie.
categories-1 = Od czego zacząć
categories-2 = Według rodzaju
collection-list-1 = Kolekcje
collection-list-2 = Zajrzyj dalej
brands-1 = Według nazwy
brands-2 = Nazwy
price-guide-1 = Ile chcesz wydać?
price-guide-2 = Jaka kwota?
questions-1 = Pytania
questions-2 = Już pytano

minimalist-headline-1 = Właśnie to
minimalist-headline-2 = Zacznij tutaj
minimalist-headline-3 = Prosto do celu
minimalist-text-1 = Krótka strona, nic więcej.
minimalist-text-2 = Jedno na początek i kilka innych.
minimalist-grid-1 = Krótka lista
minimalist-grid-2 = Kilka innych
minimalist-spotlight-1 = Albo to
minimalist-spotlight-2 = Jeszcze jedno do porównania

explorer-headline-1 = Okrężną drogą
explorer-headline-2 = Spacer po sklepie
explorer-headline-3 = Rozejrzyj się trochę
explorer-text-1 = Zacznij gdziekolwiek i zobacz, dokąd to prowadzi.
explorer-text-2 = Obejrzyj jedno, a potem drugie.
explorer-grid-1 = Do obejrzenia
explorer-grid-2 = Po trochu wszystkiego
explorer-spotlight-1 = Coś innego
explorer-spotlight-2 = Innego rodzaju

dealhunter-headline-1 = Ile to kosztuje
dealhunter-headline-2 = Rzut oka na ceny
dealhunter-headline-3 = Najpierw porównaj
dealhunter-text-1 = Porównaj ceny, potem zdecyduj.
dealhunter-text-2 = Najpierw spójrz na liczby.
dealhunter-grid-1 = Od najniższej ceny
dealhunter-grid-2 = Najtańsze na początku
dealhunter-grid-3 = Posortowane według ceny
dealhunter-grid-4 = W kolejności cen
dealhunter-spotlight-1 = Spójrz na to
dealhunter-spotlight-2 = Jeszcze jedno do zobaczenia

loyalist-headline-1 = Miło cię widzieć
loyalist-headline-2 = Witaj
loyalist-headline-3 = Oto jesteś
loyalist-text-1 = Zobacz, co tu dziś jest.
loyalist-text-2 = Zostań tak długo, jak chcesz.
loyalist-grid-1 = Więcej do obejrzenia
loyalist-grid-2 = Kilka innych
loyalist-spotlight-1 = Spójrz na to
loyalist-spotlight-2 = Jeszcze jedno do zobaczenia
