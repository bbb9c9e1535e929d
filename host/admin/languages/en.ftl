# The words of the merchants' admin in English. Every language has a file with these messages: see docs/languages.md.
# The name Wandstore is not translated.

## The frame of every page

# The pages in the navigation.
nav = Pages of Wandstore
home = Home
pages = Pages
experiments = Experiments
brand = Brand
privacy = Privacy
settings = Settings
loading = Loading…
retry = Try again
unreadable = This cannot be read at the moment.
not-connected = Not connected
connected = Connected

## Saving

unsaved = Unsaved changes
save = Save
discard = Discard
# When somebody goes to another page with unsaved changes.
save-first = Save or discard your changes first.
saved = Saved
saved-details = Pages are made again with these settings from now on.
saved-later-details = Pages are updated a little later: our storage did not answer, and is tried again.
not-saved-yet = Not saved yet
not-saved-yet-details = Correct the marked fields below.
not-saved = Not saved
not-saved-details = Something on our side did not work. What you typed is still here: save again in a minute.
not-saved-not-connected = Wandstore is not connected to this shop, so nothing was changed. The reason is below.
changed-elsewhere = Changed in another tab
changed-elsewhere-details = Somebody saved this page after you opened it. What you typed is still here: save again to replace
    what they saved, or discard to see it.

## What the script says

session-ended = Your session has ended, and nothing was saved. What you typed is still here: copy it, and open Wandstore from
    your shop’s admin again.
unreached = Wandstore was not reached, and nothing was saved. What you typed is still here: try again.
offline = You are offline, and nothing was saved. What you typed is still here: save it when you are online again.
too-long = This is too long to be saved. What you typed is still here: shorten it, and save again.
page-unreached = This page could not be loaded.
page-offline = You are offline, so this page could not be loaded.
one-moment = One moment…
report-unread = The report was not read. Try again in a minute.

## Home: the connection

connection = Connection
paused = Paused
paused-details = Every shopper gets the same page, and nothing is made or stored.

## Home: the steps

setup = Setup
# How many of the steps are done.
steps-done = { $done } of { $all } done
step-done = Done
step-open = To do
step-unknown = Not known yet
step-installed = Wandstore is connected to your shop
step-products = Wandstore can read your products
step-products-details = Pages are made of the products in your Online Store sales channel.
step-products-none = Shopify shows Wandstore no products. Publish some to the Online Store channel.
step-block = The block Storefront is in your theme
step-block-details = Add it to the home page, and wherever else it suits your shop. It counts as soon as a shopper has seen it.
step-page = The first page was made
step-page-details = It is made after a shopper’s first visit, or when you open a preview.
step-comparison = The comparison is running
step-comparison-details = It begins with the first shoppers who see the block and agree to be counted.
add-block = Add the block in the theme editor
turn-on-embed = Turn on the app embed in the theme editor
open-preview = Open a preview
# What Shopify says about the app’s extensions in the published theme.
in-theme = In your published theme
block = Block “Storefront”
embed = App embed “Storefront signals”
is-on = On
is-off = Off
is-checking = Checking…
not-told = Shopify does not say here

## Home: what to do next

next = What to do next
next-nothing = Nothing. Pages are being made, shown and compared.
next-connect = Connect your shop: the reason is above.
next-setup = Finish the setup above.
next-unpause = Wandstore is paused. Turn it on again when you are ready.
next-losing = Personal pages lose for some shoppers and are paused for them. Look at the comparison.
next-model = Pages are made without the language model at the moment. See the reason.
next-reports = A customer asked for their data. Download the report.
next-brand = Say how your shop sounds and what it promises, so that pages do.
next-approval = Pages wait for your approval.
open-page = Open { $page }

## Home: numbers

last-day = The last 24 hours
last-days = The last 30 days
pages-shown = Pages shown
made-for-shopper = Made for the shopper
hits = Hits
stale-hits = Hits on older pages
misses = Misses
pages-made = Pages made
failures = Failures
tokens-read = Tokens read
tokens-written = Tokens written
cost = Cost
day-column = Day (UTC)
day-and-page-column = Day (UTC), page
# A kind of page, and the shoppers that it suggests.
page-and-shoppers = { $page }: { $shoppers }
# The lines of the plot.
shown-own = Made for the shopper
shown-all = All pages shown
nothing-shown = No page was shown in the last 30 days.
as-table = Show as a table
# Read aloud in place of the plot.
shown-summary = Pages shown a day, from { $from } to { $to }: { $all } in all, { $own } of them made for the shopper.

## Home: help

help = Help
support = Support
privacy-policy = Privacy policy
changelog = What is new

## Pages

what-you-say = What you say
questions = Questions and answers
questions-details = One a line: the question, its question mark, then the answer.
products-and-campaigns = Products and campaigns
pinned = Pinned
pinned-details = One a line, such as product: oak-wand, collection: sale, vendor: Ollivander or type: Robes, or the address of a product. The first four that are available stand first on every page.
excluded = Excluded
excluded-details = One a line, likewise, or a part of pages, such as block: story. No page shows them.
unknown-names = Nothing has these names
unknown-names-details = Among the products that Wandstore knows, the 100 best-selling ones of a shop and those of named collections, these lines name none. They do no harm, and count as soon as there is such a product:
campaigns = Campaigns
campaigns-details = What stands above every page, in your words. Of those that run, the first is shown.
campaign = Campaign { $number }
campaign-text = Text
campaign-text-details = Empty: no campaign.
campaign-from = First day
campaign-from-details = From midnight in UTC on. Empty: it has begun.
campaign-until = Last day
campaign-until-details = Pages say it. Empty: it has none.
campaign-link = Leads to
campaign-link-details = A collection or a product, such as collection: sale, or its address.
campaign-personas = For
campaign-personas-details = Kinds of shoppers: minimalist, explorer, dealhunter, loyalist. Empty: everybody.
campaign-removed = Remove this campaign
campaign-removed-details = It is gone once you save.
personas = Personas
personas-details = Pages are made for four kinds of shoppers. Turn off those that do not suit your shop.
minimalists = Minimalists
minimalists-want = Want one good answer and no noise.
explorers = Explorers
explorers-want = Look around and like to be surprised.
dealhunters = Deal hunters
dealhunters-want = Compare prices and wait for the deal.
loyalists = Loyal customers
loyalists-want = Come back and buy again.
preview = Preview
preview-details = How your shop’s page looks for each kind of shopper.
preview-made = Made for { $shoppers }.
preview-before = Made for { $shoppers } before products or settings changed. It is being made again: look again in a minute.
preview-never = What every shopper gets until a page is made. It is being made now: look again in a minute.
preview-none = There is no preview at the moment. Try again in a minute.
why = Why this page
why-details = Who planned a page, what it cost, what the check left out, and why a shopper counts as this kind. Without an id: the page that everybody of a kind gets. The answer is in English.
why-shopper = A shopper’s id
why-show = Show
why-plan = The plan
why-none = No page is stored: the shop’s fallback page is shown.
why-no-id = This is not a shopper’s id: use letters, digits, _ and - only.

## Pages: approval

# Also the title of the page where pages wait.
approval = Approval
approval-details = Pages that the language model planned can wait until you approve them.
approval-first = I approve the first page for each kind of shopper
approval-first-details = For each persona, market and kind of page, and again after you changed your brand.
approval-later = I approve every later page too
approval-later-details = A day after you approved a page, the next one is made and waits.
approval-only = Show nothing that I did not approve
approval-only-details = On: until then, shoppers get the page that everybody gets. Off: they get a page of our own rules.
pages-waiting = { $count ->
    [0] No page waits for you.
    [one] { $count } page waits for you.
   *[other] { $count } pages wait for you.
}

## Approval: what became of a decision

approved = Approved
approved-details = Shoppers see it within a minute.
approved-later-details = Shoppers see it a little later: our storage did not answer, and is tried again.
texts-saved-details = Your texts are in the page below. It still waits for your approval.
no-text-changed = No text was changed, so there is nothing to save. To send your reason, choose “Reject”.
texts-refused-details = Correct the marked texts: pages say nothing that your product data and promises do not.
plan-changed-details = Products or settings changed since you opened this page, and so did the page. Look at your texts, and save
    again.
rejected = Rejected
rejected-details = The next page is made with your reason in mind, and waits here soon.
withdrawn = Withdrawn
withdrawn-details = Shoppers no longer get this page. It waits for you again, unless a newer one does.
withdrawn-later-details = Shoppers stop getting this page a little later: our storage did not answer, and is tried again.
not-rejected-yet = Not rejected yet
not-rejected-yet-details = Say in a few words what is wrong, so that the next page is better.
nothing-decided = Nothing was decided
outdated-details = Somebody else decided about this page, or it was made anew. This is what waits now.
decision-failed-details = Something on our side did not work. What you typed is still here: try again in a minute.
decision-not-connected-details = Wandstore is not connected to this shop, so nothing was changed. The reason is below.

## Approval: the queue

# A link to the page before.
back-to = ‹ { $page }
homeless-texts = What you typed
homeless-texts-details = These texts have no place in the page as it is now. Copy what you want to keep.
waiting = Waiting for you
approval-is-off = Pages are shown without your approval. You can change that under “Pages”.
nothing-waits = No page waits. The next one is made when a shopper comes for whom there is none yet, or whose page is a day old.
# For whom a page is: its kind, the shoppers, the market.
audience = { $page } · { $shoppers } · { $market }
kind-home = Home page
kind-collection = Collections
kind-product = Products
kind-search = Search
kind-cart = Cart
# A market is named by its codes of country and language.
market-own = your own market
market-language = language { $language }
market-both = { $country }, language { $language }

## Approval: a page that waits

not-shown-now = This page cannot be shown at the moment. Try again in a minute.
not-fit-today = This page cannot be shown to shoppers today
not-fit-today-details = Your products or settings changed. Reject it, or wait: it is made anew.
on-phone = Phone
on-desktop = Desktop
# The names of the frames, read aloud.
frame-phone = { $page }, on a phone
frame-desktop = { $page }, on a desktop
seen-by = As a shopper sees it who did nothing yet. What a shopper viewed or bought is added for them.
follows-subject = It follows what is about the page itself, such as products that go with it.
until-approved-former = Until you approve it, shoppers get the page that you approved before.
until-approved-same = Until you approve it, shoppers get the page that everybody gets.
until-approved-rules = Until you approve it, shoppers get a page of our own rules.
approve = Approve
edit-texts = Edit the texts
approve-texts = Approve with these texts
save-and-look = Save and look
# The check’s reason follows. It is in English.
copy-refused = This text was refused:
reject = Reject
reason = What is wrong with it?
reason-details = The language model is told, for 30 days at most. Use at most { $max } characters.
page-column = Page
by-column = By staff member
withdraw = Withdraw
# Read aloud: which page.
withdraw-of = Withdraw: { $page }
once-withdrawn-same = From then on, shoppers get the page that everybody gets, until you approve another one.
once-withdrawn-rules = From then on, shoppers get a page of our own rules, until you approve another one.

## Approval: the texts of a page

copy-title = Title of the page
# A text: the number of its block, the block, the field; and the number of the text if the field has several.
copy-label = { $number }. { $block }: { $field }
copy-label-of = { $number }. { $block }: { $field } { $at }
field-headline = headline
field-heading = heading
field-text = text
field-term = term
block-brands = Vendors
block-bundle = Bundle
block-categories = Types
block-collections = Collections
block-comparison = Comparison
block-deals = Deals
block-grid = Products
block-hero = Hero
block-image-with-text = Image with text
block-lookbook = Lookbook
block-price-guide = Price guide
block-questions = Questions
block-search = Search
block-spotlight = Spotlight
block-story = Story

## Brand

your-brand = Your brand
tone = Tone
tone-details = How your shop sounds, in a few words.
tone-example = warm and clear
accent = Accent colour
accent-details = Buttons and highlights. Empty: the pages’ own.
surface = Background colour
surface-details = Empty: the pages’ own.
banned-words = Banned words
banned-words-details = One a line. Pages never use them.
promises = Promises
promises-details = One a line, such as free returns. Pages promise nothing else.

## Experiments

comparison = Comparison
losing = Paused, because personal pages lose
losing-details = Where your shop suggests these shoppers, fewer of them put something into the cart with a personal page than
    without. So everybody gets the same page there. Untick a line to make personal pages there again: they are not paused a
    second time while the share below is the same.
stays-paused = Stays paused.
holdout = Held out, in percent
holdout-details = So many shoppers always get the same page as everybody, so that you can see what personal pages change. 0:
    personal pages are compared with nothing. A change starts the comparison anew.
variant-tone = Tone of voice to test
variant-tone-details = Half of the shoppers with personal pages get copy that the language model writes in this tone, the other
    half copy in the tone under Brand. Empty: nobody gets another tone.
variant-tone-example = dry and short
variant-layout = Layout to test
variant-layout-details = Half of the shoppers with personal pages get this layout, the other half the one of their kind of
    shopper. Test one thing at a time. A change starts a new test.
layout-none = None
layout-balanced = Balanced: words beside a picture, tiles of medium size
layout-calm = Calm: one picture, few words, much room
layout-varied = Varied: a wide opening, and a grid that begins with a large tile
layout-compact = Compact: a small opening, and many small tiles with their prices first
layout-personal = Personal: words on a card over the picture, and rows
untested = Nothing is tested at the moment
untested-approval = While you approve plans, no tone can be tested: each plan would need two approvals. Test a layout, or turn
    approval off under Pages.
untested-same = The tone to test is the one under Brand. Write another one.
untested-model = Pages are planned without a language model at the moment, so the tone changes nothing. Test a layout.
variant-of-tone = Pages in the tone “{ $tone }”.
variant-of-layout = Pages in the layout “{ $layout }”.
variant-over = This variant is not tested at the moment.
variant-effects = What the variant changes
variant-effects-details = { $days ->
    [one] Shoppers with personal pages who first saw the block during the test, of { $days } complete day, half of them with the
        variant. These intervals hold together with those above.
   *[other] Shoppers with personal pages who first saw the block during the test, of { $days } complete days, half of them with
        the variant. These intervals hold together with those above.
}
without-variant = Without the variant
with-variant = With the variant
more-with-variant = More with the variant: between { $low } and { $high }.
fewer-with-variant = Fewer with the variant: between { $low } and { $high }.
note-variant-mismatched = Half of the shoppers should get the variant, but { $with } got it and { $without } did not. Something
    counts them wrongly, such as bots or a page that fails with the variant, so these numbers prove nothing.
error-layout = Choose a layout from the list, or none.
error-two-variants = Test one thing at a time: empty this field, or choose no layout.
effects = What personal pages change
effects-details = { $days ->
    [one] Shoppers who saw the block in the last 13 months, of { $days } complete day. These intervals may be looked at every
        day: with 95% all of them hold at all times.
   *[other] Shoppers who saw the block in the last 13 months, of { $days } complete days. These intervals may be looked at every
        day: with 95% all of them hold at all times.
}
effects-estimates = The estimate for a kind of shopper is moved toward what all kinds have in common, because few data overstate
    differences. The interval is not moved, and it alone decides.
ungranted-rollouts = Shopify’s Rollouts change a theme or discounts for some buyers, and so disturb this comparison. If Wandstore may read them,
    it names them and leaves out the days on which they ran.
grant-rollouts = Allow Wandstore to read Rollouts
shoppers = Shoppers
measure = Measure
held-out = Held out
personal-pages = Personal pages
difference = Difference
estimate = Estimate
result = Result
# Under a mean: of how many shoppers it is.
of-shoppers = of { $number }
all-shoppers = All shoppers
cart-adds = cart adds
product-views = product views
orders = orders
revenue = revenue
# Differences: an interval, and its units.
interval = { $low } to { $high }
percentage-points = { $numbers } percentage points
views = { $numbers } views
more-with = More with personal pages: between { $low } and { $high }.
fewer-with = Fewer with personal pages: between { $low } and { $high }.
not-enough = Not enough data yet.
not-enough-over-a-year = Not enough data yet. At this rate it takes well over a year.
not-enough-perhaps-a-year = Not enough data yet. At this rate it may take over a year.
not-enough-days = { $days ->
    [one] Not enough data yet. At this rate about { $days } more day.
   *[other] Not enough data yet. At this rate about { $days } more days.
}
counted-wrongly = The groups are counted wrongly.
note-nobody = No shoppers are held out, so there is nothing to compare with.
note-mismatched = The groups do not have the sizes that a holdout of { $share } gives them: { $holdout } are held out,
    { $personal } are not. Something counts them wrongly, such as bots or a block that fails in one group, so these numbers
    prove nothing.
note-others = { $count ->
    [one] { $count } shopper was counted while the holdout was another, and is left out.
   *[other] { $count } shoppers were counted while the holdout was another; they are left out.
}
note-ahead = { $count ->
    [one] { $count } shopper was counted on a day that has not come yet, because the clock of a server was wrong, and is left out.
   *[other] { $count } shoppers were counted on days that have not come yet, because the clock of a server was wrong; they are
        left out.
}
note-rollouts = { $days ->
    [one] { $days } day is left out, on which Rollouts changed the shop: { $names }.
   *[other] { $days } days are left out, on which Rollouts changed the shop: { $names }.
}
note-of-pixel = Orders are those that shoppers' browsers report, because Shopify does not report any. Refunds are not known, and
    nobody vouches for these numbers.
note-limit = What a shopper ordered counts with at most { $limit }, several times what is usual in this shop, so that a few
    large orders decide nothing.
note-patience = With this holdout and as many shoppers as now, it takes { $large-time } until { $large } more or fewer cart
    adds show, { $middle-time } for { $middle }, and { $small-time } for { $small }, from the first day on.
span-over-a-year = well over a year
span-days = { $days ->
    [one] a day
   *[other] { $days } days
}
span-weeks = { $weeks ->
    [one] about a week
   *[other] about { $weeks } weeks
}
span-months = { $months ->
    [one] about a month
   *[other] about { $months } months
}
worth = Costs and worth
worth-details = What pages cost a day, on average of the last 30 days, and what they bring a day, as the comparison shows.
worth-lines = In the table, each day has a line for each kind of page: what its pages cost, and what the shoppers did who first saw
    the block on it. What they bring is what such shoppers bring over the whole comparison, because a single day says nothing.
download-csv = Download the table (CSV)
cost-a-day = Cost a day
more-orders = More orders a day
more-revenue = More revenue a day
cost-of-an-order = Cost of one more order
not-known-yet = not known yet
cart-adds-so-far = Cart adds of all shoppers so far, in percent.
# Read aloud in place of the plot.
cart-adds-summary = Cart adds of all shoppers so far: { $held-out } held out, { $personal } with personal pages
# A line of a plot with its last value.
line-label = { $line }: { $value }
tokens = Tokens
model-calls = Model calls
shoppers-counted = Shoppers counted
cart-adds-column = Cart adds
orders-column = Orders
revenue-column = Revenue
more-revenue-column = More revenue

## Privacy

requests = Privacy requests
requests-none = Nobody asked for their data in the last 30 days. When Shopify requests a customer’s data, a report can be
    downloaded here.
requests-details = Stored data of customers who requested it. Reports are deleted after 30 days.
download = Download
kept = What Wandstore keeps
kept-details = With a shopper’s consent: what they looked at, put into the cart and bought, under a random id or the number of
    their customer account. Without consent, nothing. Shopify’s requests to delete a customer’s or a shop’s data are carried
    out by themselves.

## Settings

plan = Your plan
plan-free = Free: pages of one kind of shopper, planned without the language model, and no comparison. What you set for the rest
    is kept.
plan-paid = Everything is included.
plan-trial = Everything is included. Your trial ends on { $day }.
plan-inactive = Your subscription is not active, so what is free counts. Shopify says why in your shop’s settings, under Billing.
change-plan = Change plan
not-in-plan = Not in your plan
not-in-plan-experiments = On your plan, no shoppers are held out, no variant is tested and nothing is compared. What you set here is
    kept, and counts as soon as your plan includes it.
not-in-plan-pages = On your plan, pages are made for one kind of shopper, the first that is on below, without the language model, and
    no page waits for approval. Questions, products and campaigns count on every plan. All that you set here is kept.
pause = Pause
pause-wandstore = Pause Wandstore
pause-details = Every shopper gets the same page at once, and nothing is made or stored until you turn this off.
model = Language model
model-works = Pages are planned with the language model where your deployment has one.
model-not-asked = Pages without the language model
model-not-asked-details = { $why }, several times in a row. Pages are planned without it for ten minutes, and then it is tried
    again. If this lasts, remove banned words or tell whoever runs Wandstore.
cause-auth = The language model’s endpoint does not accept the key
cause-model = The language model’s endpoint knows no such model or address
cause-quota = The budget for the language model is spent
cause-rate = The language model was asked too often
cause-refusal = The language model refused the request
cause-length = The language model’s answer was cut off at the limit of tokens
cause-context = The question is too long for the language model
cause-thinking = The language model spent the tokens of its answer on thinking
cause-filter = A content filter held the language model’s answer back
cause-format = The language model’s answer cannot be used
cause-claims = The language model’s copy says what may not be said
cause-unreachable = The language model is not available
cause-timeout = The language model did not answer in time
budget = Budget
budget-details = What the language model may cost for your pages. When four fifths of a budget are spent, pages of new shoppers
    are planned without it. When all is spent, every page is, until the next day or month begins (UTC). Shoppers always get a
    page, and pages that exist stay.
budget-per-day = Per day, in US dollars
budget-per-month = Per month, in US dollars
budget-empty = Empty: no limit.
budget-nearly = Nearly spent
budget-nearly-details = Pages of new shoppers are planned without the language model.
budget-spent = Spent
budget-spent-details = Pages are planned without the language model until { $day } (UTC).
spent-today = Today
spent-month = This month
spent-of = { $spent } of { $limit }
month-forecast = The whole month, at the rate of the last seven days
budget-lasts-until = At this rate, the budget of this month will be spent on { $day }.
language = Language of pages
language-known = Pages are in the language of each shopper’s market, and else in your shop’s: { $language }.
language-unknown = Wandstore has no words in your shop’s language ({ $language }). Buttons and labels on pages are in English;
    what the language model writes is in your shop’s language.

## Errors beside fields

error-tone = Say in a few words how your shop sounds.
error-characters = { $max ->
    [one] Use at most { $max } character.
   *[other] Use at most { $max } characters.
}
error-colour = Write a colour such as #1b3a57, or leave this empty.
error-question = Line { $line } needs a question mark, and an answer after it.
error-day = Write a day such as 2026-12-24, or leave this empty.
error-share = Write a number from 0 to 50, such as 10 or 2.5.
error-dollars = Write dollars such as 20 or 2.50, or leave this empty.
error-selector = Line { $line }: { $problem }.
error-campaign-text = Say what is announced.
error-campaign-ends = Its last day is before its first.
error-campaigns = { $max ->
    [one] This is one campaign too many: at most { $max } counts.
   *[other] This is one campaign too many: at most { $max } count.
}
error-link = Write a collection or a product, such as collection: sale, or its address.
error-campaign-personas = Write some of { $names }, or leave this empty for everybody.
error-lines = { $max ->
    [one] Write at most { $max } line.
   *[other] Write at most { $max } lines.
}
error-line = { $max ->
    [one] Line { $line } is longer than { $max } character.
   *[other] Line { $line } is longer than { $max } characters.
}
error-personas = Leave at least one on, or pause Wandstore.

## Why a shop is not connected

advice-not-installed = Open Wandstore from the apps in your shop’s admin to connect it.
advice-uninstalled = Wandstore was uninstalled from this shop. Install it again, and open it from the apps in your shop’s admin.
advice-closed = Wandstore is closed for this shop: it was uninstalled, or whoever runs it closed it. Open this page again in a
    minute.
advice-token-refused = Shopify does not let Wandstore read your products with the access that it gave. Open this page again.
advice-session = Shopify rejected your session twice. Open Wandstore from the apps in your shop’s admin again. If that does not
    help, whoever runs Wandstore has to check SHOPIFY_API_KEY and SHOPIFY_API_SECRET.
advice-secret = Shopify does not accept Wandstore’s app secret. Whoever runs Wandstore has to correct SHOPIFY_API_KEY and
    SHOPIFY_API_SECRET: they are the client id and the secret of the app in Shopify’s Dev Dashboard.
advice-shopify = Shopify did not give Wandstore access. Open this page again in a minute.
advice-unavailable = Wandstore cannot read or store the connection at the moment. Open this page again in a minute.

## Refusals

checking-session = One moment: Wandstore is checking your session with Shopify.
if-nothing-happens = If nothing happens, open Wandstore from the apps in your shop’s admin.
refused = This did not work: { $why }.
refused-help = Open Wandstore from the apps in your shop’s admin.
why-no-page = there is no such page
why-no-method = this address does not accept this method
why-no-persona = there is no such persona
why-no-report = there is no such report
why-report = the report cannot be read at the moment
why-settings = the settings cannot be read at the moment
why-render = the page cannot be shown
why-return = the address to return to is invalid
why-other-shop = the session token is of another shop
why-no-token = Shopify sent no session token, and a second attempt did not help
why-clock = the session token has expired or is not valid yet, and a new one did not help: check the clock of the machine that
    runs Wandstore
why-secret = what Shopify signed does not fit the secret that Wandstore knows. If you opened this page in Shopify’s admin,
    whoever runs Wandstore has to correct SHOPIFY_API_SECRET: it is not the client secret of this app
why-key = the session token is for another app. If you opened this page in Shopify’s admin, whoever runs Wandstore has to
    correct SHOPIFY_API_KEY: it is not the client id of this app
# The detail is in English, for whoever runs Wandstore.
why-request = the request is not one that Shopify makes ({ $detail })

## Numbers and times

percent = { $number }%
amount = { $amount } { $currency }
dollars = ${ $amount }
date = { $month } { $day }, { $year }
just-now = just now
minutes-ago = { $minutes ->
    [one] { $minutes } minute ago
   *[other] { $minutes } minutes ago
}
hours-ago = { $hours ->
    [one] { $hours } hour ago
   *[other] { $hours } hours ago
}
days-ago = { $days ->
    [one] { $days } day ago
   *[other] { $days } days ago
}
january = Jan
february = Feb
march = Mar
april = Apr
may = May
june = Jun
july = Jul
august = Aug
september = Sep
october = Oct
november = Nov
december = Dec
