# Las palabras de la administración en español. en.ftl dice cuáles hay y dónde están.

## The frame of every page

nav = Páginas de Wandstore
home = Inicio
pages = Páginas
experiments = Experimentos
brand = Marca
privacy = Privacidad
settings = Configuración
loading = Cargando…
retry = Reintentar
unreadable = Ahora mismo no se puede leer esto.
not-connected = No conectado
connected = Conectado

## Saving

unsaved = Cambios sin guardar
save = Guardar
discard = Descartar
save-first = Primero guarda o descarta tus cambios.
saved = Guardado
saved-details = A partir de ahora, las páginas se vuelven a crear con esta configuración.
saved-later-details = Las páginas se actualizarán un poco más tarde: nuestro almacenamiento no respondió y se volverá a intentar.
not-saved-yet = Aún no guardado
not-saved-yet-details = Corrige los campos marcados.
not-saved = No guardado
not-saved-details = Algo no funcionó por nuestra parte. Lo que escribiste sigue aquí: vuelve a guardar en un minuto.
not-saved-not-connected = Wandstore no está conectado a esta tienda, así que no se cambió nada. El motivo está abajo.
changed-elsewhere = Cambiado en otra pestaña
changed-elsewhere-details = Alguien guardó esta página después de que la abrieras. Lo que escribiste sigue aquí: vuelve a guardar para
    reemplazar lo guardado, o descarta para verlo.

## What the script says

session-ended = Tu sesión terminó y no se guardó nada. Lo que escribiste sigue aquí: cópialo y vuelve a abrir Wandstore desde el panel de
    control de tu tienda.
unreached = No se pudo contactar con Wandstore y no se guardó nada. Lo que escribiste sigue aquí: inténtalo de nuevo.
offline = No tienes conexión y no se guardó nada. Lo que escribiste sigue aquí: guárdalo cuando vuelvas a tener conexión.
too-long = Es demasiado largo para guardarlo. Lo que escribiste sigue aquí: acórtalo y vuelve a guardar.
page-unreached = No se pudo cargar esta página.
page-offline = No tienes conexión, así que no se pudo cargar esta página.
one-moment = Un momento…
report-unread = No se leyó el informe. Inténtalo de nuevo en un minuto.

## Home: the connection

connection = Conexión
paused = En pausa
paused-details = Todos los clientes ven la misma página, y no se crea ni se guarda nada.

## Home: the steps

setup = Puesta en marcha
steps-done = { $done } de { $all } completados
step-done = Completado
step-open = Pendiente
step-unknown = Aún no se sabe
step-installed = Wandstore está conectado a tu tienda
step-products = Wandstore puede leer tus productos
step-products-details = Las páginas se hacen con los productos de tu canal de ventas «Tienda online».
step-products-none = Shopify no muestra ningún producto a Wandstore. Publica alguno en el canal «Tienda online».
step-block = El bloque «Storefront» está en tu tema
step-block-details = Añádelo a la página de inicio y donde mejor encaje. Cuenta en cuanto un cliente lo ha visto.
step-page = Se creó la primera página
step-page-details = Se crea tras la primera visita de un cliente, o cuando abres una vista previa.
step-comparison = La comparación está en marcha
step-comparison-details = Empieza con los primeros clientes que ven el bloque y aceptan ser contados.
add-block = Añadir el bloque en el editor de temas
turn-on-embed = Activar la integración de la aplicación en el editor de temas
open-preview = Abrir una vista previa
in-theme = En tu tema publicado
block = Bloque «Storefront»
embed = Integración «Storefront signals»
is-on = Activado
is-off = Desactivado
is-checking = Comprobando…
not-told = Shopify no lo dice aquí

## Home: what to do next

next = Qué hacer ahora
next-nothing = Nada. Las páginas se crean, se muestran y se comparan.
next-connect = Conecta tu tienda: el motivo está arriba.
next-setup = Termina la puesta en marcha de arriba.
next-unpause = Wandstore está en pausa. Vuelve a activarlo cuando quieras.
next-losing = Las páginas personales van peor con algunos clientes y están en pausa para ellos. Mira la comparación.
next-model = Ahora mismo las páginas se crean sin el modelo de lenguaje. Mira por qué.
next-reports = Un cliente pidió sus datos. Descarga el informe.
next-brand = Di cómo suena tu tienda y qué promete, para que las páginas lo hagan.
next-approval = Hay páginas que esperan tu aprobación.
open-page = Abrir { $page }

## Home: numbers

last-day = Las últimas 24 horas
last-days = Los últimos 30 días
pages-shown = Páginas mostradas
made-for-shopper = Creadas para el cliente
hits = En caché
stale-hits = En caché, antiguas
misses = No en caché
pages-made = Páginas creadas
failures = Fallos
tokens-read = Tokens leídos
tokens-written = Tokens escritos
cost = Coste
day-column = Día (UTC)
day-and-page-column = Día (UTC), página
page-and-shoppers = { $page }: { $shoppers }
shown-own = Creadas para el cliente
shown-all = Todas las páginas mostradas
nothing-shown = No se mostró ninguna página en los últimos 30 días.
as-table = Mostrar como tabla
shown-summary = Páginas mostradas al día, del { $from } al { $to }: { $all } en total, { $own } de ellas creadas para el cliente.

## Home: help

help = Ayuda
support = Soporte
privacy-policy = Política de privacidad
changelog = Novedades

## Pages

what-you-say = Lo que dices
questions = Preguntas y respuestas
questions-details = Una por línea: la pregunta, su signo de interrogación y después la respuesta.
products-and-campaigns = Productos y campañas
pinned = Fijados
pinned-details = Uno por línea, como product: oak-wand, collection: sale, vendor: Ollivander o type: Robes, o la dirección de un producto. Los cuatro primeros que estén disponibles van al principio de cada página.
excluded = Excluidos
excluded-details = Uno por línea, igualmente, o una parte de las páginas, como block: story. Ninguna página los muestra.
unknown-names = Nada tiene estos nombres
unknown-names-details = Entre los productos que Wandstore conoce, los 100 más vendidos de una tienda y los de las colecciones nombradas, estas líneas no nombran ninguno. No hacen daño y cuentan en cuanto haya un producto así:
campaigns = Campañas
campaigns-details = Lo que figura encima de cada página, con tus palabras. De las que están en curso se muestra la primera.
campaign = Campaña { $number }
campaign-text = Texto
campaign-text-details = Vacío: ninguna campaña.
campaign-from = Primer día
campaign-from-details = Desde medianoche UTC. Vacío: ya ha empezado.
campaign-until = Último día
campaign-until-details = Las páginas lo dicen. Vacío: no tiene.
campaign-link = Lleva a
campaign-link-details = Una colección o un producto, como collection: sale, o su dirección.
campaign-personas = Para
campaign-personas-details = Tipos de clientes: minimalist, explorer, dealhunter, loyalist. Vacío: todos.
campaign-removed = Quitar esta campaña
campaign-removed-details = Desaparece en cuanto guardes.
personas = Perfiles
personas-details = Las páginas se crean para cuatro tipos de clientes. Desactiva los que no vayan con tu tienda.
minimalists = Minimalistas
minimalists-want = Quieren una buena respuesta y nada de ruido.
explorers = Exploradores
explorers-want = Miran de todo y les gusta que los sorprendan.
dealhunters = Cazadores de ofertas
dealhunters-want = Comparan precios y esperan la oferta.
loyalists = Clientes fieles
loyalists-want = Vuelven y compran otra vez.
preview = Vista previa
preview-details = Cómo ve la página de tu tienda cada tipo de cliente.
preview-made = Creada para: { $shoppers }.
preview-before = Creada para: { $shoppers }, antes de que cambiaran los productos o la configuración. Se está creando de nuevo: vuelve a mirar
    en un minuto.
preview-never = Lo que ve todo el mundo hasta que haya una página. Se está creando ahora: vuelve a mirar en un minuto.
preview-none = Ahora mismo no hay vista previa. Inténtalo de nuevo en un minuto.
why = Por qué esta página
why-details = Quién planificó una página, cuánto costó, qué descartó el control y por qué un cliente se considera de este tipo. Sin identificador: la página que ven todos los de un tipo. La respuesta está en inglés.
why-shopper = Identificador de un cliente
why-show = Mostrar
why-plan = El plan
why-none = No hay ninguna página guardada: se muestra la página común a todos.
why-no-id = Esto no es un identificador de cliente: usa solo letras, dígitos, _ y -.

## Pages: approval

approval = Aprobación
approval-details = Las páginas que planificó el modelo de lenguaje pueden esperar hasta que las apruebes.
approval-first = Apruebo la primera página para cada tipo de cliente
approval-first-details = Para cada perfil, mercado y tipo de página, y de nuevo después de que cambies tu marca.
approval-later = Apruebo también todas las páginas posteriores
approval-later-details = Un día después de que apruebes una página, se crea la siguiente y espera.
approval-only = No mostrar nada que yo no haya aprobado
approval-only-details = Activado: hasta entonces, los clientes ven la página común a todos. Desactivado: una página de nuestras propias reglas.
pages-waiting = { $count ->
    [0] Ninguna página te espera.
    [one] { $count } página te espera.
    [many] { $count } de páginas te esperan.
   *[other] { $count } páginas te esperan.
}

## Approval: what became of a decision

approved = Aprobada
approved-details = Los clientes la verán en menos de un minuto.
approved-later-details = Los clientes la verán un poco más tarde: nuestro almacenamiento no respondió y se volverá a intentar.
texts-saved-details = Tus textos están en la página de abajo. Sigue esperando tu aprobación.
no-text-changed = No cambió ningún texto, así que no hay nada que guardar. Para enviar tu motivo, elige «Rechazar».
texts-refused-details = Corrige los textos marcados: las páginas no dicen nada que no digan los datos de tus productos y tus promesas.
plan-changed-details = Los productos o la configuración cambiaron desde que abriste esta página, y la página también. Revisa tus textos y
    vuelve a guardar.
rejected = Rechazada
rejected-details = La siguiente página se crea teniendo en cuenta tu motivo y pronto esperará aquí.
withdrawn = Retirada
withdrawn-details = Los clientes ya no ven esta página. Vuelve a esperarte, salvo que espere una más reciente.
withdrawn-later-details = Los clientes dejarán de ver esta página un poco más tarde: nuestro almacenamiento no respondió y se vuelve a intentar.
not-rejected-yet = Aún no rechazada
not-rejected-yet-details = Di en pocas palabras qué está mal, para que la siguiente página sea mejor.
nothing-decided = No se decidió nada
outdated-details = Otra persona decidió sobre esta página, o se creó de nuevo. Esto es lo que espera ahora.
decision-failed-details = Algo no funcionó por nuestra parte. Lo que escribiste sigue aquí: inténtalo de nuevo en un minuto.
decision-not-connected-details = Wandstore no está conectado a esta tienda, así que no se cambió nada. El motivo está abajo.

## Approval: the queue

back-to = ‹ { $page }
homeless-texts = Lo que escribiste
homeless-texts-details = Estos textos no tienen sitio en la página tal como es ahora. Copia lo que quieras conservar.
waiting = Te esperan
approval-is-off = Las páginas se muestran sin tu aprobación. Puedes cambiarlo en «Páginas».
nothing-waits = Ninguna página espera. La siguiente se crea cuando llega un cliente para el que aún no hay ninguna, o cuya página tiene
    un día.
audience = { $page } · { $shoppers } · { $market }
kind-home = Página de inicio
kind-collection = Colecciones
kind-product = Productos
kind-search = Búsqueda
kind-cart = Carrito
market-own = tu propio mercado
market-language = idioma { $language }
market-both = { $country }, idioma { $language }

## Approval: a page that waits

not-shown-now = Esta página no se puede mostrar ahora mismo. Inténtalo de nuevo en un minuto.
not-fit-today = Hoy no se puede mostrar esta página a los clientes
not-fit-today-details = Tus productos o tu configuración cambiaron. Recházala o espera: se creará de nuevo.
on-phone = Móvil
on-desktop = Ordenador
frame-phone = { $page }, en un móvil
frame-desktop = { $page }, en un ordenador
seen-by = Así la ve un cliente que aún no hizo nada. Lo que un cliente vio o compró se añade para él.
follows-subject = Va después de lo que trata de la propia página, como los productos que combinan.
until-approved-former = Hasta que la apruebes, los clientes ven la página que aprobaste antes.
until-approved-same = Hasta que la apruebes, los clientes ven la página común a todos.
until-approved-rules = Hasta que la apruebes, los clientes ven una página de nuestras propias reglas.
approve = Aprobar
edit-texts = Editar los textos
approve-texts = Aprobar con estos textos
save-and-look = Guardar y mirar
copy-refused = Este texto se rechazó. El motivo, en inglés:
reject = Rechazar
reason = ¿Qué tiene de malo?
reason-details = Se le dice al modelo de lenguaje, durante 30 días como máximo. Usa como máximo { $max } caracteres.
page-column = Página
by-column = Por miembro del equipo
withdraw = Retirar
# Read aloud: which page.
withdraw-of = Retirar: { $page }
once-withdrawn-same = Después, los clientes ven la página común a todos hasta que apruebes otra.
once-withdrawn-rules = Después, los clientes ven una página de nuestras propias reglas hasta que apruebes otra.

## Approval: the texts of a page

copy-title = Título de la página
copy-label = { $number }. { $block }: { $field }
copy-label-of = { $number }. { $block }: { $field } { $at }
field-headline = titular
field-heading = encabezado
field-text = texto
field-term = término
block-brands = Proveedores
block-bundle = Conjunto
block-categories = Tipos
block-collections = Colecciones
block-comparison = Comparación
block-deals = Ofertas
block-grid = Productos
block-hero = Portada
block-image-with-text = Imagen con texto
block-lookbook = Lookbook
block-price-guide = Guía de precios
block-questions = Preguntas
block-search = Búsqueda
block-spotlight = Destacado
block-story = Historia

## Brand

your-brand = Tu marca
tone = Tono
tone-details = Cómo suena tu tienda, en pocas palabras.
tone-example = cálido y claro
accent = Color de acento
accent-details = Botones y elementos destacados. Vacío: el de las páginas.
surface = Color de fondo
surface-details = Vacío: el de las páginas.
banned-words = Palabras prohibidas
banned-words-details = Una por línea. Las páginas nunca las usan.
promises = Promesas
promises-details = Una por línea, como devoluciones gratuitas. Las páginas no prometen nada más.

## Experiments

comparison = Comparación
losing = En pausa, porque las páginas personales van peor
losing-details = Donde tu tienda hace pensar en estos clientes, menos de ellos añaden algo al carrito con una página personal que sin ella.
    Por eso, ahí todos ven la misma página. Desmarca una línea para volver a crear páginas personales ahí: no se pausan otra vez
    mientras la parte de abajo siga igual.
stays-paused = Sigue en pausa.
holdout = Grupo de control, en porcentaje
holdout-details = Esta parte de los clientes ve siempre la misma página que todos, para que veas qué cambian las páginas personales. 0: las
    páginas personales no se comparan con nada. Un cambio empieza la comparación de nuevo.
variant-tone = Tono que se prueba
variant-tone-details = La mitad de los clientes con páginas personales recibe textos que el modelo de lenguaje escribe en este tono, y la
    otra mitad textos en el tono que está en «Marca». Vacío: nadie recibe otro tono.
variant-tone-example = sobrio y breve
variant-layout = Diseño que se prueba
variant-layout-details = La mitad de los clientes con páginas personales recibe este diseño, y la otra mitad el de su tipo de cliente.
    Prueba una sola cosa a la vez. Un cambio empieza una prueba nueva.
layout-none = Ninguno
layout-balanced = Equilibrado: palabras junto a una imagen, mosaicos medianos
layout-calm = Tranquilo: una imagen, pocas palabras, mucho espacio
layout-varied = Variado: una apertura ancha y una cuadrícula que empieza con un mosaico grande
layout-compact = Compacto: una apertura pequeña y muchos mosaicos pequeños, con los precios primero
layout-personal = Personal: palabras en una tarjeta sobre la imagen, y filas
untested = En este momento no se prueba nada
untested-approval = Mientras apruebas los planes, no se puede probar ningún tono: cada plan necesitaría dos aprobaciones. Prueba un
    diseño, o desactiva la aprobación en «Páginas».
untested-same = El tono que se prueba es el que está en «Marca». Escribe otro.
untested-model = En este momento las páginas se planifican sin modelo de lenguaje, así que el tono no cambia nada. Prueba un diseño.
variant-of-tone = Páginas en el tono «{ $tone }».
variant-of-layout = Páginas con el diseño «{ $layout }».
variant-over = Esta variante no se prueba en este momento.
variant-effects = Qué cambia la variante
variant-effects-details = { $days ->
    [one] Clientes con páginas personales que vieron el bloque por primera vez durante la prueba, de { $days } día completo, la mitad
        de ellos con la variante. Estos intervalos valen junto con los de arriba.
    [many] Clientes con páginas personales que vieron el bloque por primera vez durante la prueba, de { $days } de días
        completos, la mitad de ellos con la variante. Estos intervalos valen junto con los de arriba.
   *[other] Clientes con páginas personales que vieron el bloque por primera vez durante la prueba, de { $days } días completos, la
        mitad de ellos con la variante. Estos intervalos valen junto con los de arriba.
}
without-variant = Sin la variante
with-variant = Con la variante
more-with-variant = Más con la variante: entre { $low } y { $high }.
fewer-with-variant = Menos con la variante: entre { $low } y { $high }.
note-variant-mismatched = La mitad de los clientes debería recibir la variante, pero { $with } la recibieron y { $without } no. Algo los
    cuenta mal, como bots o una página que falla con la variante, así que estos números no demuestran nada.
error-layout = Elige un diseño de la lista, o ninguno.
error-two-variants = Prueba una sola cosa a la vez: vacía este campo, o no elijas ningún diseño.
effects = Qué cambian las páginas personales
effects-details = { $days ->
    [one] Clientes que vieron el bloque en los últimos 13 meses, de { $days } día completo. Estos intervalos se pueden mirar cada día: con
        un 95 %, todos se cumplen en todo momento.
    [many] Clientes que vieron el bloque en los últimos 13 meses, de { $days } de días completos. Estos intervalos se pueden mirar cada día:
        con un 95 %, todos se cumplen en todo momento.
   *[other] Clientes que vieron el bloque en los últimos 13 meses, de { $days } días completos. Estos intervalos se pueden mirar cada día:
        con un 95 %, todos se cumplen en todo momento.
}
effects-estimates = La estimación de un tipo de clientes se acerca a lo que todos los tipos tienen en común, porque pocos datos exageran
    las diferencias. El intervalo no se desplaza, y es lo único que decide.
ungranted-rollouts = Los Rollouts de Shopify cambian el tema o los descuentos para una parte de los compradores y alteran así esta comparación. Si
    Wandstore puede leerlos, los nombra y deja fuera los días en que estuvieron activos.
grant-rollouts = Permitir que Wandstore lea los Rollouts
shoppers = Clientes
measure = Medida
held-out = Grupo de control
personal-pages = Páginas personales
difference = Diferencia
estimate = Estimación
result = Resultado
of-shoppers = de { $number }
all-shoppers = Todos los clientes
cart-adds = añadidos al carrito
product-views = productos vistos
orders = pedidos
revenue = ingresos
interval = { $low } a { $high }
percentage-points = { $numbers } puntos porcentuales
views = { $numbers } vistas
more-with = Más con páginas personales: entre { $low } y { $high }.
fewer-with = Menos con páginas personales: entre { $low } y { $high }.
not-enough = Aún no hay suficientes datos.
not-enough-over-a-year = Aún no hay suficientes datos. A este ritmo hace falta mucho más de un año.
not-enough-perhaps-a-year = Aún no hay suficientes datos. A este ritmo puede hacer falta más de un año.
not-enough-days = { $days ->
    [one] Aún no hay suficientes datos. A este ritmo, alrededor de { $days } día más.
    [many] Aún no hay suficientes datos. A este ritmo, alrededor de { $days } de días más.
   *[other] Aún no hay suficientes datos. A este ritmo, alrededor de { $days } días más.
}
counted-wrongly = Los grupos están mal contados.
note-nobody = No hay grupo de control, así que no hay nada con qué comparar.
note-mismatched = Los grupos no tienen los tamaños que les da un grupo de control del { $share }: { $holdout } están en él y { $personal } no.
    Algo los cuenta mal, como bots o un bloque que falla en un grupo, así que estos números no demuestran nada.
note-others = { $count ->
    [one] Se contó { $count } cliente cuando el grupo de control era otro, y no se incluye.
    [many] Se contaron { $count } de clientes cuando el grupo de control era otro; no se incluyen.
   *[other] Se contaron { $count } clientes cuando el grupo de control era otro; no se incluyen.
}
note-ahead = { $count ->
    [one] { $count } cliente se contó en un día que aún no ha llegado, porque el reloj de un servidor estaba mal; queda fuera.
    [many] { $count } de clientes se contaron en días que aún no han llegado, porque el reloj de un servidor estaba mal; quedan
        fuera.
   *[other] { $count } clientes se contaron en días que aún no han llegado, porque el reloj de un servidor estaba mal; quedan
        fuera.
}
note-rollouts = { $days ->
    [one] No se incluye { $days } día en el que los Rollouts cambiaron la tienda: { $names }.
    [many] No se incluyen { $days } de días en los que los Rollouts cambiaron la tienda: { $names }.
   *[other] No se incluyen { $days } días en los que los Rollouts cambiaron la tienda: { $names }.
}
note-of-pixel = Los pedidos son los que comunican los navegadores de los clientes, porque Shopify no comunica ninguno. No se conocen los
    reembolsos y nadie responde de estos números.
note-limit = Lo que pidió un cliente cuenta como máximo por { $limit }, varias veces lo habitual en esta tienda, para que unos pocos pedidos
    grandes no decidan nada.
note-patience = Con este grupo de control y tantos clientes como ahora, desde el primer día hace falta { $large-time } hasta que se nota un
    { $large } más o menos de añadidos al carrito, { $middle-time } para un { $middle } y { $small-time } para un { $small }.
span-over-a-year = mucho más de un año
span-days = { $days ->
    [one] un día
    [many] { $days } de días
   *[other] { $days } días
}
span-weeks = { $weeks ->
    [one] alrededor de una semana
    [many] alrededor de { $weeks } de semanas
   *[other] alrededor de { $weeks } semanas
}
span-months = { $months ->
    [one] alrededor de un mes
    [many] alrededor de { $months } de meses
   *[other] alrededor de { $months } meses
}
worth = Costes y beneficios
worth-details = Lo que cuestan las páginas al día, en promedio de los últimos 30 días, y lo que aportan al día, según la comparación.
worth-lines = En la tabla, cada día tiene una línea por tipo de página: lo que cuestan sus páginas y lo que hicieron los clientes que vieron
    ahí el bloque por primera vez. Lo que aportan es lo que aportan esos clientes en toda la comparación, porque un solo día no dice nada.
download-csv = Descargar la tabla (CSV)
cost-a-day = Coste al día
more-orders = Más pedidos al día
more-revenue = Más ingresos al día
cost-of-an-order = Coste de un pedido más
not-known-yet = aún no se sabe
cart-adds-so-far = Añadidos al carrito de todos los clientes hasta ahora, en porcentaje.
cart-adds-summary = Añadidos al carrito de todos los clientes hasta ahora: { $held-out } en el grupo de control, { $personal } con páginas
    personales
line-label = { $line }: { $value }
tokens = Tokens
model-calls = Llamadas al modelo
shoppers-counted = Clientes contados
cart-adds-column = Añadidos al carrito
orders-column = Pedidos
revenue-column = Ingresos
more-revenue-column = Más ingresos

## Privacy

requests = Solicitudes de datos
requests-none = Nadie pidió sus datos en los últimos 30 días. Cuando Shopify solicita los datos de un cliente, aquí se puede descargar un
    informe.
requests-details = Datos guardados de los clientes que los pidieron. Los informes se borran a los 30 días.
download = Descargar
kept = Qué guarda Wandstore
kept-details = Con el consentimiento del cliente: lo que miró, añadió al carrito y compró, con un identificador aleatorio o el número de su cuenta
    de cliente. Sin consentimiento, nada. Las solicitudes de Shopify de borrar los datos de un cliente o de una tienda se cumplen solas.

## Settings

plan = Tu plan
plan-free = Gratis: páginas para un solo tipo de clientes, planificadas sin el modelo de lenguaje, y ninguna comparación. Lo demás que
    hayas configurado se conserva.
plan-paid = Todo está incluido.
plan-trial = Todo está incluido. Tu prueba termina el { $day }.
plan-inactive = Tu suscripción no está activa, así que se aplica lo que es gratis. Shopify indica el motivo en la configuración de tu
    tienda, en Facturación.
change-plan = Cambiar de plan
not-in-plan = No está en tu plan
not-in-plan-experiments = Con tu plan no hay grupo de control, no se prueba ninguna variante y no se compara nada. Lo que configures aquí se
    conserva, y se aplica en cuanto tu plan lo incluya.
not-in-plan-pages = Con tu plan, las páginas se crean para un solo tipo de clientes, el primero que esté activado abajo, sin el modelo de
    lenguaje, y ninguna página espera tu aprobación. Las preguntas, los productos y las campañas se aplican con todos los planes. Todo lo
    que configures aquí se conserva.
pause = Pausa
pause-wandstore = Pausar Wandstore
pause-details = Todos los clientes ven enseguida la misma página, y no se crea ni se guarda nada hasta que lo desactives.
model = Modelo de lenguaje
model-works = Las páginas se planifican con el modelo de lenguaje si tu instalación tiene uno.
model-not-asked = Páginas sin el modelo de lenguaje
model-not-asked-details = { $why }, varias veces seguidas. Las páginas se planifican sin él durante diez minutos y después se vuelve a intentar.
    Si continúa, quita palabras prohibidas o avisa a quien gestiona Wandstore.
cause-auth = El servicio del modelo de lenguaje no acepta la clave
cause-model = El servicio del modelo de lenguaje no conoce ese modelo o esa dirección
cause-quota = El presupuesto para el modelo de lenguaje está agotado
cause-rate = Se preguntó demasiadas veces al modelo de lenguaje
cause-refusal = El modelo de lenguaje rechazó la solicitud
cause-length = La respuesta del modelo de lenguaje se cortó en el límite de tokens
cause-context = La pregunta es demasiado larga para el modelo de lenguaje
cause-thinking = El modelo de lenguaje gastó los tokens de su respuesta en pensar
cause-filter = Un filtro de contenido retuvo la respuesta del modelo de lenguaje
cause-format = La respuesta del modelo de lenguaje no se puede usar
cause-claims = El texto del modelo de lenguaje dice lo que no se puede decir
cause-unreachable = El modelo de lenguaje no está disponible
cause-timeout = El modelo de lenguaje no respondió a tiempo
budget = Presupuesto
budget-details = Lo que puede costar el modelo de lenguaje para tus páginas. Cuando se han gastado cuatro quintas partes de un
    presupuesto, las páginas de clientes nuevos se planifican sin él. Cuando se ha gastado todo, todas las páginas, hasta que
    empiece el día o el mes siguiente (UTC). Los clientes siempre ven una página, y las páginas existentes se conservan.
budget-per-day = Por día, en dólares estadounidenses
budget-per-month = Por mes, en dólares estadounidenses
budget-empty = Vacío: sin límite.
budget-nearly = Casi gastado
budget-nearly-details = Las páginas de clientes nuevos se planifican sin el modelo de lenguaje.
budget-spent = Gastado
budget-spent-details = Las páginas se planifican sin el modelo de lenguaje hasta el { $day } (UTC).
spent-today = Hoy
spent-month = Este mes
spent-of = { $spent } de { $limit }
month-forecast = Todo el mes, al ritmo de los últimos siete días
budget-lasts-until = A este ritmo, el presupuesto de este mes se habrá gastado el { $day }.
language = Idioma de las páginas
language-known = Las páginas están en el idioma del mercado de cada cliente y, si no, en el de tu tienda: { $language }.
language-unknown = Wandstore no tiene palabras en el idioma de tu tienda ({ $language }). Los botones y las etiquetas de las páginas están en
    inglés; lo que escribe el modelo de lenguaje está en el idioma de tu tienda.

## Errors beside fields

error-tone = Di en pocas palabras cómo suena tu tienda.
error-characters = { $max ->
    [one] Usa como máximo { $max } carácter.
    [many] Usa como máximo { $max } de caracteres.
   *[other] Usa como máximo { $max } caracteres.
}
error-colour = Escribe un color como #1b3a57, o déjalo vacío.
error-question = La línea { $line } necesita un signo de interrogación y después una respuesta.
error-day = Escribe un día como 2026-12-24, o déjalo vacío.
error-share = Escribe un número de 0 a 50, como 10 o 2,5.
error-dollars = Escribe dólares como 20 o 2,50, o deja esto vacío.
error-selector = Línea { $line }: { $problem }.
error-campaign-text = Di qué se anuncia.
error-campaign-ends = Su último día es anterior al primero.
error-campaigns = { $max ->
    [one] Sobra una campaña: como máximo { $max }.
    [many] Sobra una campaña: como máximo { $max }.
   *[other] Sobra una campaña: como máximo { $max }.
}
error-link = Escribe una colección o un producto, como collection: sale, o su dirección.
error-campaign-personas = Escribe algunos de { $names }, o deja esto vacío para todos.
error-lines = { $max ->
    [one] Escribe como máximo { $max } línea.
    [many] Escribe como máximo { $max } de líneas.
   *[other] Escribe como máximo { $max } líneas.
}
error-line = { $max ->
    [one] La línea { $line } tiene más de { $max } carácter.
    [many] La línea { $line } tiene más de { $max } de caracteres.
   *[other] La línea { $line } tiene más de { $max } caracteres.
}
error-personas = Deja al menos uno activado, o pausa Wandstore.

## Why a shop is not connected

advice-not-installed = Abre Wandstore desde las aplicaciones del panel de control de tu tienda para conectarlo.
advice-uninstalled = Wandstore se desinstaló de esta tienda. Instálalo de nuevo y ábrelo desde las aplicaciones del panel de control de tu
    tienda.
advice-closed = Wandstore está cerrado para esta tienda: se desinstaló, o lo cerró quien lo gestiona. Vuelve a abrir esta página en un minuto.
advice-token-refused = Shopify no deja a Wandstore leer tus productos con el acceso que dio. Vuelve a abrir esta página.
advice-session = Shopify rechazó tu sesión dos veces. Vuelve a abrir Wandstore desde las aplicaciones del panel de control de tu tienda. Si
    no ayuda, quien gestiona Wandstore tiene que revisar SHOPIFY_API_KEY y SHOPIFY_API_SECRET.
advice-secret = Shopify no acepta el secreto de aplicación de Wandstore. Quien gestiona Wandstore tiene que corregir SHOPIFY_API_KEY y
    SHOPIFY_API_SECRET: son el ID de cliente y el secreto de la aplicación en el Dev Dashboard de Shopify.
advice-shopify = Shopify no dio acceso a Wandstore. Vuelve a abrir esta página en un minuto.
advice-unavailable = Ahora mismo Wandstore no puede leer ni guardar la conexión. Vuelve a abrir esta página en un minuto.

## Refusals

checking-session = Un momento: Wandstore está comprobando tu sesión con Shopify.
if-nothing-happens = Si no pasa nada, abre Wandstore desde las aplicaciones del panel de control de tu tienda.
refused = Esto no funcionó: { $why }.
refused-help = Abre Wandstore desde las aplicaciones del panel de control de tu tienda.
why-no-page = no existe esa página
why-no-method = esta dirección no acepta ese método
why-no-persona = no existe ese perfil
why-no-report = no existe ese informe
why-report = ahora mismo no se puede leer el informe
why-settings = ahora mismo no se puede leer la configuración
why-render = no se puede mostrar la página
why-return = la dirección de vuelta no es válida
why-other-shop = el token de sesión es de otra tienda
why-no-token = Shopify no envió ningún token de sesión, y un segundo intento no ayudó
why-clock = el token de sesión ha caducado o aún no es válido, y uno nuevo no ayudó: revisa el reloj de la máquina que ejecuta Wandstore
why-secret = lo que firmó Shopify no encaja con el secreto que conoce Wandstore. Si abriste esta página en Shopify, quien gestiona Wandstore
    tiene que corregir SHOPIFY_API_SECRET: no es el secreto de cliente de esta aplicación
why-key = el token de sesión es de otra aplicación. Si abriste esta página en Shopify, quien gestiona Wandstore tiene que corregir
    SHOPIFY_API_KEY: no es el ID de cliente de esta aplicación
why-request = no es una solicitud de Shopify ({ $detail })

## Numbers and times

percent = { $number } %
amount = { $amount } { $currency }
dollars = { $amount } $
date = { $day } { $month } { $year }
just-now = ahora mismo
minutes-ago = { $minutes ->
    [one] hace { $minutes } minuto
    [many] hace { $minutes } de minutos
   *[other] hace { $minutes } minutos
}
hours-ago = { $hours ->
    [one] hace { $hours } hora
    [many] hace { $hours } de horas
   *[other] hace { $hours } horas
}
days-ago = { $days ->
    [one] hace { $days } día
    [many] hace { $days } de días
   *[other] hace { $days } días
}
january = ene
february = feb
march = mar
april = abr
may = may
june = jun
july = jul
august = ago
september = sept
october = oct
november = nov
december = dic
