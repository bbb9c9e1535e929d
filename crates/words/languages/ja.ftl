## The frame of a page

skip = 本文へ移動
shop = ショップ
all-products = すべての商品
cart = カート
top = ページの先頭へ
visit-shop = ショップを見る
why-viewed = ご覧になった商品をもとに選びました: { $products }
why-bought = 以前のお買い物をもとに選びました。

## Products

price-now = 現在の価格
price-before = 元の価格
percent-off = { $percent }%オフ
stars = 5つ星のうち{ $stars }
reviews = { $count ->
   *[other] レビュー{ $count }件
}
together = { $count ->
   *[other] { $count }点の合計
}
compared-type = 種類
compared-vendor = ブランド
compared-description = 説明
until = { $date }まで
price-up-to = { $amount }以下
price-from = { $amount }以上
add-to-cart = カートに追加
view-product = 商品を見る
sold-out = 売り切れ
sort = 並べ替え
sort-featured = おすすめ
sort-price-ascending = 価格の安い順
sort-price-descending = 価格の高い順
search = 検索
search-in = { $shop } を検索
promises = お約束

## The fallback page

unavailable = ただいま商品を表示できません。しばらくしてからもう一度お試しください。
no-products = まだ商品がありません。
all-sold-out = ただいますべて売り切れです。
look-around = どうぞご覧ください。
best-sellers-headline = 売れ筋商品
best-sellers-text = このショップでよく売れているもの。
best-sellers = 売れ筋
products = 商品一覧
reduced = ただいま値下げ中
what-are-you-looking-for = 何をお探しですか?
collections = 見てまわる
see-yours = あなたへの品ぞろえを見る

## Pages of products, collections, searches and carts: what they begin with

could-go-with-it = 合わせてみるなら
more-of-it = 同じ種類の商品
could-go-with-cart = カートの商品と合わせてみるなら
also-here = ほかの商品
for-your-search = 検索に合う商品
at-a-glance = ひと目で比べる
at-a-glance-text = それぞれの違いです。

## The script

added = 追加しました
ready = ページの準備ができました
found = { $count ->
    [0] このページに該当する商品はありません
   *[other] このページに{ $count }件の商品が見つかりました
}

## The local planner

again-1 = もう一度これを
again-2 = ふたたび
spotlight-text-1 = 近くで見てみましょう。
spotlight-text-2 = どんなものか見てみましょう。
bundle-1 = 並べてみる
bundle-2 = 同じ仲間
bundle-text-1 = 並べて足すといくつになるか。
bundle-text-2 = 足すといくつか。
deals-1 = 値下げ中
deals-2 = 割引中
deals-3 = セール中
search-heading-1 = 何かを見つけたいときに
search-heading-2 = ここで探す
search-heading-3 = さがす
story-1 = ごゆっくり
story-2 = 次はどこへ
story-text-1 = ゆっくり見てまわる。
story-text-2 = 自分の歩調で店内をどうぞ。
recently-viewed-1 = 前に見たもの
recently-viewed-2 = もう一度こちらへ
recently-viewed-3 = 改めて見る
scene-1 = 近くで見る
scene-2 = そしてこちら
scene-text-1 = 写真でどうぞ。
scene-text-2 = 言葉より写真で。
lookbook-1 = 写真で見る
lookbook-2 = 眺める
lookbook-text-1 = 目で見て選ぶ。
lookbook-text-2 = 見るだけで。
comparison-1 = 並べて見る
comparison-2 = 一行ずつ
comparison-text-1 = 項目ごとに並べて。
comparison-text-2 = それぞれの違いはこちら。
categories-1 = どこから見る
categories-2 = 種類から選ぶ
collection-list-1 = コレクション
collection-list-2 = さらに見る
brands-1 = 名前から選ぶ
brands-2 = 名前
price-guide-1 = どのくらいにしますか
price-guide-2 = いくらくらいにしますか
questions-1 = ご質問
questions-2 = 前にもあった質問

minimalist-headline-1 = まずはこれ
minimalist-headline-2 = ここから
minimalist-headline-3 = まっすぐに
minimalist-text-1 = これと、ほかにいくつか。
minimalist-text-2 = はじめの一つと、ほかに少し。
minimalist-grid-1 = 短い一覧
minimalist-grid-2 = ほかに少し
minimalist-spotlight-1 = またはこちら
minimalist-spotlight-2 = もう一つ比べてみる

explorer-headline-1 = 遠回りをしてみる
explorer-headline-2 = 店内をひとめぐり
explorer-headline-3 = 少し歩いてみる
explorer-text-1 = どこからでも始めて、行き先を見てみましょう。
explorer-text-2 = 一つ見たら、次の一つへ。
explorer-grid-1 = 見てまわる
explorer-grid-2 = あれこれ少しずつ
explorer-spotlight-1 = ちがうもの
explorer-spotlight-2 = 別の仲間

dealhunter-headline-1 = いくらするか
dealhunter-headline-2 = 価格をひと目で
dealhunter-headline-3 = まずは比べる
dealhunter-text-1 = 価格を比べて、それから決める。
dealhunter-text-2 = はじめに数字を見てみましょう。
dealhunter-grid-1 = 最安のものから
dealhunter-grid-2 = いちばん安いものから
dealhunter-grid-3 = 価格順
dealhunter-grid-4 = 価格の安い順
dealhunter-spotlight-1 = こちらを見てみる
dealhunter-spotlight-2 = もう一つ見る

loyalist-headline-1 = またどうぞ
loyalist-headline-2 = ようこそ
loyalist-headline-3 = こんにちは
loyalist-text-1 = 今日ここにあるものをどうぞ。
loyalist-text-2 = 店内をゆっくりとどうぞ。
loyalist-grid-1 = もっと見る
loyalist-grid-2 = ほかのもの
loyalist-spotlight-1 = こちらを見てみる
loyalist-spotlight-2 = もう一つ見る
