## The frame of a page

skip = الانتقال إلى المحتوى
shop = المتجر
all-products = كل المنتجات
cart = سلة التسوق
top = العودة إلى الأعلى
visit-shop = زيارة المتجر
why-viewed = اخترناه لك بناءً على ما شاهدته: { $products }
why-bought = اخترناه لك بناءً على ما اشتريته هنا من قبل.

## Products

price-now = الآن
price-before = سابقًا
percent-off = خصم { $percent }%
stars = { $stars } من 5 نجوم
reviews = { $count ->
    [zero] { $count } مراجعة
    [one] مراجعة واحدة
    [two] مراجعتان
    [few] { $count } مراجعات
    [many] { $count } مراجعة
   *[other] { $count } مراجعة
}
together = { $count ->
    [zero] { $count } منتج معًا
    [one] منتج واحد
    [two] منتجان معًا
    [few] { $count } منتجات معًا
    [many] { $count } منتجًا معًا
   *[other] { $count } منتج معًا
}
compared-type = النوع
compared-vendor = العلامة التجارية
compared-description = الوصف
until = حتى { $date }
price-up-to = حتى { $amount }
price-from = من { $amount }
add-to-cart = أضف إلى السلة
view-product = عرض المنتج
sold-out = نفدت الكمية
sort = ترتيب
sort-featured = مختارة
sort-price-ascending = السعر من الأقل إلى الأعلى
sort-price-descending = السعر من الأعلى إلى الأقل
search = بحث
search-in = البحث في { $shop }
promises = وعودنا

## The fallback page

unavailable = لا يمكننا عرض منتجاتنا الآن. يرجى المحاولة بعد قليل.
no-products = لا توجد منتجات للعرض بعد.
all-sold-out = نفدت كل المنتجات في الوقت الحالي.
look-around = ألقِ نظرة.
best-sellers-headline = الأكثر مبيعًا لدينا
best-sellers-text = ما يباع هنا أكثر من غيره.
best-sellers = الأكثر مبيعًا
products = المنتجات
reduced = مخفضة الآن
what-are-you-looking-for = عمّ تبحث؟
collections = للتصفح
see-yours = شاهد ما اخترناه لك

## Pages of products, collections, searches and carts: what they begin with

could-go-with-it = قد يناسب هذا المنتج
more-of-it = المزيد من هذا النوع
could-go-with-cart = قد يناسب ما في سلتك
also-here = أيضًا في المتجر
for-your-search = لبحثك
at-a-glance = بنظرة واحدة
at-a-glance-text = أوجه الاختلاف بينها.

## The script

added = تمت الإضافة
ready = صفحتك جاهزة
found = { $count ->
    [0] لم يُعثر على منتجات في هذه الصفحة
    [zero] لم يُعثر على منتجات في هذه الصفحة
    [one] عُثر على منتج واحد في هذه الصفحة
    [two] عُثر على منتجين في هذه الصفحة
    [few] عُثر على { $count } منتجات في هذه الصفحة
    [many] عُثر على { $count } منتجًا في هذه الصفحة
   *[other] عُثر على { $count } منتج في هذه الصفحة
}

## The local planner

again-1 = مرة أخرى
again-2 = من جديد
spotlight-text-1 = نظرة عن قرب.
spotlight-text-2 = شاهد ما هو.
bundle-1 = جنبًا إلى جنب
bundle-2 = من نوع واحد
bundle-text-1 = هذا ما تكلفه معًا.
bundle-text-2 = شاهد المجموع.
deals-1 = مخفضة الآن
deals-2 = بسعر مخفض
deals-3 = عليها خصم
search-heading-1 = هل تبحث عن شيء؟
search-heading-2 = ابحث هنا
search-heading-3 = بحث
story-1 = على مهلك
story-2 = إلى أين الآن
story-text-1 = تصفح كما تشاء.
story-text-2 = تجول في المتجر على راحتك.
recently-viewed-1 = شوهدت من قبل
recently-viewed-2 = عودة إلى هذه
recently-viewed-3 = نظرة أخرى
scene-1 = عن قرب
scene-2 = ثم هذا
scene-text-1 = الصورة تتحدث عن نفسها.
scene-text-2 = الصورة تقول ما يكفي.
lookbook-1 = بالصور
lookbook-2 = للمشاهدة
lookbook-text-1 = دع العين تقرر.
lookbook-text-2 = لا حاجة إلى الكلمات.
comparison-1 = جنبًا إلى جنب
comparison-2 = سطرًا بسطر
comparison-text-1 = المعلومات في أعمدة.
comparison-text-2 = ما في هذا وليس في ذاك.
categories-1 = من أين نبدأ
categories-2 = حسب النوع
collection-list-1 = المجموعات
collection-list-2 = نظرة أبعد
brands-1 = حسب الاسم
brands-2 = الأسماء
price-guide-1 = كم تود أن تنفق؟
price-guide-2 = ما الميزانية؟
questions-1 = أسئلة
questions-2 = سُئل من قبل

minimalist-headline-1 = هذا
minimalist-headline-2 = ابدأ من هنا
minimalist-headline-3 = مباشرة
minimalist-text-1 = صفحة قصيرة، وهذا كل شيء.
minimalist-text-2 = واحد للبداية، وبضعة غيره.
minimalist-grid-1 = قائمة قصيرة
minimalist-grid-2 = بضعة أشياء غيرها
minimalist-spotlight-1 = أو هذا
minimalist-spotlight-2 = واحد آخر للمقارنة

explorer-headline-1 = الطريق الأطول
explorer-headline-2 = جولة في المتجر
explorer-headline-3 = تجول قليلًا
explorer-text-1 = ابدأ من أي مكان وانظر إلى أين يقودك.
explorer-text-2 = انظر إلى شيء، ثم إلى آخر.
explorer-grid-1 = للتصفح
explorer-grid-2 = من كل شيء قليل
explorer-spotlight-1 = شيء مختلف
explorer-spotlight-2 = من نوع آخر

dealhunter-headline-1 = كم تكلف الأشياء
dealhunter-headline-2 = الأسعار في لمحة
dealhunter-headline-3 = قارن أولًا
dealhunter-text-1 = قارن الأسعار ثم قرر.
dealhunter-text-2 = انظر إلى الأرقام أولًا.
dealhunter-grid-1 = السعر الأقل أولًا
dealhunter-grid-2 = الأرخص أولًا
dealhunter-grid-3 = مرتبة حسب السعر
dealhunter-grid-4 = بترتيب السعر
dealhunter-spotlight-1 = انظر إلى هذا
dealhunter-spotlight-2 = واحد آخر للمشاهدة

loyalist-headline-1 = سعداء برؤيتك
loyalist-headline-2 = مرحبًا
loyalist-headline-3 = ها أنت هنا
loyalist-text-1 = شاهد ما لدينا هنا اليوم.
loyalist-text-2 = ابقَ كما تشاء.
loyalist-grid-1 = المزيد للمشاهدة
loyalist-grid-2 = أشياء أخرى
loyalist-spotlight-1 = انظر إلى هذا
loyalist-spotlight-2 = واحد آخر للمشاهدة
