## The frame of a page

skip = דילוג לתוכן
shop = חנות
all-products = כל המוצרים
cart = עגלה
top = חזרה למעלה
visit-shop = לחנות
why-viewed = נבחר בשבילך לפי המוצרים שנצפו: { $products }
why-bought = נבחר בשבילך לפי קניות קודמות כאן.

## Products

price-now = עכשיו
price-before = קודם
percent-off = { $percent }% הנחה
stars = { $stars } מתוך 5 כוכבים
reviews = { $count ->
    [one] ביקורת אחת
    [two] שתי ביקורות
   *[other] { $count } ביקורות
}
together = { $count ->
    [one] מוצר אחד
    [two] שני מוצרים יחד
   *[other] { $count } מוצרים יחד
}
compared-type = סוג
compared-vendor = מותג
compared-description = תיאור
until = עד { $date }
price-up-to = עד { $amount }
price-from = החל מ־{ $amount }
add-to-cart = הוספה לעגלה
view-product = לצפייה במוצר
sold-out = אזל מהמלאי
sort = מיון
sort-featured = מומלצים
sort-price-ascending = מחיר, מהנמוך לגבוה
sort-price-descending = מחיר, מהגבוה לנמוך
search = חיפוש
search-in = חיפוש ב־{ $shop }
promises = ההבטחות שלנו

## The fallback page

unavailable = אי אפשר להציג את המוצרים שלנו כרגע. כדאי לנסות שוב בעוד רגע.
no-products = אין עדיין מוצרים להצגה.
all-sold-out = כרגע הכול אזל מהמלאי.
look-around = אפשר להציץ.
best-sellers-headline = הנמכרים ביותר שלנו
best-sellers-text = מה נמכר כאן הכי הרבה.
best-sellers = הנמכרים ביותר
products = מוצרים
reduced = עכשיו במחיר מוזל
what-are-you-looking-for = מה לחפש?
collections = לשיטוט
see-yours = מה שבחרנו בשבילך

## Pages of products, collections, searches and carts: what they begin with

could-go-with-it = אולי יתאים לזה
more-of-it = עוד מהסוג הזה
could-go-with-cart = אולי יתאים למה שבעגלה שלך
also-here = גם בחנות
for-your-search = לחיפוש שלך
at-a-glance = במבט אחד
at-a-glance-text = במה הם שונים.

## The script

added = נוסף
ready = הדף שלך מוכן
found = { $count ->
    [0] לא נמצאו מוצרים בדף הזה
    [one] נמצא מוצר אחד בדף הזה
    [two] נמצאו שני מוצרים בדף הזה
   *[other] נמצאו { $count } מוצרים בדף הזה
}

## The local planner

again-1 = עוד פעם
again-2 = שוב
spotlight-text-1 = מבט מקרוב.
spotlight-text-2 = מה זה בעצם.
bundle-1 = זה לצד זה
bundle-2 = מאותו סוג
bundle-text-1 = כמה הם עולים יחד.
bundle-text-2 = הנה הסכום.
deals-1 = עכשיו במחיר מוזל
deals-2 = בהנחה
deals-3 = במבצע
search-heading-1 = מחפשים משהו?
search-heading-2 = לחפש כאן
search-heading-3 = חיפוש
story-1 = בלי למהר
story-2 = לאן עכשיו
story-text-1 = אפשר לשוטט כמה שרוצים.
story-text-2 = אפשר לעבור בחנות בקצב שלך.
recently-viewed-1 = כבר נראו
recently-viewed-2 = חזרה לאלה
recently-viewed-3 = עוד מבט
scene-1 = מקרוב
scene-2 = ואחר כך זה
scene-text-1 = התמונה מדברת בעד עצמה.
scene-text-2 = תמונה אומרת מספיק.
lookbook-1 = בתמונות
lookbook-2 = להביט
lookbook-text-1 = העין תחליט.
lookbook-text-2 = אין צורך במילים.
comparison-1 = זה ליד זה
comparison-2 = שורה אחר שורה
comparison-text-1 = הנתונים, בטורים.
comparison-text-2 = מה יש באחד ואין באחר.
categories-1 = מאיפה להתחיל
categories-2 = לפי סוג
collection-list-1 = אוספים
collection-list-2 = להסתכל הלאה
brands-1 = לפי שם
brands-2 = שמות
price-guide-1 = כמה תרצו להוציא?
price-guide-2 = מה התקציב?
questions-1 = שאלות
questions-2 = כבר נשאל

minimalist-headline-1 = הנה זה
minimalist-headline-2 = מתחילים כאן
minimalist-headline-3 = ישר לעניין
minimalist-text-1 = דף קצר, וזה הכול.
minimalist-text-2 = אחד להתחלה, ועוד כמה.
minimalist-grid-1 = רשימה קצרה
minimalist-grid-2 = עוד כמה
minimalist-spotlight-1 = או זה
minimalist-spotlight-2 = עוד אחד להשוואה

explorer-headline-1 = בדרך הארוכה
explorer-headline-2 = סיבוב בחנות
explorer-headline-3 = לשוטט קצת
explorer-text-1 = להתחיל בכל מקום ולראות לאן זה מוביל.
explorer-text-2 = להביט בדבר אחד, ואז בדבר אחר.
explorer-grid-1 = לשיטוט
explorer-grid-2 = קצת מהכול
explorer-spotlight-1 = משהו אחר
explorer-spotlight-2 = מסוג אחר

dealhunter-headline-1 = כמה דברים עולים
dealhunter-headline-2 = המחירים במבט אחד
dealhunter-headline-3 = קודם משווים
dealhunter-text-1 = להשוות מחירים, ואז להחליט.
dealhunter-text-2 = קודם להביט במספרים.
dealhunter-grid-1 = המחיר הנמוך ביותר קודם
dealhunter-grid-2 = הזולים ביותר קודם
dealhunter-grid-3 = ממוינים לפי מחיר
dealhunter-grid-4 = לפי סדר המחירים
dealhunter-spotlight-1 = להביט בזה
dealhunter-spotlight-2 = עוד אחד לראות

loyalist-headline-1 = טוב לראות אותך
loyalist-headline-2 = ברוכים הבאים
loyalist-headline-3 = הגעת
loyalist-text-1 = הנה מה שיש כאן היום.
loyalist-text-2 = אפשר להישאר כמה שרוצים.
loyalist-grid-1 = עוד להביט
loyalist-grid-2 = כמה אחרים
loyalist-spotlight-1 = להביט בזה
loyalist-spotlight-2 = עוד אחד לראות
