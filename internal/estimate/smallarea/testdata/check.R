# The model of Fay and Herriot in base R by other ways than the program's: likelihoods maximised by optimize() instead of
# scoring, moments by uniroot(), errors from whole matrices. Run `Rscript check.R` here; it writes areas.csv and cases.json.
# The data are made up by the seed below; 3 of 40 areas have no sample.
suppressMessages(library(jsonlite)); options(digits = 15); set.seed(1979)
m <- 40; n <- round(exp(runif(m, log(8), log(400)))); x1 <- round(rnorm(m, 4, 1), 3); x2 <- round(runif(m), 3)
psi <- round(90 / n * exp(rnorm(m, 0, .2)), 6); y <- round(20 + 3 * x1 - 5 * x2 + rnorm(m, 0, 1.6) + rnorm(m, 0, sqrt(psi)), 6)
none <- c(7, 21, 33); d <- data.frame(area = sprintf("city%02d", 1:m), direct = y, variance = psi, n = n, x1 = x1, x2 = x2)
d$direct[none] <- NA; d$variance[none] <- NA; d$n[none] <- 0; write.csv(d, "areas.csv", row.names = FALSE, na = "", quote = FALSE)
s <- !is.na(d$direct); X <- cbind(1, d$x1, d$x2); Xs <- X[s, ]; ys <- d$direct[s]; ps <- d$variance[s]; M <- sum(s); p <- 3
gls <- function(A) { Vi <- diag(1 / (A + ps)); C <- solve(t(Xs) %*% Vi %*% Xs); list(C = C, b = as.numeric(C %*% t(Xs) %*% Vi %*% ys)) }
loglik <- function(A, restricted) { g <- gls(A); e <- ys - Xs %*% g$b; l <- -sum(log(A + ps)) / 2 - sum(e^2 / (A + ps)) / 2; if (restricted) l + log(det(g$C)) / 2 else l }
refine <- function(f, A) { h <- 1e-4; for (i in 1:50) { d1 <- (f(A + h) - f(A - h)) / (2 * h); d2 <- (f(A + h) - 2 * f(A) + f(A - h)) / h^2; A <- A - d1 / d2 }; A }
fits <- list(
  reml = { f <- function(A) loglik(A, TRUE); refine(f, optimize(f, c(0, 50), maximum = TRUE, tol = 1e-12)$maximum) },
  ml = { f <- function(A) loglik(A, FALSE); refine(f, optimize(f, c(0, 50), maximum = TRUE, tol = 1e-12)$maximum) },
  fh = uniroot(function(A) { g <- gls(A); sum((ys - Xs %*% g$b)^2 / (A + ps)) - (M - p) }, c(0, 50), tol = 1e-13)$root)
out <- lapply(names(fits), function(method) { A <- fits[[method]]; g <- gls(A); V <- diag(A + ps); Vi <- solve(V)
  S1 <- sum(diag(Vi)); S2 <- sum(diag(Vi %*% Vi)); varA <- if (method == "fh") 2 * M / S1^2 else 2 / S2
  bias <- switch(method, reml = 0, ml = -sum(diag(g$C %*% t(Xs) %*% Vi %*% Vi %*% Xs)) / S2, fh = 2 * (M * S2 - S1^2) / S1^3)
  est <- mse <- numeric(m)
  for (i in 1:m) { syn <- sum(X[i, ] * g$b); q <- as.numeric(t(X[i, ]) %*% g$C %*% X[i, ])
    if (!s[i]) { est[i] <- syn; mse[i] <- A + q; next }
    P <- d$variance[i]; B <- P / (A + P); est[i] <- (1 - B) * d$direct[i] + B * syn
    mse[i] <- P * (1 - B) + B^2 * q + 2 * P^2 / (A + P)^3 * varA - bias * B^2 }
  list(method = method, variance = A, variance_se = sqrt(varA), coefficients = g$b, se = sqrt(diag(g$C)), loglik = loglik(A, FALSE) - M / 2 * log(2 * pi), estimate = est, mse = mse) })
# Benchmarking: the nearest estimates that add up, in the metric of each adjustment, as the solution of the linear equations of Lagrange;
# the ratio by uniroot(). MSE has the square of what was added.
bring <- function(est, mse, w, total) { nearest <- function(metric) { k <- length(est); K <- rbind(cbind(diag(metric), w), c(w, 0)); solve(K, c(metric * est, total))[1:k] }
  b <- list(ratio = est * uniroot(function(f) sum(w * f * est) - total, c(.01, 100), tol = 1e-14)$root, difference = nearest(w), optimal = nearest(1 / mse))
  lapply(b, function(x) list(estimate = x, mse = mse + (x - est)^2, total = sum(w * x))) }
people <- round(runif(m, 50, 4000)); f1 <- out[[1]]
direct <- sum(people[s] * d$direct[s]) / sum(people[s])
lf <- lm(log(variance) ~ log(n), data = d[s, ]); sm <- exp(fitted(lf))
# What a profile does: variances smoothed, the model by REML, estimates of the sampled areas multiplied so that they add up to the direct one.
kept <- ps; ps <- as.numeric(sm * sum(kept) / sum(sm)); A <- { f <- function(A) loglik(A, TRUE); refine(f, optimize(f, c(0, 50), maximum = TRUE, tol = 1e-12)$maximum) }
g <- gls(A); B <- ps / (A + ps); e0 <- (1 - B) * ys + B * as.numeric(Xs %*% g$b); q <- rowSums((Xs %*% g$C) * Xs)
chain <- c(list(before = e0, mse = ps * (1 - B) + B^2 * q + 2 * ps^2 / (A + ps)^3 * 2 / sum(diag(solve(diag(A + ps)) %*% solve(diag(A + ps))))), list(total = sum(people[s] * ys)))
chain$after <- bring(chain$before, chain$mse, people[s], chain$total)$ratio; ps <- kept
writeLines(toJSON(list(fits = out, benchmark = list(weights = people / sum(people), total = direct, by = bring(f1$estimate, f1$mse, people / sum(people), direct)), people = people, chain = chain, smoothing = list(a = coef(lf)[[1]], b = coef(lf)[[2]], r2 = summary(lf)$r.squared, factor = sum(ps) / sum(sm)),
  spree = { t0 <- array(c(10, 20, 5, 8, 12, 30, 7, 9, 11, 6, 3, 14), c(2, 2, 3)); ab <- matrix(c(40, 60, 35, 45), 2); c3 <- c(50, 70, 60)
    t1 <- loglin(outer(ab, c3) / sum(c3), list(c(1, 2), 3), start = t0, fit = TRUE, eps = 1e-13, iter = 1000, print = FALSE)$fit
    list(old = as.numeric(aperm(t0)), new = as.numeric(aperm(t1)), ab = as.numeric(t(ab)), c = c3) }), digits = NA, auto_unbox = TRUE, pretty = TRUE), "cases.json")
