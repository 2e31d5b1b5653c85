# Respondent-driven sampling once more, in base R and by other ways than the program's: RDS-I from the eigenvector of the
# transitions (any number of levels), successive sampling from exponential clocks (the first n of N to ring), a different
# generator and many more draws. Run `Rscript check.R` here; it writes cases.json. Data: artificial samples of the package RDS 0.9-10.
suppressMessages(library(jsonlite)); options(digits = 15); set.seed(20261126)
cases <- list(); add <- function(...) cases[[length(cases) + 1]] <<- list(...)
levels_of <- function(y) as.character(sort(unique(y)))
rds2 <- function(y, d) { w <- 1 / d; t <- tapply(w, y, sum) / sum(w); setNames(as.numeric(t), names(t)) }
transitions <- function(x, y) { i <- match(x$recruiter_id, x$id); ok <- !is.na(i); table(factor(y[i[ok]], levels_of(y)), factor(y[ok], levels_of(y))) }
rds1 <- function(x, y) {
  R <- transitions(x, y); C <- R / rowSums(R); e <- eigen(t(C)); v <- Re(e$vectors[, which.max(Re(e$values))]); v <- v / sum(v)
  D <- sapply(levels_of(y), function(k) sum(y == k) / sum(1 / x$network_size[y == k])); p <- v / D; p <- p / sum(p)
  m <- function(M) lapply(seq_len(nrow(M)), function(i) as.numeric(M[i, ]))
  list(recruitment = m(R), transition = m(C), adjusted_degree = as.list(D), estimate = as.list(setNames(p, levels_of(y)))) }
ss <- function(y, d, N, rounds = 8, draws = 6000) {
  k <- sort(unique(d)); V <- as.numeric(table(factor(d, k))); n <- length(d); pi <- k
  for (r in seq_len(rounds)) {
    Nk <- N * (V / pi) / sum(V / pi); c <- pmax(V, floor(Nk))
    while (sum(c) < N) { j <- which.max(Nk - c); c[j] <- c[j] + 1 }
    while (sum(c) > N) { f <- Nk - c; f[c <= V] <- Inf; j <- which.min(f); c[j] <- c[j] - 1 }
    who <- rep(seq_along(k), c); hits <- numeric(length(k))
    for (s in seq_len(draws)) { ring <- rexp(N) / k[who]; hits <- hits + tabulate(who[order(ring)[seq_len(n)]], length(k)) }
    pi <- (hits + V) / (draws + 1) / c }
  w <- 1 / pi[match(d, k)]; t <- tapply(w, y, sum) / sum(w); as.list(setNames(as.numeric(t), names(t))) }
for (s in list(list("faux", "X", 1000), list("faux", "Y", 700), list("fauxmadrona", "disease", 1000), list("fauxsycamore", "disease", 715))) {
  f <- paste0(s[[1]], ".csv"); x <- read.csv(f, stringsAsFactors = FALSE); y <- x[[s[[2]]]]; id <- paste(s[[1]], s[[2]], sep = "-"); d <- x$network_size; w <- 1 / d
  add(id = paste0(id, "-rds2"), data = f, variable = s[[2]], method = "rds2", rel_tol = 1e-10, expected = list(n = nrow(x), estimate = as.list(rds2(y, d)), sample_share = as.list(setNames(as.numeric(table(y)) / length(y), levels_of(y))), mean_degree_harmonic = nrow(x) / sum(w), kish_effective_n = sum(w)^2 / sum(w^2)))
  add(id = paste0(id, "-rds1"), data = f, variable = s[[2]], method = "rds1", rel_tol = 1e-10, expected = rds1(x, y))
  R <- transitions(x, y); add(id = paste0(id, "-homophily"), data = f, variable = s[[2]], method = "recruitment_matrix", rel_tol = 1e-10, expected = list(levels = sort(unique(y)), counts = lapply(seq_len(nrow(R)), function(i) as.numeric(R[i, ])), recruitment_homophily = sum(diag(R)) * sum(R) / sum(rowSums(R) * colSums(R)), seeds = sum(is.na(match(x$recruiter_id, x$id))), waves = max(x$wave)))
  add(id = paste0(id, "-ss"), data = f, variable = s[[2]], method = "gile_ss", rel_tol = .003, expected = list(population_size = s[[3]], estimate = ss(y, d, s[[3]]))) }
add(id = "faux-X-ss-package", data = "faux.csv", variable = "X", method = "gile_ss", rel_tol = .003, expected = list(population_size = 1000, estimate = list(blue = 0.308679056967587, red = 0.691320943032413)), note = "from the tests of the R package RDS")
writeLines(toJSON(list(set = "rds", count = length(cases), cases = cases), digits = NA, auto_unbox = TRUE, pretty = TRUE, null = "null"), "cases.json")
