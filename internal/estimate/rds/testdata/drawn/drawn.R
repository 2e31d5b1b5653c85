# Forests of recruitment drawn by a seed, with levels that are texts, numbers or conditions, and what base R reckons from them:
# RDS-I, RDS-II and the matrix after Salganik and Heckathorn (2004) and Volz and Heckathorn (2008), successive sampling after Gile
# (2011) by a table of the whole population that is sampled draw by draw. Run: Rscript drawn.R SEED FORESTS FOLDER
suppressMessages(library(jsonlite)); options(digits = 15); a <- commandArgs(TRUE); set.seed(as.integer(a[1])); count <- as.integer(a[2]); dir.create(file.path(a[3], "data"), FALSE, TRUE); setwd(a[3])
cases <- list(); add <- function(...) cases[[length(cases) + 1]] <<- list(...)
one <- function(...) { x <- c(...); x[sample.int(length(x), 1)] }
words <- list(c("no", "yes"), c("a", "b", "c"), c("Alta", "baja", "media", "ninguna"), 0:1, 1:3, c(TRUE, FALSE), c(10, 9, 8.5), c("2", "x"))
forest <- function() { n <- sample(25:160, 1); seeds <- sample(1:5, 1); g <- words[[sample(length(words), 1)]]; stay <- runif(1, .2, .8); parent <- rep(NA, n); y <- rep(1L, n); most <- sample(2:4, 1); given <- integer(n)
  for (i in 1:n) if (i <= seeds) y[i] <- sample(length(g), 1) else { p <- one(which(given[1:(i - 1)] < most)); parent[i] <- p; given[p] <- given[p] + 1L; y[i] <- if (runif(1) < stay) y[p] else sample(length(g), 1) }
  d <- if (runif(1) < .3) round(rgamma(n, 3, .3) + 1, 1) else 1L + rpois(n, 3 + 4 * (y == 1)); id <- if (runif(1) < .5) sample(1000:9999, n) else paste0("P-", sample(100:999, n)); o <- if (runif(1) < .5) seq_len(n) else sample(n)
  wave <- integer(n); for (i in seq_len(n)) if (!is.na(parent[i])) wave[i] <- wave[parent[i]] + 1L
  data.frame(id = id, recruiter_id = ifelse(is.na(parent), one("", "seed", "0"), as.character(id[parent])), answer = g[y], network_size = d, wave = wave, stringsAsFactors = FALSE)[o, ] }
put <- function(x, f) { for (v in names(x)) if (is.logical(x[[v]])) x[[v]] <- ifelse(x[[v]], "TRUE", "FALSE"); write.csv(x, f, row.names = FALSE, quote = FALSE) }
ss <- function(y, d, N, rounds = 6, draws = 3000) { k <- sort(unique(d)); V <- as.numeric(table(factor(d, k))); n <- length(d); pi <- k
  for (r in seq_len(rounds)) { Nk <- N * (V / pi) / sum(V / pi); c <- pmax(V, round(Nk)); while (sum(c) != N) { s <- sign(N - sum(c)); j <- if (s > 0) which.max(Nk - c) else { e <- c - Nk; e[c <= V] <- -Inf; which.max(e) }; c[j] <- c[j] + s }
    who <- rep(seq_along(k), c); hits <- numeric(length(k)); for (s in seq_len(draws)) hits <- hits + tabulate(who[order(log(runif(N)) / k[who], decreasing = TRUE)[seq_len(n)]], length(k)); pi <- (hits + V) / (draws + 1) / c }
  w <- 1 / pi[match(d, k)]; t <- tapply(w, y, sum) / sum(w); as.list(setNames(as.numeric(t), names(t))) }
rows <- function(M) lapply(seq_len(nrow(M)), function(i) as.numeric(M[i, ]))
for (f in seq_len(count)) { x <- forest(); y <- x$answer; d <- x$network_size; w <- 1 / d; g <- sort(unique(y)); if (length(g) < 2) next
  name <- sprintf("f%s-%03d", a[1], f); put(x, paste0("data/", name, ".csv")); i <- match(x$recruiter_id, x$id); ok <- !is.na(i); R <- table(factor(y[i[ok]], g), factor(y[ok], g)); C <- R / rowSums(R)
  add(id = paste0(name, "-rds2"), data = name, variable = "answer", method = "rds2", rel_tol = 1e-9, expected = list(n = nrow(x), estimate = as.list(tapply(w, y, sum) / sum(w)), sample_share = as.list(table(y) / length(y)), mean_degree_harmonic = nrow(x) / sum(w), kish_effective_n = sum(w)^2 / sum(w^2)))
  add(id = paste0(name, "-matrix"), data = paste0("data/", name, ".csv"), variable = "answer", method = "recruitment_matrix", rel_tol = 1e-9, expected = list(levels = g, counts = rows(R), recruitment_homophily = sum(diag(R)) / sum(R) / sum((rowSums(R) / sum(R)) * (colSums(R) / sum(R))), seeds = sum(!ok), waves = max(x$wave)))
  e <- tryCatch({ P <- diag(length(g)); for (q in 1:20000) { B <- (C + diag(length(g))) / 2; P <- P %*% B }; P[1, ] }, error = function(e) NA)
  if (!anyNA(e) && all(e > 1e-9)) { D <- sapply(g, function(k) sum(y == k) / sum(1 / d[y == k])); p <- e / D
    add(id = paste0(name, "-rds1"), data = name, variable = "answer", method = "rds1", rel_tol = 1e-9, expected = list(recruitment = rows(R), transition = rows(C), adjusted_degree = as.list(setNames(as.numeric(D), g)), equilibrium = as.list(setNames(e, g)), estimate = as.list(setNames(p / sum(p), g)))) }
  if (f %% 8 == 1 && all(d == round(d))) { N <- round(nrow(x) * one(1.2, 2, 5)); add(id = paste0(name, "-ss"), data = name, variable = "answer", method = "gile_ss", population_size = N, rel_tol = .01, expected = list(estimate = ss(y, d, N))) } }
writeLines(toJSON(list(set = "drawn", count = length(cases), cases = cases), digits = NA, auto_unbox = TRUE, pretty = TRUE, null = "null"), "cases.json"); cat(length(cases), "cases\n")
