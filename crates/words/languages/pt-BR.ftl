## The frame of a page

skip = Ir para o conteúdo
shop = Loja
all-products = Todos os produtos
cart = Carrinho
top = Voltar ao topo
visit-shop = Ir para a loja
why-viewed = Escolhido para você pelo que você olhou: { $products }
why-bought = Escolhido para você porque você já comprou aqui.

## Products

price-now = Agora
price-before = Antes
percent-off = { $percent }% de desconto
stars = { $stars } de 5 estrelas
reviews = { $count ->
    [one] { $count } avaliação
    [many] { $count } de avaliações
   *[other] { $count } avaliações
}
together = { $count ->
    [one] { $count } produto
    [many] { $count } de produtos juntos
   *[other] { $count } produtos juntos
}
compared-type = Tipo
compared-vendor = Marca
compared-description = Descrição
until = Até { $date }
price-up-to = Até { $amount }
price-from = A partir de { $amount }
add-to-cart = Adicionar ao carrinho
view-product = Ver produto
sold-out = Esgotado
sort = Ordenar
sort-featured = Em destaque
sort-price-ascending = Preço, do menor ao maior
sort-price-descending = Preço, do maior ao menor
search = Buscar
search-in = Buscar em { $shop }
promises = Nossos compromissos

## The fallback page

unavailable = Não conseguimos mostrar os produtos agora. Tente de novo em um instante.
no-products = Ainda não há produtos.
all-sold-out = No momento, está tudo esgotado.
look-around = Dê uma olhada.
best-sellers-headline = Nossos mais vendidos
best-sellers-text = O que mais se vende aqui.
best-sellers = Mais vendidos
products = Produtos
reduced = Agora com desconto
what-are-you-looking-for = O que você procura?
collections = Para explorar
see-yours = Ver o que escolhemos para você

## Pages of products, collections, searches and carts: what they begin with

could-go-with-it = Pode combinar com isto
more-of-it = Mais deste tipo
could-go-with-cart = Pode combinar com seu carrinho
also-here = Também na loja
for-your-search = Para a sua busca
at-a-glance = De relance
at-a-glance-text = No que eles diferem.

## The script

added = Adicionado
ready = Sua seleção está pronta
found = { $count ->
    [0] Nenhum produto encontrado nesta página
    [one] { $count } produto encontrado nesta página
    [many] { $count } de produtos encontrados nesta página
   *[other] { $count } produtos encontrados nesta página
}

## The local planner

again-1 = Mais uma vez
again-2 = De novo
spotlight-text-1 = Olhe mais de perto.
spotlight-text-2 = Veja o que é.
bundle-1 = Lado a lado
bundle-2 = Do mesmo tipo
bundle-text-1 = Quanto custam juntos.
bundle-text-2 = Veja a soma.
deals-1 = Agora com desconto
deals-2 = Preço menor que antes
deals-3 = Em promoção
search-heading-1 = Procurando algo?
search-heading-2 = Encontre aqui
search-heading-3 = Busca
story-1 = Sem pressa
story-2 = E agora, para onde?
story-text-1 = Olhe pelo tempo que quiser.
story-text-2 = Ande pela loja no seu ritmo.
recently-viewed-1 = Já vistos
recently-viewed-2 = De volta a estes
recently-viewed-3 = Outro olhar
scene-1 = De perto
scene-2 = E depois isto
scene-text-1 = A imagem fala por si.
scene-text-2 = Uma imagem diz o bastante.
lookbook-1 = Em imagens
lookbook-2 = Para olhar
lookbook-text-1 = Deixe o olhar decidir.
lookbook-text-2 = Nem precisa de palavras.
comparison-1 = Frente a frente
comparison-2 = Linha por linha
comparison-text-1 = Os dados, em colunas.
comparison-text-2 = O que um é e o outro não.
categories-1 = Por onde começar
categories-2 = Por espécie
collection-list-1 = Coleções
collection-list-2 = Ver mais adiante
brands-1 = Por nome
brands-2 = Nomes
price-guide-1 = Quanto você quer gastar?
price-guide-2 = Qual é o orçamento?
questions-1 = Perguntas
questions-2 = Já perguntado

minimalist-headline-1 = Este aqui
minimalist-headline-2 = Comece aqui
minimalist-headline-3 = Direto ao ponto
minimalist-text-1 = Uma página curta, e só.
minimalist-text-2 = Um para começar, e alguns outros.
minimalist-grid-1 = Uma lista curta
minimalist-grid-2 = Alguns outros
minimalist-spotlight-1 = Ou este
minimalist-spotlight-2 = Outro para comparar

explorer-headline-1 = Pelo caminho mais longo
explorer-headline-2 = Uma volta pela loja
explorer-headline-3 = Passeie um pouco
explorer-text-1 = Comece por onde quiser e veja aonde leva.
explorer-text-2 = Olhe uma coisa, depois outra.
explorer-grid-1 = Para explorar
explorer-grid-2 = Um pouco de tudo
explorer-spotlight-1 = Algo diferente
explorer-spotlight-2 = De outro tipo

dealhunter-headline-1 = Quanto as coisas custam
dealhunter-headline-2 = Os preços num relance
dealhunter-headline-3 = Primeiro, compare
dealhunter-text-1 = Compare os preços, depois decida.
dealhunter-text-2 = Olhe primeiro os números.
dealhunter-grid-1 = Do menor preço para cima
dealhunter-grid-2 = Os mais baratos primeiro
dealhunter-grid-3 = Ordenados por preço
dealhunter-grid-4 = Em ordem de preço
dealhunter-spotlight-1 = Dê uma olhada neste
dealhunter-spotlight-2 = Mais um para ver

loyalist-headline-1 = Que bom ver você
loyalist-headline-2 = Boas-vindas
loyalist-headline-3 = Você por aqui
loyalist-text-1 = Veja o que há hoje por aqui.
loyalist-text-2 = Fique à vontade, sem olhar o relógio.
loyalist-grid-1 = Mais para olhar
loyalist-grid-2 = Alguns outros
loyalist-spotlight-1 = Dê uma olhada neste
loyalist-spotlight-2 = Mais um para ver
