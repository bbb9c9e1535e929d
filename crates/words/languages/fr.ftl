## The frame of a page

skip = Aller au contenu
shop = Boutique
all-products = Tous les produits
cart = Panier
top = Haut de page
visit-shop = Voir la boutique
why-viewed = Choisi pour vous d’après ce que vous avez regardé : { $products }
why-bought = Choisi pour vous parce que vous avez déjà acheté ici.

## Products

price-now = Maintenant
price-before = Avant
percent-off = −{ $percent } %
stars = { $stars } étoiles sur 5
reviews = { $count ->
    [one] { $count } avis
    [many] { $count } d’avis
   *[other] { $count } avis
}
together = { $count ->
    [one] { $count } produit
    [many] { $count } de produits ensemble
   *[other] { $count } produits ensemble
}
compared-type = Type
compared-vendor = Marque
compared-description = Description
until = Jusqu’au { $date }
price-up-to = Jusqu’à { $amount }
price-from = À partir de { $amount }
add-to-cart = Ajouter au panier
view-product = Voir le produit
sold-out = Épuisé
sort = Trier
sort-featured = En vedette
sort-price-ascending = Prix croissant
sort-price-descending = Prix décroissant
search = Rechercher
search-in = Rechercher dans { $shop }
promises = Nos engagements

## The fallback page

unavailable = Nos produits ne peuvent pas être affichés pour le moment. Réessayez dans un instant.
no-products = Il n’y a pas encore de produits.
all-sold-out = Tout est épuisé pour le moment.
look-around = Jetez un œil.
best-sellers-headline = Nos meilleures ventes
best-sellers-text = Ce qui se vend le mieux ici.
best-sellers = Meilleures ventes
products = Produits
reduced = En promotion
what-are-you-looking-for = Que cherchez-vous ?
collections = À parcourir
see-yours = Voir notre sélection pour vous

## Pages of products, collections, searches and carts: what they begin with

could-go-with-it = Pourrait aller avec
more-of-it = D’autres du même genre
could-go-with-cart = Pourrait aller avec votre panier
also-here = Aussi dans la boutique
for-your-search = Pour votre recherche
at-a-glance = En un coup d’œil
at-a-glance-text = Ce qui les distingue, ligne par ligne.

## The script

added = Ajouté
ready = Votre sélection est prête
found = { $count ->
    [0] Aucun produit trouvé sur cette page
    [one] { $count } produit trouvé sur cette page
    [many] { $count } de produits trouvés sur cette page
   *[other] { $count } produits trouvés sur cette page
}

## The local planner

again-1 = Encore une fois
again-2 = À nouveau
spotlight-text-1 = À regarder de plus près.
spotlight-text-2 = Voyez ce que c’est.
bundle-1 = Côte à côte
bundle-2 = Du même genre
bundle-text-1 = Voici la somme.
bundle-text-2 = Additionnés, un par un.
deals-1 = En promotion
deals-2 = En réduction
deals-3 = Prix réduits
search-heading-1 = Une recherche ?
search-heading-2 = À trouver ici
search-heading-3 = Recherche
story-1 = Prenez votre temps
story-2 = Et maintenant
story-text-1 = Parcourez la boutique sans vous presser.
story-text-2 = Regardez à votre rythme.
recently-viewed-1 = Déjà vus
recently-viewed-2 = De nouveau ceux-ci
recently-viewed-3 = Un autre regard
scene-1 = De près
scene-2 = Et puis ceci
scene-text-1 = L’image parle d’elle-même.
scene-text-2 = Une image en dit assez.
lookbook-1 = En images
lookbook-2 = À regarder
lookbook-text-1 = Laissez l’œil décider.
lookbook-text-2 = Pas besoin de mots.
comparison-1 = Côte à côte
comparison-2 = Ligne par ligne
comparison-text-1 = Les données, en colonnes.
comparison-text-2 = Ce que l’un est et que l’autre n’est pas.
categories-1 = Par où commencer
categories-2 = Par genre
collection-list-1 = Collections
collection-list-2 = Voir plus loin
brands-1 = Par nom
brands-2 = Les noms
price-guide-1 = Jusqu’où aller ?
price-guide-2 = De peu à beaucoup
questions-1 = Questions
questions-2 = Déjà demandé

minimalist-headline-1 = Celui-ci
minimalist-headline-2 = Commencez ici
minimalist-headline-3 = Droit au but
minimalist-text-1 = Une page courte, et c’est tout.
minimalist-text-2 = Un pour commencer, et quelques autres.
minimalist-grid-1 = Une courte liste
minimalist-grid-2 = Quelques autres
minimalist-spotlight-1 = Ou celui-ci
minimalist-spotlight-2 = Un autre à comparer

explorer-headline-1 = Par les chemins de traverse
explorer-headline-2 = Un tour d’horizon
explorer-headline-3 = Un peu de flânerie
explorer-text-1 = Commencez n’importe où et voyez où cela mène.
explorer-text-2 = Regardez une chose, puis une autre.
explorer-grid-1 = À parcourir
explorer-grid-2 = Un peu de tout
explorer-spotlight-1 = Autre chose
explorer-spotlight-2 = D’un autre genre

dealhunter-headline-1 = Des choses et des chiffres
dealhunter-headline-2 = Les chiffres en bref
dealhunter-headline-3 = Comparez d’abord
dealhunter-text-1 = Comparez les prix, puis décidez.
dealhunter-text-2 = Regardez d’abord les chiffres.
dealhunter-grid-1 = Les prix les plus bas d’abord
dealhunter-grid-2 = Les moins chers d’abord
dealhunter-grid-3 = Par prix croissant
dealhunter-grid-4 = Trié par prix
dealhunter-spotlight-1 = Regardez celui-ci
dealhunter-spotlight-2 = Encore un à voir

loyalist-headline-1 = Bonjour
loyalist-headline-2 = Bienvenue
loyalist-headline-3 = Vous voilà
loyalist-text-1 = Voyez ce qu’il y a ici aujourd’hui.
loyalist-text-2 = Faites le tour, aussi longtemps que vous voulez.
loyalist-grid-1 = Plus à regarder
loyalist-grid-2 = D’autres encore
loyalist-spotlight-1 = Regardez celui-ci
loyalist-spotlight-2 = Encore un à voir
