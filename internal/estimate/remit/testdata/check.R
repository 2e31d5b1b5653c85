# Indicators of remittances by R's package survey (4.1) from data made up by the seed below: 12 strata, 5 PSUs each, unequal
# weights, amounts that heap at 100, 200, 250, 300. Run `Rscript check.R` here; it writes senders.csv and cases.json.
suppressMessages({library(survey); library(jsonlite)}); options(digits = 15); set.seed(2006)
n <- 900; d <- data.frame(stratum = rep(1:12, each = 75)); d$psu <- rep(rep(1:5, each = 15), 12); d$w <- round(exp(rnorm(n, 4 + d$stratum / 10, .4)), 2)
sends <- runif(n) < .62; heap <- runif(n) < .8
a <- ifelse(heap, sample(c(50, 100, 150, 200, 250, 300, 400, 500), n, TRUE, c(.08, .2, .12, .2, .18, .12, .06, .04)), round(exp(rnorm(n, 5.2, .7)), 2)); a[sample(which(sends), 3)] <- c(6000, 9000, 4500)
d$amount <- ifelse(sends, a, NA); d$frequency <- ifelse(sends, sample(c(26, 12, 6, 4, 2, 1), n, TRUE, c(.1, .5, .12, .12, .08, .08)), NA)
d$channel <- ifelse(sends, sample(c("bank", "firm", "carried", "app"), n, TRUE, c(.4, .35, .15, .1)), NA); d$channel[sample(which(sends), 12)] <- NA
d$country <- sample(c("AR", "CL", "ES", "US"), n, TRUE); d$amount[sample(which(sends), 20)] <- NA
write.csv(d, "senders.csv", row.names = FALSE, na = "", quote = FALSE)
ok <- !is.na(d$amount) & !is.na(d$frequency); d$A <- ifelse(ok, d$amount, 0); d$f <- ifelse(ok, d$frequency, 0); d$y <- d$A * d$f; d$m <- d$y / 12; d$one <- as.numeric(ok)
d$ch <- ifelse(is.na(d$channel), "?", d$channel); D <- svydesign(ids = ~psu, strata = ~stratum, weights = ~w, data = d, nest = TRUE); S <- subset(D, one == 1)
out <- list(); put <- function(key, est, se) out[[key]] <<- list(estimate = as.numeric(est), se = as.numeric(se))
tot <- function(key, x) { S <- update(S, z = x[ok]); r <- svytotal(~z, S); put(key, coef(r), SE(r)) }
rat <- function(key, num, den) { S <- update(S, u = num[ok], v = den[ok]); r <- svyratio(~u, ~v, S); put(key, coef(r), SE(r)) }
tot("total||year", d$y); for (k in sort(unique(d$ch[ok]))) tot(paste0("total_by_channel||", k), d$y * (d$ch == k)); for (k in sort(unique(d$country))) tot(paste0("total_by_country||", k), d$y * (d$country == k)); tot("coverage||coverage", d$y / 1e8)
for (b in list(list("senders", d$A, d$one), list("months", d$m, d$one), list("sendings", d$A, d$f), list("money", d$A, d$y))) { rat(paste0("small|", b[[1]], "|at_most"), b[[3]] * (b[[2]] <= 250), b[[3]]); rat(paste0("small|", b[[1]], "|less_than"), b[[3]] * (b[[2]] < 250), b[[3]]) }
for (h in c(100, 250, 500)) { rat(paste0("at_most|sendings|", h), d$f * (d$A <= h), d$f); rat(paste0("less_than|senders|", h), d$one * (d$A < h), d$one) }
for (k in sort(unique(d$ch[ok]))) { rat(paste0("channel|senders|", k), d$one * (d$ch == k), d$one); rat(paste0("channel|sendings|", k), d$f * (d$ch == k), d$f); rat(paste0("channel|money|", k), d$y * (d$ch == k), d$y) }
for (k in c(1, 2, 4, 6, 12, 26)) { rat(paste0("frequency|senders|", k), d$one * (d$f == k), d$one); rat(paste0("frequency|money|", k), d$y * (d$f == k), d$y) }
said <- d$ch != "?"; fo <- d$ch %in% c("bank", "firm", "app"); rat("formal|senders|formal", d$one * fo, d$one * said); rat("formal|sendings|formal", d$f * fo, d$f * said); rat("formal|money|formal", d$y * fo, d$y * said)
q <- function(x, p, ...) svyquantile(x, S, p, interval.type = "xlogit", ...); cut <- as.numeric(svyquantile(~y, S, .995, ci = FALSE)$y)
tot("heavy_total||all", d$y); tot("heavy_total||without_top", d$y * (d$y <= cut)); tot("heavy_total||winsorised", pmin(d$y, cut) * d$one)
rat("heavy_mean||all", d$y, d$one); rat("heavy_mean||without_top", d$y * (d$y <= cut), d$one * (d$y <= cut)); rat("heavy_mean||winsorised", pmin(d$y, cut) * d$one, d$one)
P <- svyciprop(~I(A <= 250), S, method = "xlogit"); ci <- as.numeric(attr(P, "ci"))
Q <- function(v) { r <- svyquantile(as.formula(paste0("~", v)), S, (1:9) / 10, interval.type = "xlogit")[[1]]; list(q = as.numeric(r[, 1]), low = as.numeric(r[, 2]), high = as.numeric(r[, 3])) }
writeLines(toJSON(list(figures = out, cut = cut, senders = sum(ok), unknown = sum(sends & !ok), logit = ci, quantiles = list(senders = Q("A"), months = Q("m"))), digits = NA, auto_unbox = TRUE, pretty = TRUE), "cases.json")
