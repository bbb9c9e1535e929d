# 管理画面の日本語の言葉。どの言葉があり、どこに表示されるかは en.ftl に書かれています。

## The frame of every page

nav = Wandstoreのページ
home = ホーム
pages = ページ
experiments = 実験
brand = ブランド
privacy = プライバシー
settings = 設定
loading = 読み込み中…
retry = 再試行
unreadable = 現在、読み込めません。
not-connected = 未接続
connected = 接続済み

## Saving

unsaved = 保存されていない変更
save = 保存
discard = 破棄
save-first = 先に変更を保存または破棄してください。
saved = 保存しました
saved-details = 今後、ページはこの設定で作り直されます。
saved-later-details = ページの更新は少し遅れます。ストレージが応答しなかったため、再試行しています。
not-saved-yet = まだ保存されていません
not-saved-yet-details = 印の付いた項目を修正してください。
not-saved = 保存できませんでした
not-saved-details = こちら側で問題が発生しました。入力内容は残っています。1分後にもう一度保存してください。
not-saved-not-connected = Wandstoreはこのストアに接続されていないため、何も変更されていません。理由は下に表示されています。
changed-elsewhere = 別のタブで変更されました
changed-elsewhere-details = このページを開いた後に、誰かが保存しました。入力内容は残っています。置き換えるにはもう一度保存し、保存された内容を見るには破棄してください。

## What the script says

session-ended = セッションが終了し、何も保存されていません。入力内容は残っています。コピーしてから、ストアの管理画面でWandstoreをもう一度開いてください。
unreached = Wandstoreに接続できず、何も保存されていません。入力内容は残っています。もう一度お試しください。
offline = オフラインのため、何も保存されていません。入力内容は残っています。オンラインに戻ってから保存してください。
too-long = 長すぎて保存できません。入力内容は残っています。短くしてから、もう一度保存してください。
page-unreached = このページを読み込めませんでした。
page-offline = オフラインのため、このページを読み込めませんでした。
one-moment = お待ちください…
report-unread = レポートを読み込めませんでした。1分後にもう一度お試しください。

## Home: the connection

connection = 接続
paused = 一時停止中
paused-details = すべてのお客様に同じページが表示され、何も作成・保存されません。

## Home: the steps

setup = 設定の手順
steps-done = { $all }件中{ $done }件が完了
step-done = 完了
step-open = 未完了
step-unknown = 不明
step-installed = Wandstoreがストアに接続されている
step-products = Wandstoreが商品を読み取れる
step-products-details = ページは、販売チャネル「オンラインストア」の商品から作られます。
step-products-none = Shopifyは商品をWandstoreに公開していません。チャネル「オンラインストア」で商品を公開してください。
step-block = ブロック「Storefront」がテーマにある
step-block-details = ホームページと、そのほか適した場所に追加してください。お客様が一度見ると完了になります。
step-page = 最初のページが作成された
step-page-details = お客様の最初の訪問の後、またはプレビューを開いたときに作成されます。
step-comparison = 比較が始まっている
step-comparison-details = ブロックを見て集計に同意した最初のお客様から始まります。
add-block = テーマエディタでブロックを追加
turn-on-embed = テーマエディタでアプリ埋め込みを有効にする
open-preview = プレビューを開く
in-theme = 公開中のテーマ
block = ブロック「Storefront」
embed = アプリ埋め込み「Storefront signals」
is-on = オン
is-off = オフ
is-checking = 確認中…
not-told = ここではShopifyから情報を得られません

## Home: what to do next

next = 次にすること
next-nothing = ありません。ページは作成、表示、比較されています。
next-connect = ストアを接続してください。理由は上に表示されています。
next-setup = 上の設定の手順を完了してください。
next-unpause = Wandstoreは一時停止中です。準備ができたら再開してください。
next-losing = 一部のお客様ではパーソナルページの成果が低く、一時停止されています。比較をご覧ください。
next-model = 現在、ページは言語モデルなしで作成されています。理由をご確認ください。
next-reports = お客様がご自身のデータを請求しました。レポートをダウンロードしてください。
next-brand = ストアの口調と約束を入力すると、ページに反映されます。
next-approval = 承認待ちのページがあります。
open-page = { $page }を開く

## Home: numbers

last-day = 過去24時間
last-days = 過去30日間
pages-shown = 表示されたページ
made-for-shopper = お客様向けに作成
hits = ヒット
stale-hits = 古いページのヒット
misses = ミス
pages-made = 作成されたページ
failures = 失敗
tokens-read = 読み取りトークン
tokens-written = 書き込みトークン
cost = 費用
day-column = 日（UTC）
day-and-page-column = 日（UTC）、ページ
page-and-shoppers = { $page }：{ $shoppers }
shown-own = お客様向けに作成
shown-all = 表示された全ページ
nothing-shown = 過去30日間に表示されたページはありません。
as-table = 表で見る
shown-summary = { $from }から{ $to }までに1日に表示されたページ：合計{ $all }、うちお客様向けに作成{ $own }。

## Home: help

help = ヘルプ
support = サポート
privacy-policy = プライバシーポリシー
changelog = 新着情報

## Pages

what-you-say = お知らせと質問
questions = 質問と回答
questions-details = 1行に1つ。質問、疑問符、回答の順に書きます。
products-and-campaigns = 商品とキャンペーン
pinned = 固定
pinned-details = 1行に1つ、product: oak-wand、collection: sale、vendor: Ollivander、type: Robesのように、または商品のアドレスを入力します。在庫のある最初の4つが、すべてのページの先頭に表示されます。
excluded = 除外
excluded-details = 同じように1行に1つ、またはblock: storyのようにページの一部を入力します。どのページにも表示されません。
unknown-names = 該当するものがありません
unknown-names-details = Wandstoreが把握している商品（ショップの売れ筋100点と、指定されたコレクションの商品）の中に、次の行に該当するものはありません。害はなく、該当する商品ができしだい有効になります。
campaigns = キャンペーン
campaigns-details = すべてのページの上に、あなたの言葉で表示されます。開催中のもののうち最初のものが表示されます。
campaign = キャンペーン{ $number }
campaign-text = 文章
campaign-text-details = 空欄：キャンペーンなし。
campaign-from = 初日
campaign-from-details = UTCの午前0時から。空欄：すでに始まっています。
campaign-until = 最終日
campaign-until-details = ページに表示されます。空欄：終わりはありません。
campaign-link = リンク先
campaign-link-details = コレクションまたは商品。collection: saleのように、またはアドレスを入力します。
campaign-personas = 対象
campaign-personas-details = お客様の種類：minimalist、explorer、dealhunter、loyalist。空欄：全員。
campaign-removed = このキャンペーンを削除
campaign-removed-details = 保存すると削除されます。
personas = ペルソナ
personas-details = ページは4種類のお客様向けに作られます。ストアに合わないものはオフにしてください。
minimalists = ミニマリスト
minimalists-want = 良い答えが1つあればよく、余計なものは望みません。
explorers = 探索する人
explorers-want = あれこれ見て回り、驚きを楽しみます。
dealhunters = お買い得を探す人
dealhunters-want = 価格を比べ、お得な機会を待ちます。
loyalists = 常連のお客様
loyalists-want = 戻ってきて、また購入します。
preview = プレビュー
preview-details = お客様の種類ごとに、ストアのページがどう見えるか。
preview-made = 対象：{ $shoppers }。
preview-before = 対象：{ $shoppers }。商品または設定が変わる前に作成されました。作り直しています。1分後にもう一度ご覧ください。
preview-never = ページができるまで全員に表示される内容です。現在作成中です。1分後にもう一度ご覧ください。
preview-none = 現在、プレビューはありません。1分後にもう一度お試しください。
why = このページの理由
why-details = だれがページを作ったか、費用、確認で除かれた内容、お客様がこの種類とされた理由を表示します。IDを入力しない場合は、その種類のお客様全員に表示されるページについて示します。回答は英語です。
why-shopper = お客様のID
why-show = 表示
why-plan = プラン
why-none = 保存されたページはありません。全員共通のページが表示されます。
why-no-id = お客様のIDではありません。使えるのは英数字、_、-だけです。

## Pages: approval

approval = 承認
approval-details = 言語モデルが計画したページを、承認されるまで待たせることができます。
approval-first = お客様の種類ごとに、最初のページを承認する
approval-first-details = ペルソナ、市場、ページの種類ごとに承認します。ブランドを変更した後は、もう一度承認します。
approval-later = その後のページもすべて承認する
approval-later-details = ページを承認した翌日に、次のページが作られ、承認を待ちます。
approval-only = 承認していないものは表示しない
approval-only-details = オン：承認されるまで、お客様には全員共通のページが表示されます。オフ：当社のルールで作られたページが表示されます。
pages-waiting = { $count ->
    [0] 承認待ちのページはありません。
   *[other] { $count }件のページが承認を待っています。
}

## Approval: what became of a decision

approved = 承認しました
approved-details = 1分以内にお客様に表示されます。
approved-later-details = お客様への表示は少し遅れます。ストレージが応答しなかったため、再試行しています。
texts-saved-details = 変更した文章は下のページに反映されています。ページはまだ承認を待っています。
no-text-changed = 文章が変更されていないため、保存するものがありません。理由を送信するには「却下」を選択してください。
texts-refused-details = 印の付いた文章を修正してください。ページには、商品データと約束にない内容を書けません。
plan-changed-details = このページを開いた後に商品または設定が変わり、ページも変わりました。文章を確認して、もう一度保存してください。
rejected = 却下しました
rejected-details = 次のページはこの理由を踏まえて作られ、まもなくここで承認を待ちます。
withdrawn = 承認を取り消しました
withdrawn-details = このページはお客様に表示されなくなりました。新しいページが待っていなければ、再び承認待ちになります。
withdrawn-later-details = このページは少し後に表示されなくなります。ストレージが応答しなかったため、再試行しています。
not-rejected-yet = まだ却下されていません
not-rejected-yet-details = 次のページが良くなるように、問題点を短く書いてください。
nothing-decided = 何も決定されていません
outdated-details = 別の人がこのページについて決定したか、ページが作り直されました。現在待っているのは次のページです。
decision-failed-details = こちら側で問題が発生しました。入力内容は残っています。1分後にもう一度お試しください。
decision-not-connected-details = Wandstoreはこのストアに接続されていないため、何も変更されていません。理由は下に表示されています。

## Approval: the queue

back-to = ‹ { $page }
homeless-texts = 入力内容
homeless-texts-details = 次の文章は、現在のページに入る場所がありません。必要なものをコピーしてください。
waiting = 承認待ち
approval-is-off = ページは承認なしで表示されています。「ページ」で変更できます。
nothing-waits = 承認待ちのページはありません。次のページは、まだページがないお客様、またはページが1日経過したお客様が訪れたときに作られます。
audience = { $page } · { $shoppers } · { $market }
kind-home = ホームページ
kind-collection = コレクション
kind-product = 商品
kind-search = 検索
kind-cart = カート
market-own = ご自身の市場
market-language = 言語 { $language }
market-both = { $country }、言語 { $language }

## Approval: a page that waits

not-shown-now = 現在、このページを表示できません。1分後にもう一度お試しください。
not-fit-today = 現在、このページをお客様に表示できません
not-fit-today-details = 商品または設定が変わりました。却下するか、お待ちください。ページは作り直されます。
on-phone = スマートフォン
on-desktop = パソコン
frame-phone = { $page }（スマートフォン）
frame-desktop = { $page }（パソコン）
seen-by = まだ何もしていないお客様に見える状態です。お客様が見た商品や購入した商品は、そのお客様のページに追加されます。
follows-subject = 組み合わせに合う商品など、ページ自体の内容の後に続きます。
until-approved-former = 承認されるまで、お客様には以前に承認したページが表示されます。
until-approved-same = 承認されるまで、お客様には全員共通のページが表示されます。
until-approved-rules = 承認されるまで、お客様には当社のルールで作られたページが表示されます。
approve = 承認する
edit-texts = 文章を編集
approve-texts = この文章で承認する
save-and-look = 保存して確認
copy-refused = この文章は使用できません。理由（英語）：
reject = 却下
reason = どこに問題がありますか？
reason-details = 最長30日間、言語モデルに伝えられます。{ $max }文字以内で入力してください。
page-column = ページ
by-column = スタッフ
withdraw = 承認を取り消す
# Read aloud: which page.
withdraw-of = 承認を取り消す：{ $page }
once-withdrawn-same = その後は、別のページを承認されるまで、お客様には全員共通のページが表示されます。
once-withdrawn-rules = その後は、別のページを承認されるまで、お客様には当社のルールで作られたページが表示されます。

## Approval: the texts of a page

copy-title = ページのタイトル
copy-label = { $number }. { $block }：{ $field }
copy-label-of = { $number }. { $block }：{ $field }{ $at }
field-headline = 大見出し
field-heading = 見出し
field-text = 本文
field-term = 検索語
block-brands = 販売元
block-bundle = セット
block-categories = 商品タイプ
block-collections = コレクション
block-comparison = 比較
block-deals = お買い得
block-grid = 商品
block-hero = メインビジュアル
block-image-with-text = 画像とテキスト
block-lookbook = ルックブック
block-price-guide = 価格ガイド
block-questions = 質問
block-search = 検索
block-spotlight = 注目
block-story = ストーリー

## Brand

your-brand = あなたのブランド
tone = 口調
tone-details = ストアの話し方を短い言葉で。
tone-example = 温かく、わかりやすい
accent = アクセントカラー
accent-details = ボタンと強調。空欄：ページの既定の色。
surface = 背景色
surface-details = 空欄：ページの既定の色。
banned-words = 禁止語
banned-words-details = 1行に1つ。ページでは決して使われません。
promises = 約束
promises-details = 1行に1つ（例：返品無料）。ページはこれ以外を約束しません。

## Experiments

comparison = 比較
losing = パーソナルページの成果が低いため一時停止中
losing-details = ストアでこれらのお客様と見なされた場所では、パーソナルページがあると、カートに商品を入れる人が少なくなります。そのため、そこでは全員に同じページが表示されます。再びパーソナルページを表示するには、チェックを外してください。下の割合が同じ間は、再び一時停止されません。
stays-paused = 一時停止のままにします。
holdout = 対照群（パーセント）
holdout-details = この割合のお客様には、常に全員と同じページが表示されるため、パーソナルページの効果がわかります。0：パーソナルページは何とも比較されません。変更すると、比較は最初からやり直しになります。
variant-tone = テストする口調
variant-tone-details = パーソナルページを見るお客様の半数には、言語モデルがこの口調で書いた文章を、残りの半数には「ブランド」にある口調の文章を
    表示します。空欄の場合、ほかの口調は使われません。
variant-tone-example = 簡潔で落ち着いた
variant-layout = テストするレイアウト
variant-layout-details = パーソナルページを見るお客様の半数にはこのレイアウトを、残りの半数にはお客様のタイプのレイアウトを表示します。一度に
    テストするのは一つだけにしてください。変更すると新しいテストが始まります。
layout-none = なし
layout-balanced = バランス：画像の横に文章、中くらいのタイル
layout-calm = 落ち着き：画像は一つ、文章は少なく、余白は広く
layout-varied = 変化：幅いっぱいの冒頭と、大きなタイルで始まるグリッド
layout-compact = コンパクト：小さな冒頭と、価格が先に見える多くの小さなタイル
layout-personal = パーソナル：画像に重なるカードの文章と、横に並ぶ列
untested = 現在は何もテストしていません
untested-approval = プランを承認する設定の間は、口調をテストできません。どのプランにも承認が二つ必要になるためです。レイアウトをテストする
    か、「ページ」で承認をオフにしてください。
untested-same = テストする口調が「ブランド」の口調と同じです。別の口調を入力してください。
untested-model = 現在ページは言語モデルなしで作られているため、口調を変えても変化はありません。レイアウトをテストしてください。
variant-of-tone = 口調「{ $tone }」のページ。
variant-of-layout = レイアウト「{ $layout }」のページ。
variant-over = このバリエーションは現在テストしていません。
variant-effects = バリエーションによる変化
variant-effects-details = { $days ->
   *[other] テスト中に初めてブロックを見た、パーソナルページのお客様（完全な { $days } 日間、半数がバリエーション）。これらの区間は上の区間と
        あわせて成り立ちます。
}
without-variant = バリエーションなし
with-variant = バリエーションあり
more-with-variant = バリエーションのほうが多い：{ $low }～{ $high }。
fewer-with-variant = バリエーションのほうが少ない：{ $low }～{ $high }。
note-variant-mismatched = お客様の半数がバリエーションを見るはずですが、見たのは { $with } 人、見なかったのは { $without } 人でした。ボットや、
    バリエーションで表示に失敗するページなど、何かが正しく数えられていないため、これらの数字は何も証明しません。
error-layout = リストからレイアウトを選ぶか、「なし」を選んでください。
error-two-variants = 一度にテストするのは一つだけにしてください。この欄を空にするか、レイアウトを「なし」にしてください。
effects = パーソナルページの効果
effects-details = { $days ->
   *[other] 過去13か月間にブロックを見たお客様（完了した{ $days }日分）。これらの区間は毎日見てもかまいません。95%の確率で、すべてが常に成り立ちます。
}
effects-estimates = 少ないデータは差を大きく見せるため、お客様の種類ごとの推定値は全種類に共通する値へ近づけてあります。区間は動かさず、判断には区間だけを使います。
ungranted-rollouts = Shopify の Rollouts は、一部の購入者に対してテーマや割引を変えるため、この比較に影響します。Wandstore に読み取りを許可すると、その名前を表示し、実施された日を比較から除きます。
grant-rollouts = Wandstore に Rollouts の読み取りを許可する
shoppers = お客様
measure = 指標
held-out = 対照群
personal-pages = パーソナルページ
difference = 差
estimate = 推定値
result = 結果
of-shoppers = { $number }人中
all-shoppers = すべてのお客様
cart-adds = カート追加
product-views = 商品の閲覧
orders = 注文
revenue = 売上
interval = { $low }～{ $high }
percentage-points = { $numbers }パーセントポイント
views = { $numbers }回
more-with = パーソナルページのほうが多い：{ $low }から{ $high }の間。
fewer-with = パーソナルページのほうが少ない：{ $low }から{ $high }の間。
not-enough = データがまだ足りません。
not-enough-over-a-year = データがまだ足りません。このペースでは1年を大きく超えます。
not-enough-perhaps-a-year = データがまだ足りません。このペースでは1年を超える可能性があります。
not-enough-days = { $days ->
   *[other] データがまだ足りません。このペースでは、あと約{ $days }日かかります。
}
counted-wrongly = グループの集計が正しくありません。
note-nobody = 対照群がないため、比較できません。
note-mismatched = グループの大きさが、{ $share }の対照群と合いません：対照群{ $holdout }人、その他{ $personal }人。ボットや、片方のグループで動かないブロックなどにより、集計が正しくないため、これらの数字からは何も言えません。
note-others = { $count ->
   *[other] 対照群の割合が異なる間に集計された{ $count }人のお客様は除かれています。
}
note-ahead = { $count ->
   *[other] サーバーの時計が誤っていたため、まだ来ていない日に数えられたお客様が{ $count }人います。この人数は除かれています。
}
note-rollouts = { $days ->
   *[other] ロールアウトによってストアが変更された{ $days }日は除かれています：{ $names }
}
note-of-pixel = Shopifyから注文が通知されないため、注文はお客様のブラウザが報告したものです。返金は反映されず、これらの数字を保証するものはありません。
note-limit = お客様の注文額は{ $limit }を上限に数えます。このストアの通常の数倍にあたり、少数の大口注文で結果が決まらないようにするためです。
note-patience = この対照群と現在のお客様の数では、最初の日から数えて、カート追加の{ $large }の増減がわかるまで{ $large-time }、{ $middle }では{ $middle-time }、{ $small }では{ $small-time }かかります。
span-over-a-year = 1年を大きく超える期間
span-days = { $days ->
   *[other] { $days }日
}
span-weeks = { $weeks ->
   *[other] 約{ $weeks }週間
}
span-months = { $months ->
   *[other] 約{ $months }か月
}
worth = 費用と効果
worth-details = ページの1日あたりの費用（過去30日間の平均）と、比較が示す1日あたりの効果。
worth-lines = 表では、1日ごとにページの種類別の行があります。そのページの費用と、そこで初めてブロックを見たお客様の行動です。1日だけでは何も言えないため、効果は比較の全期間における同種のお客様の値です。
download-csv = 表をダウンロード（CSV）
cost-a-day = 1日の費用
more-orders = 1日の注文の増加
more-revenue = 1日の売上の増加
cost-of-an-order = 注文1件増やす費用
not-known-yet = まだ不明
cart-adds-so-far = これまでの全お客様のカート追加（パーセント）。
cart-adds-summary = これまでの全お客様のカート追加：対照群{ $held-out }、パーソナルページ{ $personal }
line-label = { $line }：{ $value }
tokens = トークン
model-calls = モデルの呼び出し
shoppers-counted = 集計されたお客様
cart-adds-column = カート追加
orders-column = 注文
revenue-column = 売上
more-revenue-column = 売上の増加

## Privacy

requests = データの請求
requests-none = 過去30日間にデータを請求した人はいません。Shopifyがお客様のデータを請求すると、ここでレポートをダウンロードできます。
requests-details = データを請求したお客様の保存データです。レポートは30日後に削除されます。
download = ダウンロード
kept = Wandstoreが保存するもの
kept-details = お客様の同意がある場合：見た商品、カートに入れた商品、購入した商品を、ランダムなIDまたは顧客アカウントの番号とともに保存します。同意がない場合：何も保存しません。お客様やストアのデータを削除するShopifyの要求は、自動的に実行されます。

## Settings

plan = プラン
plan-free = 無料：1種類のお客様のページのみ、言語モデルなしで作られ、比較はありません。その他の設定は保存されたままです。
plan-paid = すべて含まれています。
plan-trial = すべて含まれています。お試し期間は{ $day }に終わります。
plan-inactive = サブスクリプションが有効でないため、無料の範囲のみご利用いただけます。理由はショップの設定の「請求」でShopifyが示しています。
change-plan = プランを変更
not-in-plan = ご利用のプランには含まれていません
not-in-plan-experiments = ご利用のプランでは、対照群はなく、バリエーションのテストも比較も行われません。ここでの設定は保存され、プランに含まれるようになると有効になります。
not-in-plan-pages = ご利用のプランでは、下でオンになっている最初の1種類のお客様のページだけが、言語モデルなしで作られ、承認を待つページはありません。質問、商品、キャンペーンは、どのプランでも有効です。ここでの設定はすべて保存されます。
pause = 一時停止
pause-wandstore = Wandstoreを一時停止する
pause-details = オフにするまで、すべてのお客様にすぐに同じページが表示され、何も作成・保存されません。
model = 言語モデル
model-works = 言語モデルが導入されている場合、ページは言語モデルで計画されます。
model-not-asked = 言語モデルなしのページ
model-not-asked-details = { $why }（連続して数回）。10分間は言語モデルなしでページを計画し、その後もう一度試します。続く場合は、禁止語を減らすか、Wandstoreの運営者に連絡してください。
cause-auth = 言語モデルのサービスがキーを受け付けません
cause-model = 言語モデルのサービスに、そのモデルまたはアドレスがありません
cause-quota = 言語モデルの予算を使い切りました
cause-rate = 言語モデルへの問い合わせが多すぎました
cause-refusal = 言語モデルが依頼を拒否しました
cause-length = 言語モデルの回答がトークンの上限で切れました
cause-context = 質問が言語モデルには長すぎます
cause-thinking = 言語モデルが回答のトークンを思考に使い切りました
cause-filter = コンテンツフィルターが言語モデルの回答を止めました
cause-format = 言語モデルの回答を使用できません
cause-claims = 言語モデルの文章に、書いてはならない内容があります
cause-unreachable = 言語モデルを利用できません
cause-timeout = 言語モデルが時間内に回答しませんでした
budget = 予算
budget-details = ページのために言語モデルにかけてよい費用です。予算の5分の4を使うと、新しいお客様のページは言語モデルなしで作られます。すべて使うと、翌日または翌月（UTC）まで、すべてのページが言語モデルなしで作られます。お客様には常にページが表示され、すでにあるページはそのまま残ります。
budget-per-day = 1日あたり（米ドル）
budget-per-month = 1か月あたり（米ドル）
budget-empty = 空欄：上限なし。
budget-nearly = 残りわずか
budget-nearly-details = 新しいお客様のページは言語モデルなしで作られます。
budget-spent = 使い切りました
budget-spent-details = { $day }（UTC）まで、ページは言語モデルなしで作られます。
spent-today = 今日
spent-month = 今月
spent-of = { $limit }のうち{ $spent }
month-forecast = 過去7日間のペースでの今月全体
budget-lasts-until = このペースでは、今月の予算は{ $day }に使い切られます。
language = ページの言語
language-known = ページは各お客様のマーケットの言語で、それ以外はストアの言語（{ $language }）で表示されます。
language-unknown = Wandstoreには、ストアの言語（{ $language }）の言葉がありません。ページのボタンとラベルは英語になります。言語モデルが書く文章はストアの言語です。

## Errors beside fields

error-tone = ストアの話し方を短い言葉で入力してください。
error-characters = { $max ->
   *[other] { $max }文字以内で入力してください。
}
error-colour = #1b3a57のような色を入力するか、空欄にしてください。
error-question = { $line }行目には、疑問符とその後の回答が必要です。
error-day = 2026-12-24のような日付を入力するか、空欄にしてください。
error-share = 0から50までの数字を入力してください（例：10、2.5）。
error-dollars = 20や2.50のようなドルの金額を入力するか、空欄にしてください。
error-selector = { $line }行目：{ $problem }
error-campaign-text = お知らせの内容を入力してください。
error-campaign-ends = 最終日が初日より前です。
error-campaigns = { $max ->
   *[other] キャンペーンが多すぎます。{ $max }件までです。
}
error-link = collection: saleのようなコレクションまたは商品、またはそのアドレスを入力してください。
error-campaign-personas = { $names }の中から入力するか、空欄にして全員を対象にしてください。
error-lines = { $max ->
   *[other] { $max }行以内で入力してください。
}
error-line = { $max ->
   *[other] { $line }行目が{ $max }文字を超えています。
}
error-personas = 少なくとも1つはオンにするか、Wandstoreを一時停止してください。

## Why a shop is not connected

advice-not-installed = 接続するには、ストアの管理画面のアプリからWandstoreを開いてください。
advice-uninstalled = Wandstoreはこのストアからアンインストールされました。もう一度インストールし、管理画面のアプリから開いてください。
advice-closed = Wandstoreはこのストアでは閉じられています。アンインストールされたか、運営者が閉じました。1分後にこのページをもう一度開いてください。
advice-token-refused = 与えられた権限では、Shopifyが商品の読み取りを許可しません。このページをもう一度開いてください。
advice-session = Shopifyがセッションを2回拒否しました。管理画面のアプリからWandstoreをもう一度開いてください。解決しない場合、Wandstoreの運営者がSHOPIFY_API_KEYとSHOPIFY_API_SECRETを確認する必要があります。
advice-secret = ShopifyがWandstoreのアプリシークレットを受け付けません。Wandstoreの運営者がSHOPIFY_API_KEYとSHOPIFY_API_SECRETを修正する必要があります。これらはShopifyのDev DashboardにあるアプリのクライアントIDとシークレットです。
advice-shopify = ShopifyがWandstoreにアクセスを許可しませんでした。1分後にこのページをもう一度開いてください。
advice-unavailable = 現在、Wandstoreは接続情報を読み書きできません。1分後にこのページをもう一度開いてください。

## Refusals

checking-session = お待ちください。WandstoreがShopifyでセッションを確認しています。
if-nothing-happens = 何も起こらない場合は、ストアの管理画面のアプリからWandstoreを開いてください。
refused = 実行できませんでした：{ $why }。
refused-help = ストアの管理画面のアプリからWandstoreを開いてください。
why-no-page = このページはありません
why-no-method = このアドレスはこのメソッドを受け付けません
why-no-persona = このペルソナはありません
why-no-report = このレポートはありません
why-report = 現在、レポートを読み込めません
why-settings = 現在、設定を読み込めません
why-render = ページを表示できません
why-return = 戻り先のアドレスが無効です
why-other-shop = セッショントークンが別のストアのものです
why-no-token = Shopifyからセッショントークンが送られず、再試行しても届きませんでした
why-clock = セッショントークンの期限が切れているか、まだ有効ではなく、新しいトークンでも解決しませんでした。Wandstoreが動くマシンの時計を確認してください
why-secret = Shopifyの署名が、Wandstoreの知るシークレットと合いません。このページをShopifyの管理画面で開いた場合、Wandstoreの運営者がSHOPIFY_API_SECRETを修正する必要があります。このアプリのクライアントシークレットではありません
why-key = セッショントークンが別のアプリのものです。このページをShopifyの管理画面で開いた場合、Wandstoreの運営者がSHOPIFY_API_KEYを修正する必要があります。このアプリのクライアントIDではありません
why-request = Shopifyの要求ではありません（{ $detail }）

## Numbers and times

percent = { $number }%
amount = { $amount } { $currency }
dollars = ${ $amount }
date = { $year }年{ $month }{ $day }日
just-now = たった今
minutes-ago = { $minutes ->
   *[other] { $minutes }分前
}
hours-ago = { $hours ->
   *[other] { $hours }時間前
}
days-ago = { $days ->
   *[other] { $days }日前
}
january = 1月
february = 2月
march = 3月
april = 4月
may = 5月
june = 6月
july = 7月
august = 8月
september = 9月
october = 10月
november = 11月
december = 12月
