## The frame of a page

skip = Ir al contenido
shop = Tienda
all-products = Todos los productos
cart = Carrito
top = Volver arriba
visit-shop = Ir a la tienda
why-viewed = Elegido para ti por lo que has mirado: { $products }
why-bought = Elegido para ti porque ya has comprado aquí.

## Products

price-now = Ahora
price-before = Antes
percent-off = { $percent } % de descuento
stars = { $stars } de 5 estrellas
reviews = { $count ->
    [one] { $count } reseña
    [many] { $count } de reseñas
   *[other] { $count } reseñas
}
together = { $count ->
    [one] { $count } producto
    [many] { $count } de productos juntos
   *[other] { $count } productos juntos
}
compared-type = Tipo
compared-vendor = Marca
compared-description = Descripción
until = Hasta el { $date }
price-up-to = Hasta { $amount }
price-from = Desde { $amount }
add-to-cart = Añadir al carrito
view-product = Ver producto
sold-out = Agotado
sort = Ordenar
sort-featured = Destacados
sort-price-ascending = Precio, de menor a mayor
sort-price-descending = Precio, de mayor a menor
search = Buscar
search-in = Buscar en { $shop }
promises = Nuestros compromisos

## The fallback page

unavailable = Ahora mismo no podemos mostrar nuestros productos. Inténtalo de nuevo en un momento.
no-products = Todavía no hay productos.
all-sold-out = En este momento está todo agotado.
look-around = Echa un vistazo.
best-sellers-headline = Nuestros más vendidos
best-sellers-text = Lo que más se vende aquí.
best-sellers = Más vendidos
products = Productos
reduced = Ahora rebajado
what-are-you-looking-for = ¿Qué buscas?
collections = Para curiosear
see-yours = Ver lo que hemos elegido para ti

## Pages of products, collections, searches and carts: what they begin with

could-go-with-it = Podría combinar con esto
more-of-it = Más de este tipo
could-go-with-cart = Podría combinar con tu carrito
also-here = También en la tienda
for-your-search = Para tu búsqueda
at-a-glance = De un vistazo
at-a-glance-text = En qué se diferencian.

## The script

added = Añadido
ready = Tu selección está lista
found = { $count ->
    [0] No hay productos que coincidan en esta página
    [one] { $count } producto encontrado en esta página
    [many] { $count } de productos encontrados en esta página
   *[other] { $count } productos encontrados en esta página
}

## The local planner

again-1 = Una vez más
again-2 = Otra vez
spotlight-text-1 = Míralo de cerca.
spotlight-text-2 = Mira qué es.
bundle-1 = Uno al lado de otro
bundle-2 = Del mismo tipo
bundle-text-1 = Sumados, uno a uno.
bundle-text-2 = Mira la suma.
deals-1 = Ahora rebajado
deals-2 = Con descuento
deals-3 = Rebajas
search-heading-1 = ¿Buscas algo?
search-heading-2 = Encuéntralo aquí
search-heading-3 = Búsqueda
story-1 = Sin prisa
story-2 = Y ahora, ¿adónde?
story-text-1 = Mira todo el tiempo que quieras.
story-text-2 = Recorre la tienda a tu ritmo.
recently-viewed-1 = Ya vistos
recently-viewed-2 = De vuelta a estos
recently-viewed-3 = Otra mirada
scene-1 = De cerca
scene-2 = Y luego esto
scene-text-1 = La imagen habla por sí sola.
scene-text-2 = Una imagen dice bastante.
lookbook-1 = En imágenes
lookbook-2 = Para mirar
lookbook-text-1 = Que decida la vista.
lookbook-text-2 = Sin más palabras.
comparison-1 = Frente a frente
comparison-2 = Línea por línea
comparison-text-1 = Los datos, en columnas.
comparison-text-2 = Lo que uno es y el otro no.
categories-1 = Por dónde empezar
categories-2 = Por clase
collection-list-1 = Colecciones
collection-list-2 = Seguir mirando
brands-1 = Por nombre
brands-2 = Nombres
price-guide-1 = ¿Cuánto debería ser?
price-guide-2 = De menos a más
questions-1 = Preguntas
questions-2 = Ya preguntado

minimalist-headline-1 = Este
minimalist-headline-2 = Empieza aquí
minimalist-headline-3 = Directo al grano
minimalist-text-1 = Una página corta, y nada más.
minimalist-text-2 = Uno para empezar, y unos pocos más.
minimalist-grid-1 = Una lista corta
minimalist-grid-2 = Algunos otros
minimalist-spotlight-1 = O este
minimalist-spotlight-2 = Otro para comparar

explorer-headline-1 = Por el camino largo
explorer-headline-2 = Una vuelta por la tienda
explorer-headline-3 = Pasea un poco
explorer-text-1 = Empieza por cualquier sitio y mira adónde te lleva.
explorer-text-2 = Mira una cosa, y luego otra.
explorer-grid-1 = Para curiosear
explorer-grid-2 = Un poco de todo
explorer-spotlight-1 = Algo distinto
explorer-spotlight-2 = De otro tipo

dealhunter-headline-1 = Cosas y números
dealhunter-headline-2 = Los números de un vistazo
dealhunter-headline-3 = Primero, compara
dealhunter-text-1 = Compara los precios y luego decide.
dealhunter-text-2 = Mira primero los números.
dealhunter-grid-1 = Los precios más bajos primero
dealhunter-grid-2 = Los más baratos primero
dealhunter-grid-3 = Ordenados por precio
dealhunter-grid-4 = Por precio ascendente
dealhunter-spotlight-1 = Mira este
dealhunter-spotlight-2 = Uno más por ver

loyalist-headline-1 = Hola
loyalist-headline-2 = Te damos la bienvenida
loyalist-headline-3 = Aquí estás
loyalist-text-1 = Echa un vistazo a la tienda.
loyalist-text-2 = Da una vuelta, sin mirar el reloj.
loyalist-grid-1 = Más para mirar
loyalist-grid-2 = Algunos otros
loyalist-spotlight-1 = Mira este
loyalist-spotlight-2 = Uno más por ver
