# Les mots de l’administration en français. en.ftl dit lesquels il y a, et où ils se trouvent.

## The frame of every page

nav = Pages de Wandstore
home = Accueil
pages = Pages
experiments = Expériences
brand = Marque
privacy = Confidentialité
settings = Paramètres
loading = Chargement…
retry = Réessayer
unreadable = Impossible de lire ceci pour le moment.
not-connected = Non connecté
connected = Connecté

## Saving

unsaved = Modifications non enregistrées
save = Enregistrer
discard = Annuler
save-first = Enregistrez ou annulez d’abord vos modifications.
saved = Enregistré
saved-details = Les pages sont désormais recréées avec ces paramètres.
saved-later-details = Les pages seront mises à jour un peu plus tard : notre stockage n’a pas répondu, un nouvel essai est en cours.
not-saved-yet = Pas encore enregistré
not-saved-yet-details = Corrigez les champs signalés ci-dessous.
not-saved = Non enregistré
not-saved-details = Quelque chose n’a pas fonctionné chez nous. Votre saisie est toujours là : enregistrez de nouveau dans une minute.
not-saved-not-connected = Wandstore n’est pas connecté à cette boutique, donc rien n’a été modifié. La raison est indiquée ci-dessous.
changed-elsewhere = Modifié dans un autre onglet
changed-elsewhere-details = Quelqu’un a enregistré cette page après que vous l’avez ouverte. Votre saisie est toujours là : enregistrez de
    nouveau pour remplacer ce qui a été enregistré, ou annulez pour le voir.

## What the script says

session-ended = Votre session est terminée et rien n’a été enregistré. Votre saisie est toujours là : copiez-la, puis rouvrez Wandstore
    depuis l’interface administrateur de votre boutique.
unreached = Wandstore n’a pas pu être joint et rien n’a été enregistré. Votre saisie est toujours là : réessayez.
offline = Vous êtes hors ligne et rien n’a été enregistré. Votre saisie est toujours là : enregistrez-la une fois de nouveau en ligne.
too-long = C’est trop long pour être enregistré. Votre saisie est toujours là : raccourcissez-la, puis enregistrez de nouveau.
page-unreached = Cette page n’a pas pu être chargée.
page-offline = Vous êtes hors ligne : cette page n’a pas pu être chargée.
one-moment = Un instant…
report-unread = Le rapport n’a pas été lu. Réessayez dans une minute.

## Home: the connection

connection = Connexion
paused = En pause
paused-details = Tous les clients voient la même page, et rien n’est créé ni conservé.

## Home: the steps

setup = Mise en place
steps-done = { $done } sur { $all } terminées
step-done = Terminé
step-open = À faire
step-unknown = Pas encore connu
step-installed = Wandstore est connecté à votre boutique
step-products = Wandstore peut lire vos produits
step-products-details = Les pages sont faites des produits de votre canal de vente « Boutique en ligne ».
step-products-none = Shopify ne montre aucun produit à Wandstore. Publiez-en sur le canal « Boutique en ligne ».
step-block = Le bloc « Storefront » est dans votre thème
step-block-details = Ajoutez-le à la page d’accueil et partout où il convient. Il compte dès qu’un client l’a vu.
step-page = La première page a été créée
step-page-details = Elle est créée après la première visite d’un client, ou lorsque vous ouvrez un aperçu.
step-comparison = La comparaison est en cours
step-comparison-details = Elle commence avec les premiers clients qui voient le bloc et acceptent d’être comptés.
add-block = Ajouter le bloc dans l’éditeur de thème
turn-on-embed = Activer l’intégration d’application dans l’éditeur de thème
open-preview = Ouvrir un aperçu
in-theme = Dans votre thème publié
block = Bloc « Storefront »
embed = Intégration « Storefront signals »
is-on = Activé
is-off = Désactivé
is-checking = Vérification…
not-told = Shopify ne le dit pas ici

## Home: what to do next

next = À faire maintenant
next-nothing = Rien. Les pages sont créées, montrées et comparées.
next-connect = Connectez votre boutique : la raison est indiquée ci-dessus.
next-setup = Terminez la mise en place ci-dessus.
next-unpause = Wandstore est en pause. Réactivez-le quand vous serez prêt.
next-losing = Les pages personnelles font moins bien pour certains clients et sont en pause pour eux. Regardez la comparaison.
next-model = Les pages sont actuellement créées sans le modèle de langage. Voyez pourquoi.
next-reports = Un client a demandé ses données. Téléchargez le rapport.
next-brand = Dites quel est le ton de votre boutique et ce qu’elle promet, pour que les pages le fassent.
next-approval = Des pages attendent votre validation.
open-page = Ouvrir { $page }

## Home: numbers

last-day = Les dernières 24 heures
last-days = Les 30 derniers jours
pages-shown = Pages montrées
made-for-shopper = Créées pour le client
hits = Trouvées en cache
stale-hits = Trouvées en cache, anciennes
misses = Absentes du cache
pages-made = Pages créées
failures = Échecs
tokens-read = Jetons lus
tokens-written = Jetons écrits
cost = Coût
day-column = Jour (UTC)
day-and-page-column = Jour (UTC), page
page-and-shoppers = { $page } : { $shoppers }
shown-own = Créées pour le client
shown-all = Toutes les pages montrées
nothing-shown = Aucune page n’a été montrée ces 30 derniers jours.
as-table = Afficher sous forme de tableau
shown-summary = Pages montrées par jour, du { $from } au { $to } : { $all } en tout, dont { $own } créées pour le client.

## Home: help

help = Aide
support = Assistance
privacy-policy = Politique de confidentialité
changelog = Nouveautés

## Pages

what-you-say = Ce que vous dites
questions = Questions et réponses
questions-details = Une par ligne : la question, son point d’interrogation, puis la réponse.
products-and-campaigns = Produits et campagnes
pinned = Épinglés
pinned-details = Un par ligne, par exemple product: oak-wand, collection: sale, vendor: Ollivander ou type: Robes, ou l’adresse d’un produit. Les quatre premiers qui sont disponibles viennent en tête de chaque page.
excluded = Exclus
excluded-details = Un par ligne, de même, ou une partie des pages, comme block: story. Aucune page ne les montre.
unknown-names = Rien ne porte ces noms
unknown-names-details = Parmi les produits que Wandstore connaît, les 100 meilleures ventes d’une boutique et ceux des collections nommées, ces lignes n’en désignent aucun. Elles ne gênent pas et comptent dès qu’un tel produit existe :
campaigns = Campagnes
campaigns-details = Ce qui figure en haut de chaque page, dans vos mots. Parmi celles en cours, la première est affichée.
campaign = Campagne { $number }
campaign-text = Texte
campaign-text-details = Vide : aucune campagne.
campaign-from = Premier jour
campaign-from-details = À partir de minuit UTC. Vide : elle a commencé.
campaign-until = Dernier jour
campaign-until-details = Les pages l’indiquent. Vide : elle n’en a pas.
campaign-link = Mène à
campaign-link-details = Une collection ou un produit, par exemple collection: sale, ou son adresse.
campaign-personas = Pour
campaign-personas-details = Types de clients : minimalist, explorer, dealhunter, loyalist. Vide : tous.
campaign-removed = Supprimer cette campagne
campaign-removed-details = Elle disparaît dès que vous enregistrez.
personas = Personas
personas-details = Les pages sont créées pour quatre types de clients. Désactivez ceux qui ne conviennent pas à votre boutique.
minimalists = Minimalistes
minimalists-want = Veulent une bonne réponse, sans bruit.
explorers = Explorateurs
explorers-want = Regardent partout et aiment être surpris.
dealhunters = Chasseurs de bonnes affaires
dealhunters-want = Comparent les prix et attendent la bonne affaire.
loyalists = Clients fidèles
loyalists-want = Reviennent et achètent de nouveau.
preview = Aperçu
preview-details = Comment la page de votre boutique se présente à chaque type de clients.
preview-made = Créée pour : { $shoppers }.
preview-before = Créée pour : { $shoppers }, avant un changement de produits ou de paramètres. Elle est en cours de recréation : regardez de
    nouveau dans une minute.
preview-never = Ce que tout le monde voit tant qu’aucune page n’est créée. Elle est en cours de création : regardez de nouveau dans une
    minute.
preview-none = Pas d’aperçu pour le moment. Réessayez dans une minute.
why = Pourquoi cette page
why-details = Qui a composé une page, ce qu’elle a coûté, ce que le contrôle a écarté, et pourquoi un client est classé ainsi. Sans identifiant : la page que voient tous les clients d’un type. La réponse est en anglais.
why-shopper = Identifiant d’un client
why-show = Afficher
why-plan = Le plan
why-none = Aucune page n’est enregistrée : la page commune à tous est affichée.
why-no-id = Ce n’est pas un identifiant de client : lettres, chiffres, _ et - uniquement.

## Pages: approval

approval = Validation
approval-details = Les pages planifiées par le modèle de langage peuvent attendre que vous les validiez.
approval-first = Je valide la première page pour chaque type de clients
approval-first-details = Pour chaque persona, marché et type de page, et de nouveau après une modification de votre marque.
approval-later = Je valide aussi toutes les pages suivantes
approval-later-details = Un jour après votre validation, la page suivante est créée et attend.
approval-only = Ne rien montrer que je n’aie validé
approval-only-details = Activé : d’ici là, les clients voient la page commune à tous. Désactivé : une page selon nos propres règles.
pages-waiting = { $count ->
    [0] Aucune page ne vous attend.
    [one] { $count } page vous attend.
    [many] { $count } de pages vous attendent.
   *[other] { $count } pages vous attendent.
}

## Approval: what became of a decision

approved = Validée
approved-details = Les clients la verront dans la minute.
approved-later-details = Les clients la verront un peu plus tard : notre stockage n’a pas répondu, un nouvel essai est en cours.
texts-saved-details = Vos textes sont dans la page ci-dessous. Elle attend toujours votre validation.
no-text-changed = Aucun texte n’a été modifié : il n’y a rien à enregistrer. Pour envoyer votre raison, choisissez « Refuser ».
texts-refused-details = Corrigez les textes signalés : les pages ne disent rien qui ne soit dans vos données produit et vos promesses.
plan-changed-details = Des produits ou des paramètres ont changé depuis que vous avez ouvert cette page, et la page aussi. Relisez vos
    textes, puis enregistrez de nouveau.
rejected = Refusée
rejected-details = La page suivante est créée en tenant compte de votre raison et attendra bientôt ici.
withdrawn = Retirée
withdrawn-details = Les clients ne voient plus cette page. Elle vous attend de nouveau, sauf si une plus récente attend.
withdrawn-later-details = Les clients cesseront de voir cette page un peu plus tard : notre stockage n’a pas répondu, et un nouvel essai est en cours.
not-rejected-yet = Pas encore refusée
not-rejected-yet-details = Dites en quelques mots ce qui ne va pas, pour que la page suivante soit meilleure.
nothing-decided = Rien n’a été décidé
outdated-details = Quelqu’un d’autre a décidé de cette page, ou elle a été recréée. Voici ce qui attend maintenant.
decision-failed-details = Quelque chose n’a pas fonctionné chez nous. Votre saisie est toujours là : réessayez dans une minute.
decision-not-connected-details = Wandstore n’est pas connecté à cette boutique, donc rien n’a été modifié. La raison est indiquée
    ci-dessous.

## Approval: the queue

back-to = ‹ { $page }
homeless-texts = Votre saisie
homeless-texts-details = Ces textes n’ont pas de place dans la page telle qu’elle est maintenant. Copiez ce que vous voulez garder.
waiting = En attente de votre décision
approval-is-off = Les pages sont montrées sans votre validation. Vous pouvez changer cela sous « Pages ».
nothing-waits = Aucune page n’attend. La suivante est créée quand arrive un client pour qui il n’y en a pas encore, ou dont la page a un
    jour.
audience = { $page } · { $shoppers } · { $market }
kind-home = Page d’accueil
kind-collection = Collections
kind-product = Produits
kind-search = Recherche
kind-cart = Panier
market-own = votre propre marché
market-language = langue { $language }
market-both = { $country }, langue { $language }

## Approval: a page that waits

not-shown-now = Cette page ne peut pas être montrée pour le moment. Réessayez dans une minute.
not-fit-today = Cette page ne peut pas être montrée aux clients aujourd’hui
not-fit-today-details = Vos produits ou vos paramètres ont changé. Refusez-la, ou attendez : elle sera recréée.
on-phone = Téléphone
on-desktop = Ordinateur
frame-phone = { $page }, sur un téléphone
frame-desktop = { $page }, sur un ordinateur
seen-by = Telle que la voit un client qui n’a encore rien fait. Ce qu’un client a vu ou acheté est ajouté pour lui.
follows-subject = Elle suit ce qui concerne la page elle-même, comme les produits qui vont avec.
until-approved-former = Tant que vous ne la validez pas, les clients voient la page que vous avez validée auparavant.
until-approved-same = Tant que vous ne la validez pas, les clients voient la page commune à tous.
until-approved-rules = Tant que vous ne la validez pas, les clients voient une page selon nos propres règles.
approve = Valider
edit-texts = Modifier les textes
approve-texts = Valider avec ces textes
save-and-look = Enregistrer et regarder
copy-refused = Ce texte a été refusé. La raison, en anglais :
reject = Refuser
reason = Qu’est-ce qui ne va pas ?
reason-details = Le modèle de langage en tient compte, pendant 30 jours au plus. { $max } caractères au plus.
page-column = Page
by-column = Par membre de l’équipe
withdraw = Retirer
# Read aloud: which page.
withdraw-of = Retirer : { $page }
once-withdrawn-same = Les clients voient ensuite la page commune à tous, jusqu’à ce que vous en validiez une autre.
once-withdrawn-rules = Les clients voient ensuite une page selon nos propres règles, jusqu’à ce que vous en validiez une autre.

## Approval: the texts of a page

copy-title = Titre de la page
copy-label = { $number }. { $block } : { $field }
copy-label-of = { $number }. { $block } : { $field } { $at }
field-headline = accroche
field-heading = titre
field-text = texte
field-term = terme
block-brands = Fournisseurs
block-bundle = Lot
block-categories = Types
block-collections = Collections
block-comparison = Comparaison
block-deals = Bonnes affaires
block-grid = Produits
block-hero = Ouverture
block-image-with-text = Image avec texte
block-lookbook = Lookbook
block-price-guide = Guide des prix
block-questions = Questions
block-search = Recherche
block-spotlight = À la une
block-story = Histoire

## Brand

your-brand = Votre marque
tone = Ton
tone-details = Le ton de votre boutique, en quelques mots.
tone-example = chaleureux et clair
accent = Couleur d’accent
accent-details = Boutons et mises en valeur. Vide : celle des pages.
surface = Couleur d’arrière-plan
surface-details = Vide : celle des pages.
banned-words = Mots interdits
banned-words-details = Un par ligne. Les pages ne les emploient jamais.
promises = Promesses
promises-details = Une par ligne, comme les retours gratuits. Les pages ne promettent rien d’autre.

## Experiments

comparison = Comparaison
losing = En pause, car les pages personnelles font moins bien
losing-details = Là où votre boutique laisse penser à ces clients, moins d’entre eux ajoutent un produit au panier avec une page
    personnelle que sans. Tout le monde y voit donc la même page. Décochez une ligne pour y remettre des pages personnelles : elles ne
    sont pas mises en pause une seconde fois tant que la part ci-dessous reste la même.
stays-paused = Reste en pause.
holdout = Groupe témoin, en pour cent
holdout-details = Cette part des clients voit toujours la même page que tout le monde, pour montrer ce que changent les pages personnelles.
    0 : les pages personnelles ne sont comparées à rien. Une modification recommence la comparaison.
variant-tone = Ton à tester
variant-tone-details = La moitié des clients qui ont des pages personnelles reçoit des textes que le modèle de langue écrit sur ce ton,
    l’autre moitié des textes sur le ton indiqué sous « Marque ». Vide : personne ne reçoit un autre ton.
variant-tone-example = sobre et bref
variant-layout = Mise en page à tester
variant-layout-details = La moitié des clients qui ont des pages personnelles reçoit cette mise en page, l’autre moitié celle de leur
    type de client. Ne testez qu’une chose à la fois. Un changement commence un nouveau test.
layout-none = Aucune
layout-balanced = Équilibrée : des mots à côté d’une image, des vignettes moyennes
layout-calm = Calme : une image, peu de mots, beaucoup d’espace
layout-varied = Variée : une large ouverture et une grille qui commence par une grande vignette
layout-compact = Compacte : une petite ouverture et beaucoup de petites vignettes, les prix d’abord
layout-personal = Personnelle : des mots sur une carte au-dessus de l’image, et des rangées
untested = Rien n’est testé en ce moment
untested-approval = Tant que vous approuvez les plans, aucun ton ne peut être testé : chaque plan demanderait deux approbations. Testez
    une mise en page, ou désactivez l’approbation sous « Pages ».
untested-same = Le ton à tester est celui indiqué sous « Marque ». Écrivez-en un autre.
untested-model = Les pages sont planifiées sans modèle de langue en ce moment : le ton ne change donc rien. Testez une mise en page.
variant-of-tone = Pages sur le ton « { $tone } ».
variant-of-layout = Pages dans la mise en page « { $layout } ».
variant-over = Cette variante n’est pas testée en ce moment.
variant-effects = Ce que la variante change
variant-effects-details = { $days ->
    [one] Clients avec des pages personnelles qui ont vu le bloc pour la première fois pendant le test, sur { $days } jour complet,
        dont la moitié avec la variante. Ces intervalles valent ensemble avec ceux du dessus.
    [many] Clients avec des pages personnelles qui ont vu le bloc pour la première fois pendant le test, sur { $days } de
        jours complets, dont la moitié avec la variante. Ces intervalles valent ensemble avec ceux du dessus.
   *[other] Clients avec des pages personnelles qui ont vu le bloc pour la première fois pendant le test, sur { $days } jours
        complets, dont la moitié avec la variante. Ces intervalles valent ensemble avec ceux du dessus.
}
without-variant = Sans la variante
with-variant = Avec la variante
more-with-variant = Plus avec la variante : entre { $low } et { $high }.
fewer-with-variant = Moins avec la variante : entre { $low } et { $high }.
note-variant-mismatched = La moitié des clients devrait recevoir la variante, mais { $with } l’ont reçue et { $without } non. Quelque
    chose les compte mal, comme des robots ou une page qui échoue avec la variante : ces chiffres ne prouvent donc rien.
error-layout = Choisissez une mise en page de la liste, ou aucune.
error-two-variants = Ne testez qu’une chose à la fois : videz ce champ, ou ne choisissez aucune mise en page.
effects = Ce que changent les pages personnelles
effects-details = { $days ->
    [one] Clients qui ont vu le bloc ces 13 derniers mois, sur { $days } jour complet. Ces intervalles peuvent être consultés chaque
        jour : à 95 %, tous sont justes à tout moment.
    [many] Clients qui ont vu le bloc ces 13 derniers mois, sur { $days } de jours complets. Ces intervalles peuvent être consultés
        chaque jour : à 95 %, tous sont justes à tout moment.
   *[other] Clients qui ont vu le bloc ces 13 derniers mois, sur { $days } jours complets. Ces intervalles peuvent être consultés
        chaque jour : à 95 %, tous sont justes à tout moment.
}
effects-estimates = L’estimation pour un type de clients est rapprochée de ce que tous les types ont en commun, car peu de données
    exagèrent les différences. L’intervalle n’est pas déplacé, et lui seul décide.
ungranted-rollouts = Les Rollouts de Shopify modifient le thème ou les réductions pour une partie des acheteurs et perturbent ainsi cette
    comparaison. Si Wandstore peut les lire, il les nomme et écarte les jours où ils étaient actifs.
grant-rollouts = Autoriser Wandstore à lire les Rollouts
shoppers = Clients
measure = Mesure
held-out = Groupe témoin
personal-pages = Pages personnelles
difference = Différence
estimate = Estimation
result = Résultat
of-shoppers = sur { $number }
all-shoppers = Tous les clients
cart-adds = ajouts au panier
product-views = produits vus
orders = commandes
revenue = chiffre d’affaires
interval = { $low } à { $high }
percentage-points = { $numbers } points de pourcentage
views = { $numbers } vues
more-with = Plus avec les pages personnelles : entre { $low } et { $high }.
fewer-with = Moins avec les pages personnelles : entre { $low } et { $high }.
not-enough = Pas encore assez de données.
not-enough-over-a-year = Pas encore assez de données. À ce rythme, il faut bien plus d’un an.
not-enough-perhaps-a-year = Pas encore assez de données. À ce rythme, il faut peut-être plus d’un an.
not-enough-days = { $days ->
    [one] Pas encore assez de données. À ce rythme, encore { $days } jour environ.
    [many] Pas encore assez de données. À ce rythme, encore { $days } de jours environ.
   *[other] Pas encore assez de données. À ce rythme, encore { $days } jours environ.
}
counted-wrongly = Les groupes sont mal comptés.
note-nobody = Il n’y a pas de groupe témoin, donc rien à comparer.
note-mismatched = Les groupes n’ont pas les tailles que donne un groupe témoin de { $share } : { $holdout } en font partie, { $personal }
    non. Quelque chose les compte mal, comme des robots ou un bloc qui échoue dans un groupe ; ces chiffres ne prouvent donc rien.
note-others = { $count ->
    [one] { $count } client a été compté alors que le groupe témoin était autre, et n’est pas pris en compte.
    [many] { $count } de clients ont été comptés alors que le groupe témoin était autre ; ils ne sont pas pris en compte.
   *[other] { $count } clients ont été comptés alors que le groupe témoin était autre ; ils ne sont pas pris en compte.
}
note-ahead = { $count ->
    [one] { $count } client a été compté un jour qui n’est pas encore venu, parce que l’horloge d’un serveur était fausse ; il est
        laissé de côté.
    [many] { $count } de clients ont été comptés des jours qui ne sont pas encore venus, parce que l’horloge d’un serveur était
        fausse ; ils sont laissés de côté.
   *[other] { $count } clients ont été comptés des jours qui ne sont pas encore venus, parce que l’horloge d’un serveur était
        fausse ; ils sont laissés de côté.
}
note-rollouts = { $days ->
    [one] { $days } jour n’est pas pris en compte, car des Rollouts ont modifié la boutique : { $names }.
    [many] { $days } de jours ne sont pas pris en compte, car des Rollouts ont modifié la boutique : { $names }.
   *[other] { $days } jours ne sont pas pris en compte, car des Rollouts ont modifié la boutique : { $names }.
}
note-of-pixel = Les commandes sont celles que signalent les navigateurs des clients, car Shopify n’en signale aucune. Les remboursements ne sont
    pas connus, et personne ne garantit ces chiffres.
note-limit = Les commandes d’un client comptent pour { $limit } au plus, plusieurs fois le montant habituel de cette boutique, pour que
    quelques grosses commandes ne décident de rien.
note-patience = Avec ce groupe témoin et autant de clients qu’à présent, il faut, depuis le premier jour, { $large-time } pour voir { $large }
    d’ajouts au panier en plus ou en moins, { $middle-time } pour { $middle } et { $small-time } pour { $small }.
span-over-a-year = bien plus d’un an
span-days = { $days ->
    [one] un jour
    [many] { $days } de jours
   *[other] { $days } jours
}
span-weeks = { $weeks ->
    [one] environ une semaine
    [many] environ { $weeks } de semaines
   *[other] environ { $weeks } semaines
}
span-months = { $months ->
    [one] environ un mois
    [many] environ { $months } de mois
   *[other] environ { $months } mois
}
worth = Coûts et gains
worth-details = Ce que les pages coûtent par jour, en moyenne des 30 derniers jours, et ce qu’elles rapportent par jour, selon la comparaison.
worth-lines = Dans le tableau, chaque jour a une ligne par type de page : ce que coûtent ses pages, et ce qu’ont fait les clients qui y ont
    d’abord vu le bloc. Ce qu’ils rapportent est ce que rapportent ces clients sur toute la comparaison, car un seul jour ne dit rien.
download-csv = Télécharger le tableau (CSV)
cost-a-day = Coût par jour
more-orders = Commandes en plus par jour
more-revenue = Chiffre d’affaires en plus par jour
cost-of-an-order = Coût d’une commande de plus
not-known-yet = pas encore connu
cart-adds-so-far = Ajouts au panier de tous les clients jusqu’ici, en pour cent.
cart-adds-summary = Ajouts au panier de tous les clients jusqu’ici : { $held-out } dans le groupe témoin, { $personal } avec des pages
    personnelles
line-label = { $line } : { $value }
tokens = Jetons
model-calls = Appels du modèle
shoppers-counted = Clients comptés
cart-adds-column = Ajouts au panier
orders-column = Commandes
revenue-column = Chiffre d’affaires
more-revenue-column = Chiffre d’affaires en plus

## Privacy

requests = Demandes de données
requests-none = Personne n’a demandé ses données ces 30 derniers jours. Lorsque Shopify demande les données d’un client, un rapport peut être
    téléchargé ici.
requests-details = Données conservées des clients qui les ont demandées. Les rapports sont supprimés après 30 jours.
download = Télécharger
kept = Ce que Wandstore conserve
kept-details = Avec le consentement du client : ce qu’il a regardé, mis au panier et acheté, sous un identifiant aléatoire ou le numéro de son
    compte client. Sans consentement, rien. Les demandes de Shopify d’effacer les données d’un client ou d’une boutique sont exécutées
    d’elles-mêmes.

## Settings

plan = Votre formule
plan-free = Gratuit : des pages pour un seul type de clients, composées sans le modèle de langage, et aucune comparaison. Vos autres
    réglages sont conservés.
plan-paid = Tout est inclus.
plan-trial = Tout est inclus. Votre essai se termine le { $day }.
plan-inactive = Votre abonnement n’est pas actif : seul ce qui est gratuit s’applique. Shopify en donne la raison dans les paramètres
    de votre boutique, sous Facturation.
change-plan = Changer de formule
not-in-plan = Pas dans votre formule
not-in-plan-experiments = Avec votre formule, il n’y a pas de groupe témoin, aucune variante n’est testée et rien n’est comparé. Ce que vous
    réglez ici est conservé, et s’applique dès que votre formule le comprend.
not-in-plan-pages = Avec votre formule, les pages sont créées pour un seul type de clients, le premier qui est activé ci-dessous, sans le
    modèle de langage, et aucune page n’attend de validation. Les questions, les produits et les campagnes s’appliquent avec toutes les
    formules. Tout ce que vous réglez ici est conservé.
pause = Pause
pause-wandstore = Mettre Wandstore en pause
pause-details = Tous les clients voient aussitôt la même page, et rien n’est créé ni conservé tant que ceci est activé.
model = Modèle de langage
model-works = Les pages sont planifiées avec le modèle de langage si votre installation en a un.
model-not-asked = Pages sans le modèle de langage
model-not-asked-details = { $why }, plusieurs fois de suite. Les pages sont planifiées sans lui pendant dix minutes, puis un nouvel essai a
    lieu. Si cela dure, retirez des mots interdits ou prévenez la personne qui exploite Wandstore.
cause-auth = Le service du modèle de langage n’accepte pas la clé
cause-model = Le service du modèle de langage ne connaît pas ce modèle ou cette adresse
cause-quota = Le budget du modèle de langage est épuisé
cause-rate = Le modèle de langage a été interrogé trop souvent
cause-refusal = Le modèle de langage a refusé la demande
cause-length = La réponse du modèle de langage a été coupée à la limite de jetons
cause-context = La question est trop longue pour le modèle de langage
cause-thinking = Le modèle de langage a dépensé les jetons de sa réponse à réfléchir
cause-filter = Un filtre de contenu a retenu la réponse du modèle de langage
cause-format = La réponse du modèle de langage est inutilisable
cause-claims = Le texte du modèle de langage dit ce qui ne peut être dit
cause-unreachable = Le modèle de langage n’est pas disponible
cause-timeout = Le modèle de langage n’a pas répondu à temps
budget = Budget
budget-details = Ce que le modèle de langage peut coûter pour vos pages. Quand quatre cinquièmes d’un budget sont dépensés, les pages
    des nouveaux clients sont composées sans lui. Quand tout est dépensé, toutes les pages le sont, jusqu’au début du jour ou du
    mois suivant (UTC). Les clients voient toujours une page, et les pages existantes restent.
budget-per-day = Par jour, en dollars américains
budget-per-month = Par mois, en dollars américains
budget-empty = Vide : aucune limite.
budget-nearly = Presque dépensé
budget-nearly-details = Les pages des nouveaux clients sont composées sans le modèle de langage.
budget-spent = Dépensé
budget-spent-details = Les pages sont composées sans le modèle de langage jusqu’au { $day } (UTC).
spent-today = Aujourd’hui
spent-month = Ce mois-ci
spent-of = { $spent } sur { $limit }
month-forecast = Le mois entier, au rythme des sept derniers jours
budget-lasts-until = À ce rythme, le budget de ce mois sera dépensé le { $day }.
language = Langue des pages
language-known = Les pages sont dans la langue du marché de chaque client, sinon dans celle de votre boutique : { $language }.
language-unknown = Wandstore n’a pas de mots dans la langue de votre boutique ({ $language }). Les boutons et libellés des pages sont en
    anglais ; ce que le modèle de langage écrit est dans la langue de votre boutique.

## Errors beside fields

error-tone = Dites en quelques mots quel est le ton de votre boutique.
error-characters = { $max ->
    [one] { $max } caractère au plus.
    [many] { $max } de caractères au plus.
   *[other] { $max } caractères au plus.
}
error-colour = Écrivez une couleur comme #1b3a57, ou laissez vide.
error-question = La ligne { $line } a besoin d’un point d’interrogation, suivi d’une réponse.
error-day = Écrivez un jour comme 2026-12-24, ou laissez vide.
error-share = Écrivez un nombre de 0 à 50, comme 10 ou 2,5.
error-dollars = Écrivez un montant en dollars comme 20 ou 2,50, ou laissez ce champ vide.
error-selector = Ligne { $line } : { $problem }.
error-campaign-text = Dites ce qui est annoncé.
error-campaign-ends = Son dernier jour est avant le premier.
error-campaigns = { $max ->
    [one] Une campagne de trop : { $max } au plus.
    [many] Une campagne de trop : { $max } au plus.
   *[other] Une campagne de trop : { $max } au plus.
}
error-link = Écrivez une collection ou un produit, par exemple collection: sale, ou son adresse.
error-campaign-personas = Écrivez des noms parmi { $names }, ou laissez ce champ vide pour tous.
error-lines = { $max ->
    [one] { $max } ligne au plus.
    [many] { $max } de lignes au plus.
   *[other] { $max } lignes au plus.
}
error-line = { $max ->
    [one] La ligne { $line } dépasse { $max } caractère.
    [many] La ligne { $line } dépasse { $max } de caractères.
   *[other] La ligne { $line } dépasse { $max } caractères.
}
error-personas = Laissez-en au moins un activé, ou mettez Wandstore en pause.

## Why a shop is not connected

advice-not-installed = Ouvrez Wandstore depuis les applications de l’interface administrateur de votre boutique pour le connecter.
advice-uninstalled = Wandstore a été désinstallé de cette boutique. Installez-le de nouveau et ouvrez-le depuis les applications de
    l’interface administrateur de votre boutique.
advice-closed = Wandstore est fermé pour cette boutique : il a été désinstallé, ou la personne qui l’exploite l’a fermé. Rouvrez cette page
    dans une minute.
advice-token-refused = Shopify ne laisse pas Wandstore lire vos produits avec l’accès accordé. Rouvrez cette page.
advice-session = Shopify a refusé votre session deux fois. Rouvrez Wandstore depuis les applications de l’interface administrateur de votre
    boutique. Si cela n’aide pas, la personne qui exploite Wandstore doit vérifier SHOPIFY_API_KEY et SHOPIFY_API_SECRET.
advice-secret = Shopify n’accepte pas le secret d’application de Wandstore. La personne qui exploite Wandstore doit corriger
    SHOPIFY_API_KEY et SHOPIFY_API_SECRET : ce sont l’ID client et le secret de l’application dans le Dev Dashboard de Shopify.
advice-shopify = Shopify n’a pas donné d’accès à Wandstore. Rouvrez cette page dans une minute.
advice-unavailable = Wandstore ne peut ni lire ni enregistrer la connexion pour le moment. Rouvrez cette page dans une minute.

## Refusals

checking-session = Un instant : Wandstore vérifie votre session auprès de Shopify.
if-nothing-happens = Si rien ne se passe, ouvrez Wandstore depuis les applications de l’interface administrateur de votre boutique.
refused = Cela n’a pas fonctionné : { $why }.
refused-help = Ouvrez Wandstore depuis les applications de l’interface administrateur de votre boutique.
why-no-page = cette page n’existe pas
why-no-method = cette adresse n’accepte pas cette méthode
why-no-persona = ce persona n’existe pas
why-no-report = ce rapport n’existe pas
why-report = le rapport ne peut pas être lu pour le moment
why-settings = les paramètres ne peuvent pas être lus pour le moment
why-render = la page ne peut pas être affichée
why-return = l’adresse de retour n’est pas valide
why-other-shop = le jeton de session est celui d’une autre boutique
why-no-token = Shopify n’a envoyé aucun jeton de session, et un second essai n’a pas aidé
why-clock = le jeton de session a expiré ou n’est pas encore valide, et un nouveau n’a pas aidé : vérifiez l’horloge de la machine qui
    exécute Wandstore
why-secret = ce que Shopify a signé ne correspond pas au secret que connaît Wandstore. Si vous avez ouvert cette page dans Shopify, la
    personne qui exploite Wandstore doit corriger SHOPIFY_API_SECRET : ce n’est pas le secret client de cette application
why-key = le jeton de session est celui d’une autre application. Si vous avez ouvert cette page dans Shopify, la personne qui exploite
    Wandstore doit corriger SHOPIFY_API_KEY : ce n’est pas l’ID client de cette application
why-request = ce n’est pas une demande de Shopify ({ $detail })

## Numbers and times

percent = { $number } %
amount = { $amount } { $currency }
dollars = { $amount } $
date = { $day } { $month } { $year }
just-now = à l’instant
minutes-ago = { $minutes ->
    [one] il y a { $minutes } minute
    [many] il y a { $minutes } de minutes
   *[other] il y a { $minutes } minutes
}
hours-ago = { $hours ->
    [one] il y a { $hours } heure
    [many] il y a { $hours } d’heures
   *[other] il y a { $hours } heures
}
days-ago = { $days ->
    [one] il y a { $days } jour
    [many] il y a { $days } de jours
   *[other] il y a { $days } jours
}
january = janv.
february = févr.
march = mars
april = avr.
may = mai
june = juin
july = juil.
august = août
september = sept.
october = oct.
november = nov.
december = déc.
