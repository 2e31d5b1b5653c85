# Programs drawn by a seed: data, designs, steps and calls. Run: Rscript draw.R SEED COUNT FOLDER
# with refcase.R of ../survey beside it. What R refuses goes to refused.json, with its reason.
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
source(if (file.exists(file.path(here, "refcase.R"))) file.path(here, "refcase.R") else file.path(here, "../survey/refcase.R"))
args <- commandArgs(TRUE); seed <- as.integer(args[1]); count <- as.integer(args[2]); folder <- args[3]; small <- length(args) > 3
dir.create(file.path(folder, "data"), showWarnings = FALSE, recursive = TRUE); setwd(folder); set.seed(seed); options(warn = 1)
local({ # so that no name here hides one of refcase.R
one <- function(...) { x <- c(...); x[sample.int(length(x), 1)] }
maybe <- function(p, x, otherwise = "") if (runif(1) < p) x else otherwise
fmt <- function(x) vapply(x, function(v) format(v, digits = 15, trim = TRUE, scientific = FALSE), "")
text <- function(v) paste0("\"", v, "\"")
vec <- function(v) if (length(v) == 1) v else paste0("c(", paste(v, collapse = ", "), ")")

# --- data: regions, towns in them, households, persons; every kind of column --------------------
words <- list(c("alto", "bajo", "medio"), c("no", "yes"), c("a b", "c-d", "e.f", "g"), c("uno", "dos", "tres", "cuatro", "cinco"), c("Lima", "Nunoa", "Ste. Marie"), c("1", "2", "10"))
table_of <- function(shuffle) {
  H <- sample(if (small) 2:3 else 2:6, 1); top <- if (small) one(2, 3) else one(2, 3, 5, 8); rows <- list(); i <- 0
  for (h in 1:H) { n <- sample(2:max(2, top), 1); N <- n + sample(c(1, 3, 20, 200), 1, prob = c(.1, .3, .3, .3)); size <- runif(n, .05, .6)
    for (t in 1:n) { m <- sample(if (small) 2:3 else 2:5, 1); M <- m + sample(c(0, 2, 9), 1)
      for (b in 1:m) { k <- sample(1:4, 1); K <- k + sample(0:4, 1); i <- i + 1
        rows[[i]] <- data.frame(region = h, town = t, house = b, person = 1:k, N1 = N, N2 = M, N3 = K, p1 = size[t], f1 = n / N, f2 = m / M, f3 = k / K, mos = round(1 / size[t], 2)) } } }
  x <- do.call(rbind, rows); n <- nrow(x)
  x$w <- round((1 / x$f1 / x$f2 / x$f3) * exp(rnorm(n, 0, one(.1, .5, 1.5))), one(0, 2, 6)) + one(0, .01, 1); x$w[x$w <= 0] <- 1
  x$tid <- x$region * 100 + x$town; x$hid <- x$tid * 100 + x$house; x$name <- paste0("r", x$region)
  x$y <- round(rnorm(n, 50, 12) + 4 * x$region + rnorm(max(x$tid))[x$tid] * 3, 2); x$x <- round(rgamma(n, 2, .02) + 1, 1); x$neg <- round(rnorm(n, 0, 5) - 1, 1)
  x$big <- round(exp(rnorm(n, 11, 1.2))); x$k <- sample(c(1, 2, 2, 3, 5), n, TRUE); x$cnt <- rpois(n, 1.7); x$zero <- ifelse(runif(n) < .5, 0, round(x$x / 3, 1))
  x$z <- rbinom(n, 1, .35); x$b <- runif(n) < plogis(x$y / 30 - 2); x$zn <- ifelse(runif(n) < .12, NA, rbinom(n, 1, .6)); x$m <- ifelse(runif(n) < .15, NA, round(x$y * 1.3 + rnorm(n), 1))
  f <- one(1:5); g <- one(1:5); x$f <- sample(words[[f]], n, TRUE); x$g <- ifelse(runif(n) < .1, NA, sample(words[[g]], n, TRUE)); x$h <- sample(3:1, n, TRUE, c(.5, .3, .2)); x$yes <- sample(c("no", "yes"), n, TRUE)
  x$rare <- c("rare", sample(c("often", "usual"), n - 1, TRUE)); x$same <- "all"; x$bn <- ifelse(runif(n) < .1, NA, runif(n) < .5); x$frac <- runif(n)
  if (shuffle) x <- x[sample(n), ]
  rownames(x) <- NULL; x
}
sets <- max(3, count %/% 40)
for (s in seq_len(sets)) { n <- paste0("s", seed, letters[s]); x <- table_of(s %% 2 == 0); x$region2 <- ifelse(x$house %% 2 == 0, "even", "odd"); write_data(x, paste0("data/", n, ".csv")); assign(n, read.csv(paste0("data/", n, ".csv"), stringsAsFactors = TRUE, na.strings = ""), globalenv()) }
pairs <- lapply(1:2, function(s) { n <- paste0("b", seed, letters[s]); H <- if (small) one(3, 5, 7) else one(3, 5, 7, 11, 12, 17, 23); each <- if (s == 1) rep(2, H) else sample(2:5, H, TRUE); x <- do.call(rbind, lapply(1:H, function(h) do.call(rbind, lapply(seq_len(each[h]), function(p) data.frame(h = h, p = p, e = 1:sample(2:4, 1))))))
  k <- nrow(x); x$w <- round(runif(k, 1, 90), 1); x$N1 <- 9 + x$h; x$y <- round(rnorm(k, 20, 6) + x$h, 1); x$x <- round(rgamma(k, 3, .1) + 1, 1); x$z <- rbinom(k, 1, .4); x$f <- sample(c("p", "q", "r"), k, TRUE); x$g <- sample(c("m", "w"), k, TRUE); x$m <- ifelse(runif(k) < .1, NA, x$y + 1); x$b <- runif(k) < .5; x$cnt <- rpois(k, 2)
  for (q in c("neg", "big", "zero", "frac")) x[[q]] <- round(rnorm(k) * c(neg = 3, big = 1e5, zero = 1, frac = 1)[q], 2); x$k <- sample(1:4, k, TRUE); x$zn <- ifelse(runif(k) < .1, NA, x$z); x$h3 <- sample(1:3, k, TRUE); x$yes <- sample(c("no", "yes"), k, TRUE); x$rare <- c("rare", rep("usual", k - 1)); x$same <- "all"; x$bn <- ifelse(runif(k) < .1, NA, runif(k) < .5)
  write_data(x, paste0("data/", n, ".csv")); assign(n, read.csv(paste0("data/", n, ".csv"), stringsAsFactors = TRUE, na.strings = ""), globalenv()); n })
pps <- local({ n <- paste0("p", seed); k <- sample(8:30, 1); x <- data.frame(id = 1:k, size = round(rgamma(k, 2, .01) + 5)); x$p <- round(pmin(.9, x$size * k * .4 / sum(x$size)), 6); x$st <- ifelse(seq_len(k) <= k %/% 2, "one", "two")
  x$y <- round(x$size * runif(k, .5, 1.5) + 3, 1); x$x <- round(x$size * runif(k, .8, 1.2), 1); x$z <- rbinom(k, 1, .5); x$f <- sample(c("p", "q", "r"), k, TRUE); x$g <- sample(c("m", "w"), k, TRUE); x$m <- ifelse(runif(k) < .1, NA, x$y); x$b <- runif(k) < .5; x$cnt <- rpois(k, 2); x$neg <- round(rnorm(k), 2); x$big <- x$size * 1000; x$zero <- ifelse(x$b, 0, x$x); x$frac <- runif(k)
  x$k <- sample(1:3, k, TRUE); x$zn <- ifelse(runif(k) < .1, NA, x$z); x$h <- sample(1:3, k, TRUE); x$yes <- sample(c("no", "yes"), k, TRUE); x$rare <- c("rare", rep("usual", k - 1)); x$same <- "all"; x$bn <- ifelse(runif(k) < .1, NA, x$b); x$w <- round(1 / x$p, 4)
  write_data(x, paste0("data/", n, ".csv")); assign(n, read.csv(paste0("data/", n, ".csv"), stringsAsFactors = TRUE, na.strings = ""), globalenv())
  p <- x$p; c0 <- (k - 1) / (k - sum(p^2) / k) ; J <- outer(p, p) * (1 - 1 / k); diag(J) <- p; J <- as.data.frame(round(J, 10)); names(J) <- paste0("c", 1:k); write_data(J, paste0("data/j", seed, ".csv")); assign(paste0("j", seed), J, globalenv()); n })

# --- designs -----------------------------------------------------------------------------------
svd <- function(data, ...) { a <- list(...); a <- a[!vapply(a, is.null, TRUE)]; paste0("svydesign(", paste(c(paste0(names(a), "=", unlist(a)), paste0("data=", data)), collapse = ", "), ")") }
given <- character()
replicated <- function(data) { # weights and replicates in the file
  x <- get(data); n <- nrow(x); type <- one("JK1", "JKn", "bootstrap", "BRR", "Fay", "other", "ACS", "successive-difference", "JK2"); R <- one(6, 10, 15); name <- paste0("rw", length(given) + 1, "_", seed); comb <- one(TRUE, FALSE)
  m <- matrix(round(runif(n * R, 0, 2), 3), n); if (comb) m <- m * x$w; m <- as.data.frame(m); names(m) <- paste0("r", 1:R); write_data(m, paste0("data/", name, ".csv")); assign(name, read.csv(paste0("data/", name, ".csv")), globalenv()); given <<- c(given, name)
  more <- c(paste0("type=", text(type)), paste0("combined.weights=", comb)); if (type == "Fay") more <- c(more, "rho=0.3")
  if (type %in% c("JK1", "JKn", "other", "bootstrap") && runif(1) < .8 || type == "other") more <- c(more, paste0("scale=", round(runif(1, .05, 1), 3)), paste0("rscales=", one(paste0("rep(", round(runif(1), 2), ",", R, ")"), paste0("c(", paste(round(runif(R, .2, 1.5), 2), collapse = ","), ")"))))
  if (runif(1) < .4) more <- c(more, paste0("mse=", one("TRUE", "FALSE"))); if (type == "bootstrap" && runif(1) < .3) more <- c(more, "bootstrap.average=4")
  if (type %in% c("JK1", "JKn", "bootstrap") && runif(1) < .2) more <- c(more, paste0("fpc=rep(", one(.05, .3), ",", R, ")"), paste0("fpctype=", text(one("fraction", "correction"))))
  paste0("svrepdesign(data=", data, ", weights=~w, repweights=", name, ", ", paste(more, collapse = ", "), ")")
}
design <- function() {
  kind <- one(rep("tree", 9), "pps", "pps", "pairs", "pairs", "given")
  if (kind == "pps") { s <- maybe(.4, "~st", NULL); m <- one("brewer", "overton", "HR", "HR2", "mat", "poisson", "wr", "other"); if (m == "poisson") v0 <- 1; v <- maybe(.35, "\"YG\"", NULL); x <- get(pps); if (m == "mat") s <- NULL
    g <- switch(m, brewer = list(fpc = "~p", pps = "\"brewer\""), overton = list(fpc = "~p", pps = "\"overton\""), HR = list(fpc = "~p", pps = "HR()"), HR2 = list(fpc = "~p", pps = if (is.null(s)) paste0("HR(sum(", pps, "$p^2)/", nrow(x), ")") else "HR()"), mat = list(fpc = "~p", pps = paste0("ppsmat(as.matrix(j", seed, "), tolerance=", one(1e-4, 10), ")")), poisson = list(fpc = "~p", pps = paste0("poisson_sampling(", pps, "$p)")), wr = list(probs = "~p"), other = list(fpc = "~p", pps = "\"other\""))
    if (m %in% c("wr", "brewer", "other", "poisson")) v <- NULL
    return(list(text = do.call(svd, c(list(pps, ids = "~1", strata = s), g, list(variance = v))), data = pps, kind = "pps", m = m)) }
  if (kind == "pairs") { d <- one(pairs[[1]], pairs[[2]]); return(list(text = svd(d, ids = "~p", strata = "~h", weights = one("~w", "~I(w/2)"), nest = "TRUE", fpc = maybe(.25, "~N1", NULL)), data = d, kind = if (d == pairs[[1]]) "pairs" else "odd")) }
  which <- sample(16, 1); d <- paste0("s", seed, letters[if (which == 13) one(seq(1, sets, 2)) else sample(sets, 1)])
  if (kind == "given") return(list(text = replicated(d), data = d, kind = "rep"))
  if (runif(1) < .2) return(list(text = switch(one(1:8), paste0("svydesign(~1, weights=", d, "$w, data=", d, ")"), paste0("svydesign(id=~tid, strata=~region, weights=~w, data=subset(", d, ", y>35))"), paste0("svydesign(ids=~tid, weights=~w, data=", d, "[", d, "$k!=3,])"), paste0("svydesign(ids=~0, probs=~I(1/w), strata=~region, data=", d, ")"), paste0("svydesign(ids=~tid, strata=~region, weights=~w, fpc=", d, "$N1, data=", d, ")"), paste0("svydesign(ids=~tid+hid, weights=~w, data=", d, ", nest=FALSE, check.strata=TRUE)"), paste0("svydesign(ids=~tid, data=", d, ", strata=~factor(region), weights=~I(w^.5))"), paste0("svydesign(ids=~tid+hid, strata=~region, fpc=cbind(", d, "$N1,", d, "$N2), data=", d, ")")), data = d, kind = "tree"))
  t <- switch(which,
    svd(d, ids = "~1", weights = "~w"), svd(d, ids = "~1", strata = "~region", weights = "~w"), svd(d, ids = "~1", strata = "~name", weights = "~w", fpc = "~I(N1*100)"), svd(d, id = "~tid", weights = "~w"),
    svd(d, ids = "~town", strata = "~region", weights = "~w", nest = "TRUE"), svd(d, ids = "~town", strata = "~region", weights = "~w", fpc = "~N1", nest = "TRUE"), svd(d, ids = "~town+house", strata = "~region", weights = maybe(.5, "~w", NULL), fpc = "~N1+N2", nest = "TRUE"),
    svd(d, ids = "~tid+hid", strata = "~region", fpc = "~f1+f2"), svd(d, ids = "~town+house+person", strata = "~region", fpc = "~N1+N2+N3", nest = "TRUE"), svd(d, ids = "~tid+hid", strata = "~name+region2", weights = "~w", nest = maybe(.5, "TRUE", NULL)),
    svd(d, ids = "~tid", probs = "~I(1/mos)"), svd(d, ids = "~tid+hid", probs = "~p1+f2", strata = "~region"), svd(d, ids = "~tid+hid", strata = "~region", fpc = "~p1+f2", pps = "\"brewer\""), svd(d, ids = "~interaction(region,town)", weights = "~I(w*2)"),
    svd(d, ids = "~hid", strata = "~interaction(region,region2)", weights = "~w"), svd(d, ids = "~town", strata = "~region", fpc = "~f1", nest = "TRUE"))
  list(text = t, data = d, kind = "tree")
}
# --- steps ---------------------------------------------------------------------------------------
freq <- function(x, v, wobble = TRUE) { t <- as.data.frame(xtabs(as.formula(paste0("w~", paste(v, collapse = "+"))), x)); t$Freq <- round(t$Freq * if (wobble) runif(nrow(t), .8, 1.25) else 1, 2); t }
frame <- function(t, order = FALSE) { if (order) t <- t[sample(nrow(t)), , drop = FALSE]; paste0("data.frame(", paste(vapply(names(t), function(n) paste0(n, "=", vec(if (is.numeric(t[[n]])) fmt(t[[n]]) else text(as.character(t[[n]])))), ""), collapse = ", "), ")") }
domain <- function() one("y>50", "f!=\"no\" & x>60", "z==1", "b", "!b", "!is.na(m)", "!is.na(g)", "k %in% c(1,2)", "cnt>0 | z==1", "yes==\"yes\" & y>40", "x>quantile(x,.25)", "zero>0", "rare!=\"rare\"", "y>mean(y)", "m>60", "bn", "g==\"m\" | is.na(g)", "big>1000 & !(z==0)")
steps <- function(D) {
  x <- get(D$data); out <- list(); s <- function(r) out[[length(out) + 1]] <<- list(op = "step", r = paste0("d <- ", r)); adj <- D$kind != "pps" || runif(1) < .2
  if (runif(1) < .1) s(one("update(d, y=y+1, big=big/1000)", "update(d, q=factor(ifelse(y>50,\"hi\",\"lo\")), y2=y^2)", "transform(d, x=x*2)", "update(d, f=factor(yes), z=1-z)"))
  if (runif(1) < .1) s(paste0("subset(d, ", domain(), ")"))
  if (D$kind != "pps" && D$kind != "rep" && runif(1) < .3) { mse <- maybe(.3, ", mse=TRUE"); cp <- maybe(.2, ", compress=FALSE"); st <- grepl("strata", D$text)
    s(paste0("as.svrepdesign(d", if (D$kind == "pairs") one("", ", type=\"BRR\"", ", type=\"Fay\", fay.rho=.3", ", type=\"JKn\"", ", type=\"BRR\", fpc=.1, fpctype=\"fraction\"") else if (D$kind == "odd") one(", type=\"BRR\", large=\"merge\"", ", type=\"BRR\"", ", type=\"JKn\"", ", type=\"Fay\", fay.rho=.4, large=\"merge\"") else if (st) one("", ", type=\"JKn\"", ", type=\"JKn\", fpc=.2, fpctype=\"fraction\"") else one("", ", type=\"JK1\"", ", type=\"JK1\", fpc=.9, fpctype=\"correction\""), mse, cp, ")")) }
  if (adj && runif(1) < .35) switch(one(1:9),
    s(paste0("postStratify(d, ~f, ", frame(freq(x, "f"), TRUE), ")")), s(paste0("postStratify(d, ~yes+z, ", frame(freq(x, c("yes", "z")), TRUE), ", partial=TRUE)")),
    s(paste0("postStratify(d, ~k, ", frame(freq(x, "k")), ")")), { if (runif(1) < .5) s(paste0("rake(d, list(~f, ~yes), list(", frame(freq(x, "f", FALSE)), ", ", frame(freq(x, "yes", FALSE), TRUE), ")", maybe(.5, ", control=list(maxit=100, epsilon=1e-9)"), ")")) else { a <- freq(x, "f"); b <- freq(x, "z"); b$Freq <- round(b$Freq / sum(b$Freq) * sum(a$Freq), 3); e <- freq(x, c("k")); e$Freq <- round(e$Freq / sum(e$Freq) * sum(a$Freq), 3); s(paste0("rake(d, list(~f, ~z, ~k), list(", frame(a), ", ", frame(b), ", ", frame(e), "), control=list(maxit=500, epsilon=1e-8))")) } },
    { v <- one("~f", "~yes+x", "~x", "~f*yes", "~z+y+f", "~x-1", "~factor(k)"); t <- colSums(model.matrix(as.formula(v), x) * x$w) * if (v == "~f*yes") 1.07 else 1.05; fun <- one("linear", "raking", "logit", "linear"); s(paste0("calibrate(d, ", v, ", c(", paste0("`", names(t), "`=", fmt(round(t * runif(length(t), .97, 1.03), 3)), collapse = ", "), "), calfun=\"", fun, "\"", if (fun == "logit") one(", bounds=c(.2,4)", ", bounds=c(.4,2.5)") else maybe(.3, one(", bounds=c(.5,2)", ", bounds=list(lower=.4,upper=3)", ", bounds=c(0,Inf)")), maybe(.5, ", epsilon=1e-9"), maybe(.15, ", force=TRUE"), maybe(.1, ", maxit=100"), maybe(.12, ", trim=c(.6,1.8)"), if (!grepl("svrep", D$text) && grepl("ids=~(t|i)", D$text)) maybe(.1, ", aggregate.stage=1") else "", ")")) },
    if (!any(grepl("svrep", c(D$text, unlist(out))))) s(paste0("trimWeights(d, upper=", fmt(round(quantile(x$w, .9), 2)), maybe(.6, paste0(", lower=", fmt(round(quantile(x$w, .1), 2)))), maybe(.4, ", strict=TRUE"), ")")),
    s(paste0("svystandardize(d, by=~f, over=", one("~yes", "~1", "~z"), ", population=", vec(round(runif(nlevels(x$f), 10, 90))), maybe(.2, ", excluding.missing=~m"), ")")),
    { a <- freq(x, "yes"); s(paste0("calibrate(d, list(~yes, ~f), list(", frame(a), ", ", { b <- freq(x, "f"); b$Freq <- b$Freq / sum(b$Freq) * sum(a$Freq); frame(b) }, ")", maybe(.4, ", calfun=\"raking\""), ")")) },
    s(paste0("calibrate(d, ~x, c(`(Intercept)`=", fmt(sum(x$w)), ", x=", fmt(round(sum(x$w * x$x) * 1.02, 2)), "), variance=c(0,1))")))
  if (runif(1) < .07) s(paste0("subset(d, ", domain(), ")"))
  out
}
# --- statistics ------------------------------------------------------------------------------------
num <- function() one("y", "x", "neg", "big", "k", "cnt", "zero", "m", "z", "I(y/x)", "I(big/1000)", "log(x)", "sqrt(x)", "I(y>50)", "frac")
fac <- function() one("f", "yes", "g", "rare", "b", "factor(k)", "same", "bn", "factor(z)", "factor(f, levels=c(\"q\",\"no\",\"alto\",\"uno\",\"p\"))", "interaction(f,yes)", "cut(y, c(-100,40,50,60,500))", "I(k>2)", "I(y>50 & z==1)")
any1 <- function() one(num(), num(), fac())
sums <- function(n, f = any1) paste(unique(vapply(seq_len(n), function(i) f(), "")), collapse = "+")
on <- function(p = .2) if (runif(1) < p) paste0("subset(d, ", domain(), ")") else "d"
narm <- function(t) maybe(if (grepl("\\b(m|g|zn|bn)\\b", t)) .8 else .1, ", na.rm=TRUE")
qa <- function() { i <- runif(1); paste0(maybe(.6, paste0(", qrule=", text(one("math", "school", "shahvaish", paste0("hf", 1:9))))), maybe(.4, paste0(", interval.type=", text(one("mean", "beta", "xlogit", "asin", "score")))), maybe(.2, paste0(", alpha=", one(.1, .2))), maybe(.15, paste0(", df=", one("10", "Inf", "degf(d)"))), maybe(.15, ", ci=FALSE"), maybe(.1, ", se=TRUE")) }
probs <- function() one(".5", "c(.25,.5,.75)", "c(.1,.9)", "seq(.2,.8,.2)", "c(.5,.05)", "c(0,.5,1)", "1/3")
prop <- function() one("z", "b", "I(y>50)", "I(f==\"no\")", "zn", "I(yes==\"yes\")", "bn", "I(k==2)")
by1 <- function() paste0("~", one("f", "yes", "g", "z", "k", "f+yes", "yes+z", "b", "rare", "same", "I(y>50)", "f+yes+z", "factor(k)", "bn", "interaction(f,yes)"))
model <- function() {
  rhs <- sums(sample(1:3, 1), function() one("x", "z", "f", "yes", "factor(k)", "I(x^2)", "log(x)", "b", "cnt", "poly(x,2)", "yes*z", "f:z", "x:yes", "m", "relevel(factor(f), ref=levels(factor(f))[2])", "I(x/100)*f", "(x+z+yes)^2", "g", "1", "sqrt(x)", "scale(x)"))
  rhs <- paste0(rhs, maybe(.12, "+offset(log(x))"), maybe(.08, "-1"))
  fam <- one("", "", "", ", family=quasibinomial()", ", family=quasibinomial", ", family=quasipoisson()", ", family=quasibinomial(link=\"probit\")", ", family=gaussian()", ", family=poisson()", ", family=binomial()", ", family=quasibinomial(\"cloglog\")", ", family=gaussian(link=\"log\")", ", family=quasipoisson(link=\"sqrt\")", ", family=Gamma(link=\"log\")", ", family=quasi(link=\"log\", variance=\"mu\")", ", family=quasibinomial(link=\"cauchit\")", ", family=quasipoisson(link=\"identity\")", ", family=Gamma()", ", family=inverse.gaussian(link=\"log\")")
  lhs <- if (grepl("binomial", fam)) one("z", "b", "I(y>50)", "yes==\"yes\"", "zn", "as.numeric(y>48)") else if (grepl("poisson|variance", fam)) one("cnt", "cnt", "k") else if (grepl("Gamma|gauss.*log", fam)) one("x", "k") else one("y", "x", "log(x)", "m", "neg", "I(y/10)")
  list(text = paste0("svyglm(", lhs, "~", rhs, ", ", on(.15), fam, maybe(.1, ", subset=y>40"), maybe(.05, ", rescale=FALSE"), ")"), rhs = rhs)
}
model1 <- function() one("svyglm(y~x+f, d)", "svyglm(z~x+yes, d, family=quasibinomial())", "svyglm(cnt~x*yes, d, family=quasipoisson())", "svyglm(x~y+factor(k), d)", "svyglm(log(x)~z+f, subset(d, cnt>0))")
mean1 <- function() one("svymean(~y+x, d)", "svytotal(~y+x+z, d)", "svymean(~f, d)", "svytotal(~yes+y, d)", "svymean(~y, subset(d, z==1))", "svyratio(~y+x, ~k, d)", "svyratio(~y, ~x, d)")
call <- function() if (runif(1) < .25) more() else known()
more <- function() switch(one(1:16),
  paste0("coef(", m <- mean1(), ")[1]/SE(", m, ")[1]"), paste0("sqrt(diag(vcov(", mean1(), ")))"), paste0("c(lo=confint(", m <- mean1(), ")[1], hi=confint(", m, ")[2])"), paste0("unname(coef(", model1(), "))"), paste0("vcov(", model1(), ")"), paste0("SE(", model1(), ")"),
  paste0(model1(), "$", one("deviance", "df.residual")), paste0("confint(", model1(), maybe(.4, ", parm=2"), maybe(.4, ", level=.9"), maybe(.4, ", ddf=Inf"), ")"), paste0("regTermTest(", model1(), ", ", one("~f", "~x", "~yes", "~x:yes", "~factor(k)", "\"x\"", "~z"), maybe(.3, ", method=\"LRT\""), ")$", one("p", "Ftest", "df", "ddf")),
  paste0(one("svychisq(~f+yes, d)", "svychisq(~yes+z, d, statistic=\"Wald\")", "svyttest(y~yes, d)", "svyranktest(y~yes, d)"), one("$p.value", "$statistic", "$parameter", "$estimate")),
  paste0("SE(svyby(~", one("y", "y+x", "f"), ", ~", one("yes", "f+yes", "k"), ", d, ", one("svymean", "svytotal"), maybe(.3, ", vartype=\"ci\""), maybe(.3, ", covmat=TRUE"), "))"), paste0("confint(svyby(~", one("y", "y+x", "f"), ", ~", one("yes", "f+yes", "k"), ", d, ", one("svymean", "svytotal"), ")", maybe(.5, ", df=degf(d)"), maybe(.3, ", level=.8"), ")"),
  paste0("svyby(~y, ~", one("f", "yes"), ", d, ", one("svymean", "svytotal", "svyratio, denominator=~x", "svyquantile, quantiles=c(.2,.6), ci=TRUE, vartype=\"ci\"", "svyvar", "svyglm"), maybe(.3, ", keep.var=FALSE"), ")"), paste0("svyquantile(~", one("y", "x", "cnt"), ", ", on(), ", ", probs(), ", interval.type=\"quantile\"", maybe(.4, ", qrule=\"hf7\""), ")"),
  paste0("svycontrast(", one("svyglm(y~x+z, d)", "svyglm(z~x+yes, d, family=quasibinomial)"), ", ", one("list(a=c(0,1,1))", "c(1,0,0)", "quote(exp(x))", "list(b=quote(`(Intercept)`+50*x))"), ")"), paste0("svytable(~f+yes, d, Ntotal=", one("1", "500"), ")"))
known <- function() switch(one(1:24),
  { v <- sums(sample(1:3, 1)); paste0("svymean(~", v, ", ", on(), narm(v), maybe(.25, one(", deff=TRUE", ", deff=\"replace\"")), ")") },
  { v <- sums(sample(1:3, 1)); paste0("svytotal(~", v, ", ", on(), narm(v), maybe(.25, one(", deff=TRUE", ", deff=\"replace\"")), ")") },
  { a <- sums(sample(1:2, 1), num); b <- sums(sample(1:2, 1), function() one("x", "y", "k", "cnt", "z", "m")); paste0("svyratio(~", a, ", ~", b, ", ", on(), narm(paste(a, b)), maybe(.15, ", covmat=TRUE"), ")") },
  { v <- sums(sample(1:2, 1), num); paste0("svyvar(~", v, ", ", on(), narm(v), ")") },
  { v <- sums(sample(1:2, 1), num); paste0("svyquantile(~", v, ", ", on(), ", ", probs(), narm(v), qa(), ")") },
  { v <- one("y", "x", "k", "cnt", "big", "zero", "neg", "m"); paste0("svyquantile(~", v, ", ", on(), ", ", probs(), narm(v), qa(), ")") },
  { v <- sums(sample(1:2, 1)); paste0("svyby(~", v, ", ", by1(), ", ", on(.15), ", ", one("svymean", "svytotal"), narm(v), maybe(.2, one(", deff=TRUE", ", deff=\"replace\"")), maybe(.3, paste0(", vartype=", one("\"ci\"", "c(\"se\",\"cv\")", "\"var\"", "c(\"se\",\"ci\",\"cv\",\"cvpct\",\"var\")"))), maybe(.15, ", covmat=TRUE"), maybe(.1, ", keep.names=FALSE"), maybe(.1, ", drop.empty.groups=FALSE"), maybe(.05, ", keep.var=FALSE"), maybe(.08, ", na.rm.all=TRUE"), maybe(.08, ", na.rm.by=TRUE"), ")") },
  { paste0("svyby(~", one("y", "x", "m", "z"), ", ", by1(), ", ", on(.1), ", svyratio, denominator=~", one("x", "k", "big"), ", na.rm=TRUE", maybe(.3, ", covmat=TRUE"), maybe(.2, ", vartype=c(\"ci\",\"se\")"), ")") },
  { paste0("svyby(~", one("y", "x", "k", "y+x", "big"), ", ", by1(), ", ", on(.1), ", svyquantile, quantiles=", probs(), maybe(.7, ", ci=TRUE"), maybe(.3, ", vartype=\"ci\""), maybe(.3, paste0(", qrule=", text(one("school", "hf2", "hf6", "hf8")))), maybe(.2, ", na.rm=TRUE"), maybe(.2, paste0(", interval.type=", text(one("beta", "xlogit", "asin")))), ")") },
  { paste0("svyby(~", one("y", "x", "k", "y+x", "m"), ", ", by1(), ", ", on(.1), ", svyvar", ", na.rm=TRUE", ")") },
  { paste0("svyby(~", prop(), ", ", by1(), ", ", on(.1), ", svyciprop, method=", text(one("logit", "likelihood", "asin", "beta", "mean", "xlogit", "wilson")), maybe(.5, ", vartype=\"ci\""), maybe(.6, ", na.rm=TRUE"), ")") },
  { v <- prop(); paste0("svyciprop(~", v, ", ", on(), ", method=", text(one("logit", "likelihood", "asin", "beta", "mean", "xlogit", "wilson")), maybe(.2, ", level=.9"), maybe(.2, paste0(", df=", one("8", "degf(d)", "Inf"))), narm(v), ")") },
  { a <- one("f", "yes", "k", "z", "b", "g", "bn", "rare"); b <- one(setdiff(c("f", "yes", "k", "z", "b", "g"), a)); paste0("svychisq(~", a, "+", b, ", ", on(.15), ", statistic=", text(one("F", "Chisq", "Wald", "adjWald", "lincom", "saddlepoint", "wls-score")), maybe(.1, ", na.rm=FALSE"), ")") },
  paste0("svyttest(", one("y", "x", "I(y>50)", "m", "log(x)", "z"), "~", one("yes", "z", "b", "0", "I(k>2)", "factor(z)", "bn"), ", ", on(.15), ")"),
  paste0("svyranktest(", one("y", "x", "k", "cnt", "m", "big"), "~", one("yes", "z", "f", "b", "factor(k)", "I(x>80)"), ", ", on(.15), maybe(.7, paste0(", test=", text(one("wilcoxon", "vanderWaerden", "median", "KruskalWallis")))), ")"),
  model()$text, model()$text,
  { m <- model(); t <- strsplit(m$rhs, "\\+")[[1]]; t <- t[!grepl("^(1|offset)", t)]; paste0("regTermTest(", m$text, ", ~", one(t, paste(t, collapse = "+")), maybe(.4, paste0(", method=", text(one("Wald", "LRT", "WorkingWald")))), maybe(.2, ", df=Inf"), ")") },
  { f <- one("svymean", "svytotal"); n <- sample(c("y", "x", "k", "big", "cnt"), 3); c0 <- one(paste0("quote(", n[1], "/", n[2], ")"), paste0("quote(log(", n[2], ")-", n[3], "^2)"), "c(1,-1,0)", paste0("list(a=c(", n[1], "=1,", n[2], "=-1), b=c(", n[3], "=2))"), "list(c(1,1,1))", paste0("list(p=quote(", n[1], "*", n[2], "), q=quote(exp(", n[3], "/(1+", n[2], "))))"), paste0("c(", n[3], "=.5)")); paste0("svycontrast(", f, "(~", paste(n, collapse = "+"), ", ", on(.15), maybe(.2, ", return.replicates=TRUE"), "), ", c0, maybe(.1, ", add=TRUE"), ")") },
  { e <- one("svyby(~y, ~yes, d, svymean, covmat=TRUE)", "svyby(~y, ~yes, d, svytotal)", "svyby(~x, ~yes, d, svymean, covmat=TRUE, na.rm=TRUE)", "svyby(~y+x, ~yes, d, svymean, covmat=TRUE)"); paste0("svycontrast(", e, ", ", if (grepl("y\\+x", e)) one("quote(`no:y`/`yes:x`)", "c(1,-1,0,0)") else one("quote(no/yes)", "c(no=1,yes=-1)", "list(d=c(-1,1), s=c(.5,.5))"), ")") },
  { s <- one("svymean(~y+x, d)", "svytotal(~f, d)", "svyratio(~y, ~x, d)", "svymean(~f+y, d)", "svyby(~y, ~f, d, svymean)", "svyby(~y+x, ~yes, d, svymean, covmat=TRUE)", "svyquantile(~y, d, c(.3,.7))", "svyciprop(~z, d)", "svyvar(~y, d)", "svyglm(y~x+f, d)", "svymean(~y+x, d, deff=TRUE)", "svyratio(~y+x, ~k, d)", "svyby(~f, ~yes, d, svytotal)", "svyttest(y~yes, d)", "svyby(~y, ~yes, d, svyquantile, quantiles=.5, ci=TRUE)", "svyvar(~y+x, d)", "svycontrast(svymean(~y+x, d), list(a=c(1,-1)))"); one(paste0("confint(", s, maybe(.5, paste0(", level=", one(.9, .99))), maybe(.4, paste0(", df=", one("degf(d)", "12"))), ")"), paste0("SE(", s, ")"), paste0("coef(", s, ")"), paste0("vcov(", s, ")"), paste0("cv(", s, ")"), paste0("as.vector(coef(", s, "))")) },
  { v <- sums(sample(1:3, 1), function() one("f", "yes", "k", "z", "b", "g", "rare")); one(paste0("as.data.frame(svytable(~", v, ", ", on(.2), maybe(.3, ", Ntotal=1000"), maybe(.2, ", round=TRUE"), "))"), paste0("svytable(~", v, ", d)"), paste0("prop.table(svytable(~", v, ", d))"), paste0("as.data.frame(prop.table(svytable(~f+yes, d), ", one(1, 2), "))"), paste0("ftable(svytable(~", v, ", d))"), paste0("round(svytable(~", v, ", d), 1)"), "addmargins(svytable(~f+yes, d))", "summary(svytable(~f+yes, d))$statistic") },
  one("c(n=nrow(d), df=degf(d), s=sum(weights(d, \"sampling\")))", "degf(d)", "degf(subset(d, z==1))", "c(sum(weights(d, \"sampling\")), mean(weights(d,\"sampling\")))", "summary(weights(d, \"sampling\"))", "svyby(~y, ~f, d, unwtd.count)", "unwtd.count(~m, d)", "dim(d)", "sum(weights(d,\"sampling\")^2)/sum(weights(d,\"sampling\"))^2", "quantile(weights(d,\"sampling\"), c(.1,.5,.9))"),
  one("svykappa(~f+f2, update(d, f2=ifelse(y>50, as.character(f), \"no\")))", "svykappa(~z+b, update(d, b=as.numeric(b)))", "svykappa(~yes+ye2, update(d, ye2=factor(ifelse(x>100, \"yes\", \"no\"))))", "withReplicates(d, quote(sum(.weights*y)/sum(.weights)))", "withReplicates(d, quote(sum(.weights*y)/sum(.weights*x)))", "oldsvyquantile(~y, d, c(.25,.5), ci=TRUE)", "svymean(~y, d)[1]", "svyby(~y, ~f, d, svyglm)", "sqrt(vcov(svymean(~y, d)))", "coef(summary(svyglm(y~x, d)))", "svycontrast(svyglm(y~x+z, d), quote(x/z))", "svycontrast(svyglm(y~x+z, d), c(0,1,-1))", "oldsvyquantile(~y+x, d, .5)", "oldsvyquantile(~k, d, c(.2,.5,.8), ci=TRUE, interval.type=\"betaWald\")", "oldsvyquantile(~y, d, .5, ties=\"rounded\", method=\"constant\", f=.5)", "svyby(~y, ~f, d, svyvar, vartype=\"ci\")", "confint(svyglm(z~x+yes, d, family=quasibinomial), level=.9)"))

tolerance <- function(s) if (grepl("lincom|saddle|LRT|WorkingWald|likelihood", s)) 1e-4 else if (grepl("svyglm|svyquantile|rake|calibrate|beta|ranktest", s)) 1e-6 else 1e-8
refused <- list()
for (i in seq_len(count)) {
  D <- design(); st <- steps(D); s <- call(); warned <- character()
  opt <- maybe(.15, sprintf("options(survey.lonely.psu=%s%s)", text(one("remove", "adjust", "average", "certainty")), maybe(.4, ", survey.adjust.domain.lonely=TRUE")), NULL); if (runif(1) < .04) opt <- "options(survey.ultimate.cluster=TRUE)"
  id <- sprintf("d%d-%04d", seed, i)
  options(survey.ultimate.cluster = FALSE)
  got <- tryCatch(withCallingHandlers({ add(id, list(data = D$data, r = paste0("d <- ", D$text)), s, steps = st, estimator = "drawn", opts = opt, tol = tolerance(paste(c(s, vapply(st, function(z) z$r, "")), collapse = " "))); cases[[length(cases)]]$expected },
    warning = function(w) { warned <<- c(warned, conditionMessage(w)); invokeRestart("muffleWarning") }, message = function(m) invokeRestart("muffleMessage")), error = function(e) list(type = "ERROR", message = conditionMessage(e)))
  if (!identical(got$type, "ERROR") && inherits(try(toJSON(got, auto_unbox = TRUE), silent = TRUE), "try-error")) got <- list(type = "ERROR", message = "no numbers")
  last <- length(cases) && identical(cases[[length(cases)]]$id, id)
  w <- character(); if (!identical(got$type, "ERROR")) tryCatch(withCallingHandlers(eval(parse(text = s), globalenv()), warning = function(m) { w <<- c(w, conditionMessage(m)); invokeRestart("muffleWarning") }), error = function(e) NULL)
  if (last) cases[[length(cases)]]$note <<- paste(unique(c(w, warned)), collapse = "; ")
  if (identical(got$type, "ERROR")) { r <- c(opt, paste0("d <- ", D$text), vapply(st, function(z) z$r, ""), s); refused[[length(refused) + 1]] <- list(id = id, data = paste0("data/", D$data, ".csv"), design = list(data = paste0("data/", D$data, ".csv")), r = as.list(r), expected = list(type = "ERROR", message = got$message)); if (last) cases[[length(cases)]] <<- NULL }
}
finish("cases.json")
writeLines(toJSON(list(cases = refused), digits = NA, auto_unbox = TRUE, null = "null", na = "null", pretty = TRUE), "refused.json")
})
