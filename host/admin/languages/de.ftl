# Die Wörter der Verwaltung auf Deutsch. Welche es gibt und wo sie stehen, sagt en.ftl.

## The frame of every page

nav = Seiten von Wandstore
home = Start
pages = Seiten
experiments = Experimente
brand = Marke
privacy = Datenschutz
settings = Einstellungen
loading = Wird geladen …
retry = Erneut versuchen
unreadable = Das kann gerade nicht gelesen werden.
not-connected = Nicht verbunden
connected = Verbunden

## Saving

unsaved = Nicht gespeicherte Änderungen
save = Speichern
discard = Verwerfen
save-first = Speichern oder verwerfen Sie zuerst Ihre Änderungen.
saved = Gespeichert
saved-details = Seiten werden ab jetzt mit diesen Einstellungen neu erstellt.
saved-later-details = Seiten werden etwas später aktualisiert: Unser Speicher hat nicht geantwortet und wird erneut gefragt.
not-saved-yet = Noch nicht gespeichert
not-saved-yet-details = Korrigieren Sie die markierten Felder.
not-saved = Nicht gespeichert
not-saved-details = Bei uns hat etwas nicht funktioniert. Ihre Eingaben sind noch da: Speichern Sie in einer Minute erneut.
not-saved-not-connected = Wandstore ist nicht mit diesem Shop verbunden, darum wurde nichts geändert. Der Grund steht darunter.
changed-elsewhere = In einem anderen Tab geändert
changed-elsewhere-details = Jemand hat diese Seite gespeichert, nachdem Sie sie geöffnet haben. Ihre Eingaben sind noch da: Speichern
    Sie erneut, um den neuen Stand zu ersetzen, oder verwerfen Sie sie, um ihn zu sehen.

## What the script says

session-ended = Ihre Sitzung ist beendet, und nichts wurde gespeichert. Ihre Eingaben sind noch da: Kopieren Sie sie, und öffnen Sie
    Wandstore erneut in Ihrem Shopify-Adminbereich.
unreached = Wandstore wurde nicht erreicht, und nichts wurde gespeichert. Ihre Eingaben sind noch da: Versuchen Sie es erneut.
offline = Sie sind offline, und nichts wurde gespeichert. Ihre Eingaben sind noch da: Speichern Sie, wenn Sie wieder online sind.
too-long = Das ist zu lang, um gespeichert zu werden. Ihre Eingaben sind noch da: Kürzen Sie sie, und speichern Sie erneut.
page-unreached = Diese Seite konnte nicht geladen werden.
page-offline = Sie sind offline, darum konnte diese Seite nicht geladen werden.
one-moment = Einen Moment …
report-unread = Der Bericht wurde nicht gelesen. Versuchen Sie es in einer Minute erneut.

## Home: the connection

connection = Verbindung
paused = Pausiert
paused-details = Alle Kunden sehen dieselbe Seite, und nichts wird erstellt oder gespeichert.

## Home: the steps

setup = Einrichtung
steps-done = { $done } von { $all } erledigt
step-done = Erledigt
step-open = Offen
step-unknown = Noch nicht bekannt
step-installed = Wandstore ist mit Ihrem Shop verbunden
step-products = Wandstore kann Ihre Produkte lesen
step-products-details = Seiten bestehen aus den Produkten Ihres Vertriebskanals „Onlineshop“.
step-products-none = Shopify zeigt Wandstore keine Produkte. Veröffentlichen Sie welche im Kanal „Onlineshop“.
step-block = Der Block „Storefront“ ist in Ihrem Theme
step-block-details = Fügen Sie ihn auf der Startseite hinzu und überall, wo er sonst passt. Der Schritt zählt, sobald ihn ein Kunde
    gesehen hat.
step-page = Die erste Seite wurde erstellt
step-page-details = Sie entsteht nach dem ersten Besuch eines Kunden oder wenn Sie eine Vorschau öffnen.
step-comparison = Der Vergleich läuft
step-comparison-details = Er beginnt mit den ersten Kunden, die den Block sehen und der Zählung zustimmen.
add-block = Block im Theme-Editor hinzufügen
turn-on-embed = App-Einbettung im Theme-Editor aktivieren
open-preview = Vorschau öffnen
in-theme = In Ihrem veröffentlichten Theme
block = Block „Storefront“
embed = App-Einbettung „Storefront signals“
is-on = An
is-off = Aus
is-checking = Wird geprüft …
not-told = Shopify sagt es hier nicht

## Home: what to do next

next = Was jetzt zu tun ist
next-nothing = Nichts. Seiten werden erstellt, gezeigt und verglichen.
next-connect = Verbinden Sie Ihren Shop: Der Grund steht oben.
next-setup = Schließen Sie die Einrichtung oben ab.
next-unpause = Wandstore ist pausiert. Schalten Sie es wieder ein, wenn Sie so weit sind.
next-losing = Persönliche Seiten sind für manche Kunden schlechter und dort pausiert. Sehen Sie sich den Vergleich an.
next-model = Seiten entstehen gerade ohne das Sprachmodell. Sehen Sie nach, warum.
next-reports = Ein Kunde hat nach seinen Daten gefragt. Laden Sie den Bericht herunter.
next-brand = Sagen Sie, wie Ihr Shop klingt und was er verspricht, damit Seiten es tun.
next-approval = Seiten warten auf Ihre Freigabe.
open-page = { $page } öffnen

## Home: numbers

last-day = Die letzten 24 Stunden
last-days = Die letzten 30 Tage
pages-shown = Gezeigte Seiten
made-for-shopper = Für den Kunden erstellt
hits = Treffer
stale-hits = Treffer auf ältere Seiten
misses = Fehlschläge im Cache
pages-made = Erstellte Seiten
failures = Fehler
tokens-read = Gelesene Tokens
tokens-written = Geschriebene Tokens
cost = Kosten
day-column = Tag (UTC)
day-and-page-column = Tag (UTC), Seite
page-and-shoppers = { $page }: { $shoppers }
shown-own = Für den Kunden erstellt
shown-all = Alle gezeigten Seiten
nothing-shown = In den letzten 30 Tagen wurde keine Seite gezeigt.
as-table = Als Tabelle zeigen
shown-summary = Gezeigte Seiten pro Tag, vom { $from } bis zum { $to }: insgesamt { $all }, davon { $own } für den Kunden erstellt.

## Home: help

help = Hilfe
support = Support
privacy-policy = Datenschutzerklärung
changelog = Neuigkeiten

## Pages

what-you-say = Was Sie sagen
questions = Fragen und Antworten
questions-details = Eine pro Zeile: die Frage, ihr Fragezeichen, dann die Antwort.
products-and-campaigns = Produkte und Kampagnen
pinned = Angeheftet
pinned-details = Je Zeile eines, etwa product: oak-wand, collection: sale, vendor: Ollivander oder type: Robes, oder die Adresse eines Produkts. Die ersten vier, die verfügbar sind, stehen auf jeder Seite vorn.
excluded = Ausgeschlossen
excluded-details = Je Zeile eines, ebenso, oder ein Teil von Seiten wie block: story. Keine Seite zeigt sie.
unknown-names = Nichts heißt so
unknown-names-details = Unter den Produkten, die Wandstore kennt, den 100 meistverkauften eines Shops und denen genannter Kategorien, nennen diese Zeilen keines. Sie schaden nicht und gelten, sobald es ein solches Produkt gibt:
campaigns = Kampagnen
campaigns-details = Was über jeder Seite steht, in Ihren Worten. Von den laufenden wird die erste gezeigt.
campaign = Kampagne { $number }
campaign-text = Text
campaign-text-details = Leer: keine Kampagne.
campaign-from = Erster Tag
campaign-from-details = Ab Mitternacht in UTC. Leer: Sie hat begonnen.
campaign-until = Letzter Tag
campaign-until-details = Seiten nennen ihn. Leer: Sie hat keinen.
campaign-link = Führt zu
campaign-link-details = Eine Kategorie oder ein Produkt, etwa collection: sale, oder die Adresse.
campaign-personas = Für
campaign-personas-details = Arten von Kunden: minimalist, explorer, dealhunter, loyalist. Leer: alle.
campaign-removed = Diese Kampagne entfernen
campaign-removed-details = Sie ist weg, sobald Sie speichern.
personas = Personas
personas-details = Seiten entstehen für vier Arten von Kunden. Schalten Sie aus, was nicht zu Ihrem Shop passt.
minimalists = Minimalisten
minimalists-want = Wollen eine gute Antwort und keinen Lärm.
explorers = Entdecker
explorers-want = Sehen sich um und lassen sich gern überraschen.
dealhunters = Schnäppchenjäger
dealhunters-want = Vergleichen Preise und warten auf das Angebot.
loyalists = Stammkunden
loyalists-want = Kommen wieder und kaufen erneut.
preview = Vorschau
preview-details = Wie die Seite Ihres Shops für jede Art von Kunden aussieht.
preview-made = Erstellt für: { $shoppers }.
preview-before = Erstellt für: { $shoppers }, bevor sich Produkte oder Einstellungen geändert haben. Sie wird neu erstellt: Sehen Sie
    in einer Minute wieder nach.
preview-never = Das sehen alle, bis eine Seite erstellt ist. Sie wird gerade erstellt: Sehen Sie in einer Minute wieder nach.
preview-none = Gerade gibt es keine Vorschau. Versuchen Sie es in einer Minute erneut.
why = Warum diese Seite
why-details = Wer eine Seite geplant hat, was sie kostete, was die Prüfung wegließ, und warum ein Kunde als diese Art gilt. Ohne Kennung: die Seite, die alle einer Art bekommen. Die Antwort ist auf Englisch.
why-shopper = Kennung eines Kunden
why-show = Anzeigen
why-plan = Der Plan
why-none = Es ist keine Seite gespeichert: Gezeigt wird die Seite, die alle bekommen.
why-no-id = Das ist keine Kennung eines Kunden: nur Buchstaben, Ziffern, _ und -.

## Pages: approval

approval = Freigabe
approval-details = Seiten, die das Sprachmodell geplant hat, können warten, bis Sie sie freigeben.
approval-first = Ich gebe die erste Seite für jede Art von Kunden frei
approval-first-details = Für jede Persona, jeden Markt und jede Seitenart, und erneut, nachdem Sie Ihre Marke geändert haben.
approval-later = Ich gebe auch jede spätere Seite frei
approval-later-details = Einen Tag nach einer Freigabe wird die nächste Seite erstellt und wartet.
approval-only = Nichts zeigen, was ich nicht freigegeben habe
approval-only-details = An: Bis dahin bekommen Kunden die Seite, die alle bekommen. Aus: eine Seite nach unseren eigenen Regeln.
pages-waiting = { $count ->
    [0] Keine Seite wartet auf Sie.
    [one] { $count } Seite wartet auf Sie.
   *[other] { $count } Seiten warten auf Sie.
}

## Approval: what became of a decision

approved = Freigegeben
approved-details = Kunden sehen die Seite innerhalb einer Minute.
approved-later-details = Kunden sehen die Seite etwas später: Unser Speicher hat nicht geantwortet und wird erneut gefragt.
texts-saved-details = Ihre Texte stehen auf der Seite unten. Sie wartet noch auf Ihre Freigabe.
no-text-changed = Kein Text wurde geändert, es gibt also nichts zu speichern. Um Ihren Grund zu senden, wählen Sie „Ablehnen“.
texts-refused-details = Korrigieren Sie die markierten Texte: Seiten sagen nichts, was nicht in Ihren Produktdaten und Versprechen steht.
plan-changed-details = Produkte oder Einstellungen haben sich geändert, seit Sie diese Seite geöffnet haben, und damit auch die Seite.
    Sehen Sie Ihre Texte durch, und speichern Sie erneut.
rejected = Abgelehnt
rejected-details = Die nächste Seite wird mit Blick auf Ihren Grund erstellt und wartet bald hier.
withdrawn = Zurückgezogen
withdrawn-details = Kunden bekommen diese Seite nicht mehr. Sie wartet wieder auf Sie, wenn keine neuere wartet.
withdrawn-later-details = Kunden bekommen diese Seite etwas später nicht mehr: Unser Speicher hat nicht geantwortet, und es wird erneut versucht.
not-rejected-yet = Noch nicht abgelehnt
not-rejected-yet-details = Sagen Sie in wenigen Worten, was nicht stimmt, damit die nächste Seite besser wird.
nothing-decided = Nichts wurde entschieden
outdated-details = Jemand anderes hat über diese Seite entschieden, oder sie wurde neu erstellt. Das wartet jetzt.
decision-failed-details = Bei uns hat etwas nicht funktioniert. Ihre Eingaben sind noch da: Versuchen Sie es in einer Minute erneut.
decision-not-connected-details = Wandstore ist nicht mit diesem Shop verbunden, darum wurde nichts geändert. Der Grund steht darunter.

## Approval: the queue

back-to = ‹ { $page }
homeless-texts = Was Sie eingegeben haben
homeless-texts-details = Für diese Texte gibt es auf der Seite keinen Platz mehr. Kopieren Sie, was Sie behalten möchten.
waiting = Wartet auf Sie
approval-is-off = Seiten werden ohne Ihre Freigabe gezeigt. Das können Sie unter „Seiten“ ändern.
nothing-waits = Keine Seite wartet. Die nächste entsteht, wenn ein Kunde kommt, für den es noch keine gibt oder dessen Seite einen Tag
    alt ist.
audience = { $page } · { $shoppers } · { $market }
kind-home = Startseite
kind-collection = Kollektionen
kind-product = Produkte
kind-search = Suche
kind-cart = Warenkorb
market-own = Ihr eigener Markt
market-language = Sprache { $language }
market-both = { $country }, Sprache { $language }

## Approval: a page that waits

not-shown-now = Diese Seite kann gerade nicht gezeigt werden. Versuchen Sie es in einer Minute erneut.
not-fit-today = Diese Seite kann Kunden heute nicht gezeigt werden
not-fit-today-details = Ihre Produkte oder Einstellungen haben sich geändert. Lehnen Sie sie ab, oder warten Sie: Sie wird neu erstellt.
on-phone = Smartphone
on-desktop = Computer
frame-phone = { $page }, auf einem Smartphone
frame-desktop = { $page }, auf einem Computer
seen-by = So sieht sie ein Kunde, der noch nichts getan hat. Was ein Kunde angesehen oder gekauft hat, kommt für ihn hinzu.
follows-subject = Sie folgt auf das, was zur Seite selbst gehört, etwa passende Produkte.
until-approved-former = Bis Sie sie freigeben, bekommen Kunden die Seite, die Sie zuvor freigegeben haben.
until-approved-same = Bis Sie sie freigeben, bekommen Kunden die Seite, die alle bekommen.
until-approved-rules = Bis Sie sie freigeben, bekommen Kunden eine Seite nach unseren eigenen Regeln.
approve = Freigeben
edit-texts = Texte bearbeiten
approve-texts = Mit diesen Texten freigeben
save-and-look = Speichern und ansehen
copy-refused = Dieser Text wurde abgelehnt. Der Grund auf Englisch:
reject = Ablehnen
reason = Was stimmt damit nicht?
reason-details = Das Sprachmodell erfährt es, höchstens 30 Tage lang. Höchstens { $max } Zeichen.
page-column = Seite
by-column = Von Teammitglied
withdraw = Zurückziehen
# Read aloud: which page.
withdraw-of = Zurückziehen: { $page }
once-withdrawn-same = Danach bekommen Kunden die Seite, die alle bekommen, bis Sie eine andere freigeben.
once-withdrawn-rules = Danach bekommen Kunden eine Seite nach unseren eigenen Regeln, bis Sie eine andere freigeben.

## Approval: the texts of a page

copy-title = Titel der Seite
copy-label = { $number }. { $block }: { $field }
copy-label-of = { $number }. { $block }: { $field } { $at }
field-headline = Schlagzeile
field-heading = Überschrift
field-text = Text
field-term = Begriff
block-brands = Anbieter
block-bundle = Set
block-categories = Produktarten
block-collections = Kollektionen
block-comparison = Vergleich
block-deals = Angebote
block-grid = Produkte
block-hero = Aufmacher
block-image-with-text = Bild mit Text
block-lookbook = Lookbook
block-price-guide = Preisübersicht
block-questions = Fragen
block-search = Suche
block-spotlight = Im Blickpunkt
block-story = Geschichte

## Brand

your-brand = Ihre Marke
tone = Ton
tone-details = Wie Ihr Shop klingt, in wenigen Worten.
tone-example = herzlich und klar
accent = Akzentfarbe
accent-details = Schaltflächen und Hervorhebungen. Leer: die der Seiten.
surface = Hintergrundfarbe
surface-details = Leer: die der Seiten.
banned-words = Verbotene Wörter
banned-words-details = Eines pro Zeile. Seiten verwenden sie nie.
promises = Versprechen
promises-details = Eines pro Zeile, etwa kostenlose Rückgabe. Seiten versprechen sonst nichts.

## Experiments

comparison = Vergleich
losing = Pausiert, weil persönliche Seiten schlechter sind
losing-details = Wo Ihr Shop diese Kunden vermuten lässt, legen mit einer persönlichen Seite weniger von ihnen etwas in den
    Warenkorb als ohne. Darum sehen dort alle dieselbe Seite. Entfernen Sie einen Haken, um dort wieder persönliche Seiten zu
    zeigen: Solange der Anteil unten gleich bleibt, werden sie nicht erneut pausiert.
stays-paused = Bleibt pausiert.
holdout = Vergleichsgruppe, in Prozent
holdout-details = So viele Kunden sehen immer dieselbe Seite wie alle, damit Sie erkennen, was persönliche Seiten ändern. 0:
    Persönliche Seiten werden mit nichts verglichen. Eine Änderung beginnt den Vergleich von vorn.
variant-tone = Tonfall im Test
variant-tone-details = Die Hälfte der Kunden mit persönlichen Seiten bekommt Texte, die das Sprachmodell in diesem Ton schreibt, die
    andere Hälfte Texte im Ton unter „Marke“. Leer: Niemand bekommt einen anderen Ton.
variant-tone-example = trocken und kurz
variant-layout = Layout im Test
variant-layout-details = Die Hälfte der Kunden mit persönlichen Seiten bekommt dieses Layout, die andere Hälfte das ihrer
    Kundenart. Testen Sie immer nur eine Sache. Eine Änderung beginnt einen neuen Test.
layout-none = Keines
layout-balanced = Ausgewogen: Worte neben einem Bild, mittelgroße Kacheln
layout-calm = Ruhig: ein Bild, wenige Worte, viel Platz
layout-varied = Abwechslungsreich: ein breiter Auftakt und ein Raster, das mit einer großen Kachel beginnt
layout-compact = Kompakt: ein kleiner Auftakt und viele kleine Kacheln, die Preise zuerst
layout-personal = Persönlich: Worte auf einer Karte über dem Bild, und Reihen
untested = Im Moment wird nichts getestet
untested-approval = Solange Sie Pläne freigeben, kann kein Ton getestet werden: Jeder Plan bräuchte zwei Freigaben. Testen Sie ein
    Layout, oder schalten Sie die Freigabe unter „Seiten“ aus.
untested-same = Der Ton im Test ist der unter „Marke“. Schreiben Sie einen anderen.
untested-model = Seiten werden im Moment ohne Sprachmodell geplant, deshalb ändert der Ton nichts. Testen Sie ein Layout.
variant-of-tone = Seiten im Ton „{ $tone }“.
variant-of-layout = Seiten im Layout „{ $layout }“.
variant-over = Diese Variante wird im Moment nicht getestet.
variant-effects = Was die Variante ändert
variant-effects-details = { $days ->
    [one] Kunden mit persönlichen Seiten, die den Block während des Tests zum ersten Mal sahen, von { $days } vollständigen Tag,
        die Hälfte davon mit der Variante. Diese Intervalle gelten gemeinsam mit denen oben.
   *[other] Kunden mit persönlichen Seiten, die den Block während des Tests zum ersten Mal sahen, von { $days } vollständigen
        Tagen, die Hälfte davon mit der Variante. Diese Intervalle gelten gemeinsam mit denen oben.
}
without-variant = Ohne die Variante
with-variant = Mit der Variante
more-with-variant = Mehr mit der Variante: zwischen { $low } und { $high }.
fewer-with-variant = Weniger mit der Variante: zwischen { $low } und { $high }.
note-variant-mismatched = Die Hälfte der Kunden sollte die Variante bekommen, aber { $with } bekamen sie und { $without } nicht.
    Etwas zählt sie falsch, etwa Bots oder eine Seite, die mit der Variante nicht funktioniert. Diese Zahlen beweisen also nichts.
error-layout = Wählen Sie ein Layout aus der Liste oder keines.
error-two-variants = Testen Sie immer nur eine Sache: Leeren Sie dieses Feld, oder wählen Sie kein Layout.
effects = Was persönliche Seiten ändern
effects-details = { $days ->
    [one] Kunden, die den Block in den letzten 13 Monaten gesehen haben, von { $days } vollständigen Tag. Diese Intervalle dürfen
        jeden Tag betrachtet werden: Mit 95 % gelten alle jederzeit.
   *[other] Kunden, die den Block in den letzten 13 Monaten gesehen haben, von { $days } vollständigen Tagen. Diese Intervalle dürfen
        jeden Tag betrachtet werden: Mit 95 % gelten alle jederzeit.
}
effects-estimates = Die Schätzung für eine Art von Kunden ist zu dem hin verschoben, was alle Arten gemeinsam haben, weil wenige
    Daten Unterschiede übertreiben. Das Intervall ist nicht verschoben, und nur danach wird entschieden.
ungranted-rollouts = Shopify Rollouts ändern Theme oder Rabatte für einen Teil der Käufer und stören so diesen Vergleich. Wenn Wandstore sie lesen
    darf, nennt es sie und lässt die Tage aus, an denen sie liefen.
grant-rollouts = Wandstore erlauben, Rollouts zu lesen
shoppers = Kunden
measure = Messgröße
held-out = Vergleichsgruppe
personal-pages = Persönliche Seiten
difference = Unterschied
estimate = Schätzung
result = Ergebnis
of-shoppers = von { $number }
all-shoppers = Alle Kunden
cart-adds = Warenkorb
product-views = Produktansichten
orders = Bestellungen
revenue = Umsatz
interval = { $low } bis { $high }
percentage-points = { $numbers } Prozentpunkte
views = { $numbers } Ansichten
more-with = Mehr mit persönlichen Seiten: zwischen { $low } und { $high }.
fewer-with = Weniger mit persönlichen Seiten: zwischen { $low } und { $high }.
not-enough = Noch nicht genug Daten.
not-enough-over-a-year = Noch nicht genug Daten. In diesem Tempo dauert es weit über ein Jahr.
not-enough-perhaps-a-year = Noch nicht genug Daten. In diesem Tempo kann es über ein Jahr dauern.
not-enough-days = { $days ->
    [one] Noch nicht genug Daten. In diesem Tempo etwa { $days } weiterer Tag.
   *[other] Noch nicht genug Daten. In diesem Tempo etwa { $days } weitere Tage.
}
counted-wrongly = Die Gruppen werden falsch gezählt.
note-nobody = Es gibt keine Vergleichsgruppe, also nichts, womit verglichen werden kann.
note-mismatched = Die Gruppen haben nicht die Größen, die zu einer Vergleichsgruppe von { $share } gehören: { $holdout } sind darin,
    { $personal } nicht. Etwas zählt sie falsch, etwa Bots oder ein Block, der in einer Gruppe versagt. Diese Zahlen beweisen also
    nichts.
note-others = { $count ->
    [one] { $count } Kunde wurde gezählt, als die Vergleichsgruppe eine andere war, und ist nicht dabei.
   *[other] { $count } Kunden wurden gezählt, als die Vergleichsgruppe eine andere war; sie sind nicht dabei.
}
note-ahead = { $count ->
    [one] { $count } Kunde wurde an einem Tag gezählt, der noch nicht gekommen ist, weil die Uhr eines Servers falsch ging, und ist
        nicht dabei.
   *[other] { $count } Kunden wurden an Tagen gezählt, die noch nicht gekommen sind, weil die Uhr eines Servers falsch ging; sie
        sind nicht dabei.
}
note-rollouts = { $days ->
    [one] { $days } Tag ist nicht dabei, weil Rollouts den Shop geändert haben: { $names }.
   *[other] { $days } Tage sind nicht dabei, weil Rollouts den Shop geändert haben: { $names }.
}
note-of-pixel = Bestellungen sind die, die Browser von Kunden melden, weil Shopify keine meldet. Rückerstattungen sind nicht bekannt, und
    niemand bürgt für diese Zahlen.
note-limit = Was ein Kunde bestellt hat, zählt mit höchstens { $limit }, einem Mehrfachen des in diesem Shop Üblichen, damit wenige
    große Bestellungen nichts entscheiden.
note-patience = Mit dieser Vergleichsgruppe und so vielen Kunden wie jetzt dauert es vom ersten Tag an { $large-time }, bis sich
    { $large } mehr oder weniger Warenkörbe zeigen, { $middle-time } bei { $middle } und { $small-time } bei { $small }.
span-over-a-year = weit über ein Jahr
span-days = { $days ->
    [one] einen Tag
   *[other] { $days } Tage
}
span-weeks = { $weeks ->
    [one] etwa eine Woche
   *[other] etwa { $weeks } Wochen
}
span-months = { $months ->
    [one] etwa einen Monat
   *[other] etwa { $months } Monate
}
worth = Kosten und Nutzen
worth-details = Was Seiten am Tag kosten, im Mittel der letzten 30 Tage, und was sie am Tag bringen, wie der Vergleich zeigt.
worth-lines = In der Tabelle hat jeder Tag eine Zeile für jede Art von Seite: was ihre Seiten kosten und was die Kunden taten, die den
    Block dort zuerst sahen. Was sie bringen, ist das, was solche Kunden im ganzen Vergleich bringen, denn ein einzelner Tag sagt nichts.
download-csv = Tabelle herunterladen (CSV)
cost-a-day = Kosten pro Tag
more-orders = Mehr Bestellungen pro Tag
more-revenue = Mehr Umsatz pro Tag
cost-of-an-order = Kosten einer weiteren Bestellung
not-known-yet = noch nicht bekannt
cart-adds-so-far = Anteil aller Kunden mit Warenkorb bisher, in Prozent.
cart-adds-summary = Anteil aller Kunden mit Warenkorb bisher: { $held-out } in der Vergleichsgruppe, { $personal } mit persönlichen
    Seiten
line-label = { $line }: { $value }
tokens = Tokens
model-calls = Modellaufrufe
shoppers-counted = Gezählte Kunden
cart-adds-column = Warenkörbe
orders-column = Bestellungen
revenue-column = Umsatz
more-revenue-column = Mehr Umsatz

## Privacy

requests = Anfragen zum Datenschutz
requests-none = In den letzten 30 Tagen hat niemand nach seinen Daten gefragt. Wenn Shopify die Daten eines Kunden anfordert, kann hier
    ein Bericht heruntergeladen werden.
requests-details = Gespeicherte Daten von Kunden, die danach gefragt haben. Berichte werden nach 30 Tagen gelöscht.
download = Herunterladen
kept = Was Wandstore speichert
kept-details = Mit Einwilligung des Kunden: was er ansah, in den Warenkorb legte und kaufte, unter einer zufälligen Kennung oder der
    Nummer seines Kundenkontos. Ohne Einwilligung: nichts. Löschanfragen von Shopify für Kunden oder den Shop werden von selbst
    ausgeführt.

## Settings

plan = Ihr Tarif
plan-free = Kostenlos: Seiten für eine Art von Kunden, ohne das Sprachmodell geplant, und kein Vergleich. Was Sie sonst
    eingestellt haben, bleibt gespeichert.
plan-paid = Alles ist enthalten.
plan-trial = Alles ist enthalten. Ihre Testphase endet am { $day }.
plan-inactive = Ihr Abonnement ist nicht aktiv, deshalb gilt der kostenlose Umfang. Den Grund nennt Shopify in den Einstellungen Ihres
    Shops unter Abrechnung.
change-plan = Tarif ändern
not-in-plan = Nicht in Ihrem Tarif
not-in-plan-experiments = In Ihrem Tarif gibt es keine Vergleichsgruppe und keinen Test einer Variante, und nichts wird verglichen. Was Sie
    hier einstellen, bleibt gespeichert und gilt, sobald Ihr Tarif es enthält.
not-in-plan-pages = In Ihrem Tarif entstehen Seiten für eine Art von Kunden, die erste, die unten eingeschaltet ist, ohne das
    Sprachmodell, und keine Seite wartet auf eine Freigabe. Fragen, Produkte und Kampagnen gelten in jedem Tarif. Alles, was Sie
    hier einstellen, bleibt gespeichert.
pause = Pause
pause-wandstore = Wandstore pausieren
pause-details = Alle Kunden sehen sofort dieselbe Seite, und nichts wird erstellt oder gespeichert, bis Sie dies ausschalten.
model = Sprachmodell
model-works = Seiten werden mit dem Sprachmodell geplant, wenn Ihre Installation eines hat.
model-not-asked = Seiten ohne Sprachmodell
model-not-asked-details = { $why }, mehrmals hintereinander. Seiten werden zehn Minuten lang ohne es geplant, dann wird es erneut
    versucht. Wenn das andauert, entfernen Sie verbotene Wörter oder sagen Sie es dem Betreiber von Wandstore.
cause-auth = Der Dienst des Sprachmodells nimmt den Schlüssel nicht an
cause-model = Der Dienst des Sprachmodells kennt dieses Modell oder diese Adresse nicht
cause-quota = Das Budget für das Sprachmodell ist verbraucht
cause-rate = Das Sprachmodell wurde zu oft gefragt
cause-refusal = Das Sprachmodell hat die Anfrage abgelehnt
cause-length = Die Antwort des Sprachmodells wurde an der Grenze der Tokens abgeschnitten
cause-context = Die Frage ist zu lang für das Sprachmodell
cause-thinking = Das Sprachmodell hat die Tokens seiner Antwort mit Nachdenken verbraucht
cause-filter = Ein Inhaltsfilter hat die Antwort des Sprachmodells zurückgehalten
cause-format = Die Antwort des Sprachmodells ist nicht verwendbar
cause-claims = Der Text des Sprachmodells sagt, was nicht gesagt werden darf
cause-unreachable = Das Sprachmodell ist nicht verfügbar
cause-timeout = Das Sprachmodell hat nicht rechtzeitig geantwortet
budget = Budget
budget-details = Was das Sprachmodell für Ihre Seiten kosten darf. Sind vier Fünftel eines Budgets verbraucht, werden Seiten neuer
    Kunden ohne das Modell geplant. Ist alles verbraucht, gilt das für jede Seite, bis der nächste Tag oder Monat beginnt (UTC).
    Kunden bekommen immer eine Seite, und vorhandene Seiten bleiben.
budget-per-day = Pro Tag, in US-Dollar
budget-per-month = Pro Monat, in US-Dollar
budget-empty = Leer: keine Grenze.
budget-nearly = Fast verbraucht
budget-nearly-details = Seiten neuer Kunden werden ohne das Sprachmodell geplant.
budget-spent = Verbraucht
budget-spent-details = Seiten werden bis zum { $day } (UTC) ohne das Sprachmodell geplant.
spent-today = Heute
spent-month = In diesem Monat
spent-of = { $spent } von { $limit }
month-forecast = Der ganze Monat, wenn es wie in den letzten sieben Tagen weitergeht
budget-lasts-until = Geht es so weiter, ist das Budget dieses Monats am { $day } verbraucht.
language = Sprache der Seiten
language-known = Seiten sind in der Sprache des Marktes jedes Kunden, sonst in der Ihres Shops: { $language }.
language-unknown = Wandstore hat keine Wörter in der Sprache Ihres Shops ({ $language }). Schaltflächen und Beschriftungen der Seiten
    sind auf Englisch; was das Sprachmodell schreibt, ist in der Sprache Ihres Shops.

## Errors beside fields

error-tone = Sagen Sie in wenigen Worten, wie Ihr Shop klingt.
error-characters = { $max ->
    [one] Höchstens { $max } Zeichen.
   *[other] Höchstens { $max } Zeichen.
}
error-colour = Schreiben Sie eine Farbe wie #1b3a57, oder lassen Sie dies leer.
error-question = Zeile { $line } braucht ein Fragezeichen und danach eine Antwort.
error-day = Schreiben Sie einen Tag wie 2026-12-24, oder lassen Sie dies leer.
error-share = Schreiben Sie eine Zahl von 0 bis 50, etwa 10 oder 2,5.
error-dollars = Schreiben Sie Dollar wie 20 oder 2,50, oder lassen Sie dies leer.
error-selector = Zeile { $line }: { $problem }.
error-campaign-text = Sagen Sie, was angekündigt wird.
error-campaign-ends = Ihr letzter Tag liegt vor ihrem ersten.
error-campaigns = { $max ->
    [one] Das ist eine Kampagne zu viel: Höchstens { $max } zählt.
   *[other] Das ist eine Kampagne zu viel: Höchstens { $max } zählen.
}
error-link = Schreiben Sie eine Kategorie oder ein Produkt, etwa collection: sale, oder die Adresse.
error-campaign-personas = Schreiben Sie welche von { $names }, oder lassen Sie dies leer für alle.
error-lines = { $max ->
    [one] Höchstens { $max } Zeile.
   *[other] Höchstens { $max } Zeilen.
}
error-line = { $max ->
    [one] Zeile { $line } ist länger als { $max } Zeichen.
   *[other] Zeile { $line } ist länger als { $max } Zeichen.
}
error-personas = Lassen Sie mindestens eine an, oder pausieren Sie Wandstore.

## Why a shop is not connected

advice-not-installed = Öffnen Sie Wandstore bei den Apps in Ihrem Shopify-Adminbereich, um es zu verbinden.
advice-uninstalled = Wandstore wurde aus diesem Shop entfernt. Installieren Sie es erneut, und öffnen Sie es bei den Apps in Ihrem
    Shopify-Adminbereich.
advice-closed = Wandstore ist für diesen Shop geschlossen: Es wurde entfernt, oder der Betreiber hat es geschlossen. Öffnen Sie diese
    Seite in einer Minute erneut.
advice-token-refused = Shopify lässt Wandstore Ihre Produkte mit dem erteilten Zugang nicht lesen. Öffnen Sie diese Seite erneut.
advice-session = Shopify hat Ihre Sitzung zweimal abgelehnt. Öffnen Sie Wandstore erneut bei den Apps in Ihrem Shopify-Adminbereich.
    Hilft das nicht, muss der Betreiber von Wandstore SHOPIFY_API_KEY und SHOPIFY_API_SECRET prüfen.
advice-secret = Shopify nimmt das App-Geheimnis von Wandstore nicht an. Der Betreiber von Wandstore muss SHOPIFY_API_KEY und
    SHOPIFY_API_SECRET korrigieren: Es sind die Client-ID und das Geheimnis der App in Shopifys Dev Dashboard.
advice-shopify = Shopify hat Wandstore keinen Zugang gegeben. Öffnen Sie diese Seite in einer Minute erneut.
advice-unavailable = Wandstore kann die Verbindung gerade nicht lesen oder speichern. Öffnen Sie diese Seite in einer Minute erneut.

## Refusals

checking-session = Einen Moment: Wandstore prüft Ihre Sitzung bei Shopify.
if-nothing-happens = Wenn nichts geschieht, öffnen Sie Wandstore bei den Apps in Ihrem Shopify-Adminbereich.
refused = Das hat nicht funktioniert: { $why }.
refused-help = Öffnen Sie Wandstore bei den Apps in Ihrem Shopify-Adminbereich.
why-no-page = diese Seite gibt es nicht
why-no-method = diese Adresse nimmt diese Methode nicht an
why-no-persona = diese Persona gibt es nicht
why-no-report = diesen Bericht gibt es nicht
why-report = der Bericht kann gerade nicht gelesen werden
why-settings = die Einstellungen können gerade nicht gelesen werden
why-render = die Seite kann nicht gezeigt werden
why-return = die Adresse für die Rückkehr ist ungültig
why-other-shop = das Sitzungstoken gehört zu einem anderen Shop
why-no-token = Shopify hat kein Sitzungstoken gesendet, und ein zweiter Versuch hat nicht geholfen
why-clock = das Sitzungstoken ist abgelaufen oder noch nicht gültig, und ein neues hat nicht geholfen: Prüfen Sie die Uhr des Rechners,
    auf dem Wandstore läuft
why-secret = was Shopify signiert hat, passt nicht zu dem Geheimnis, das Wandstore kennt. Wenn Sie diese Seite in Shopify geöffnet
    haben, muss der Betreiber von Wandstore SHOPIFY_API_SECRET korrigieren: Es ist nicht das Geheimnis dieser App
why-key = das Sitzungstoken gehört zu einer anderen App. Wenn Sie diese Seite in Shopify geöffnet haben, muss der Betreiber von
    Wandstore SHOPIFY_API_KEY korrigieren: Es ist nicht die Client-ID dieser App
why-request = so fragt Shopify nicht ({ $detail })

## Numbers and times

percent = { $number } %
amount = { $amount } { $currency }
dollars = { $amount } $
date = { $day }. { $month } { $year }
just-now = gerade eben
minutes-ago = { $minutes ->
    [one] vor { $minutes } Minute
   *[other] vor { $minutes } Minuten
}
hours-ago = { $hours ->
    [one] vor { $hours } Stunde
   *[other] vor { $hours } Stunden
}
days-ago = { $days ->
    [one] vor { $days } Tag
   *[other] vor { $days } Tagen
}
january = Jan.
february = Feb.
march = März
april = Apr.
may = Mai
june = Juni
july = Juli
august = Aug.
september = Sept.
october = Okt.
november = Nov.
december = Dez.
