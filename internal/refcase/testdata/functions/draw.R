# Functions of survey 4.1.1 on data, designs and arguments drawn by a seed. Run: Rscript draw.R SEED COUNT FOLDER, COUNT programs of
# each kind. It needs refcase.R of ../survey. Everything is invented. What R refuses is left out and said.
here <- dirname(sub("--file=", "", grep("--file=", commandArgs(), value = TRUE)))
source(if (file.exists(file.path(here, "refcase.R"))) file.path(here, "refcase.R") else file.path(here, "../survey/refcase.R"))
args <- commandArgs(TRUE); seed <- as.integer(args[1]); count <- as.integer(args[2]); folder <- args[3]; only <- if (length(args) > 3) strsplit(args[4], ",")[[1]]
dir.create(file.path(folder, "data"), showWarnings = FALSE, recursive = TRUE); setwd(folder); set.seed(seed); pdf(NULL)
svyboxplot <- survey:::svyboxplot.default; environment(svyboxplot) <- list2env(list(bxp = function(z, ...) z), parent = environment(svyboxplot)) # its numbers, not its plot
local({
one <- function(...) { x <- c(...); x[sample.int(length(x), 1)] }
maybe <- function(p, x, otherwise = "") if (runif(1) < p) x else otherwise
text <- function(v) paste0("\"", v, "\"")
vec <- function(v) paste0("c(", paste(v, collapse = ", "), ")")

# --- data: towns in regions, persons in towns; shuffled half of the time ---------------------------
draw <- function(s) {
  H <- sample(2:4, 1); rows <- list()
  for (h in 1:H) for (t in 1:sample(3:6, 1)) rows[[length(rows) + 1]] <- data.frame(region = h, town = 10 * h + t, person = 1:sample(4:9, 1), N = sample(20:60, 1))
  x <- do.call(rbind, rows); n <- nrow(x); x$N <- 30 + 7 * x$region
  x$w <- round(exp(rnorm(n, 3, one(.2, .8))), 2); shift <- rnorm(99, 0, 4)[x$town]
  x$y <- round(rnorm(n, 50, 12) + 3 * x$region + shift, 2); x$x <- round(rgamma(n, 2, .02) + 1, 1); x$kids <- sample(c(1, 2, 2, 3, 5), n, TRUE); x$cnt <- rpois(n, 1.7); x$neg <- round(rnorm(n, -3, 5), 1)
  x$f <- sample(c("uno", "dos", "tres"), n, TRUE); x$sex <- sample(c("m", "w"), n, TRUE, c(.4, .6)); x$home <- sample(c("a", "b", "c", "d"), n, TRUE); x$z <- rbinom(n, 1, plogis((x$y - 55) / 15 + (x$sex == "w"))); x$b <- runif(n) < .45
  x$q1 <- pmin(5, pmax(1, round((x$y - 55) / 12 + rnorm(n, 3, 1)))); x$q2 <- pmin(5, pmax(1, round((x$y - 55) / 14 + rnorm(n, 3, 1)))); x$q3 <- pmin(5, pmax(1, round(rnorm(n, 3, 1.2))))
  x$m <- ifelse(runif(n) < .12, NA, round(x$y * 1.2 + rnorm(n), 1)); x$zn <- ifelse(runif(n) < .1, NA, x$z); x$fn <- ifelse(runif(n) < .1, NA, x$f)
  x$rank <- c("low", "mid", "high")[1 + (x$y + rnorm(n, 0, 12) > 50) + (x$y + rnorm(n, 0, 12) > 65)]
  x$time <- round(rexp(n, .1 * exp((x$sex == "w") * .5)) + .1, one(0, 1)) + (x$kids == 1); x$time[x$time <= 0] <- 1; x$end <- rbinom(n, 1, .7)
  if (s %% 2 == 0) x <- x[sample(n), ]
  rownames(x) <- NULL; x }
replicated <- FALSE; sets <- max(2, count %/% 8); tables <- character(); weights <- list()
for (s in seq_len(sets)) { n <- paste0("t", seed, letters[s]); x <- draw(s); write_data(x, paste0("data/", n, ".csv")); x <- read.csv(paste0("data/", n, ".csv"), stringsAsFactors = TRUE, na.strings = ""); assign(n, x, globalenv()); tables <- c(tables, n)
  r <- paste0(n, "_w"); R <- one(12, 20); m <- as.data.frame(round(x$w * matrix(rexp(nrow(x) * R), ncol = R), 4)); names(m) <- paste0("r", seq_len(R)); write_data(m, paste0("data/", r, ".csv")); assign(r, read.csv(paste0("data/", r, ".csv")), globalenv()) }

# --- designs ---------------------------------------------------------------------------------------
design <- function(reps = NA) { n <- one(tables)
  if (is.na(reps)) reps <- runif(1) < .25; replicated <<- reps
  if (reps && runif(1) < .3) return(list(data = n, r = sprintf("d <- svrepdesign(data=%s, weights=~w, repweights=%s_w, type=\"bootstrap\", combined.weights=TRUE)", n, n), steps = list()))
  base <- one("svydesign(ids=~1, weights=~w, data=%s)", "svydesign(ids=~1, strata=~region, weights=~w, data=%s)", "svydesign(ids=~town, strata=~region, weights=~w, data=%s)", "svydesign(ids=~town, strata=~region, weights=~w, fpc=~N, data=%s)", "svydesign(ids=~town, weights=~w, data=%s)")
  steps <- list(); total <- sum(get(n)$w)
  if (reps) steps <- c(steps, list(list(op = "r", r = one(if (grepl("strata", base)) "d <- as.svrepdesign(d, type=\"JKn\")" else "d <- as.svrepdesign(d, type=\"JK1\")"))))
  if (runif(1) < .25) steps <- c(steps, list(list(op = "r", r = sprintf("d <- postStratify(d, ~sex, data.frame(sex=c(\"m\", \"w\"), Freq=c(%d, %d)))", round(total * .45), round(total * .6)))))
  if (runif(1) < .2) steps <- c(steps, list(list(op = "r", r = sprintf("d <- calibrate(d, ~x, c(`(Intercept)`=%d, x=%d))", round(total * 1.05), round(sum(get(n)$w * get(n)$x) * 1.02)))))
  if (runif(1) < .3) steps <- c(steps, list(list(op = "r", r = one("d <- subset(d, y > 40)", "d <- subset(d, home != \"a\")", "d <- subset(d, kids < 5)"))))
  list(data = n, r = paste0("d <- ", sprintf(base, n)), steps = steps) }

# --- calls -----------------------------------------------------------------------------------------
numbers <- function() one("y", "x", "neg", "cnt", "kids", "I(y/2)", "log(x)", "m")
points <- function() vec(round(sort(runif(sample(1:4, 1), -5, 90)), one(0, 1)))
terms <- function(least = 1) paste(sample(c("y", "x", "f", "sex", "kids", "I(x/10)", "b"), sample(least:3, 1)), collapse = "+")
model <- function(terms, extra = "") { one(sprintf("svyglm(z~%s, d, family=quasibinomial()%s)", terms, extra), sprintf("svyglm(cnt~%s, d, family=quasipoisson()%s)", terms, extra), sprintf("svyglm(neg~%s, d%s)", terms, extra), sprintf("svyglm(zn~%s, d, family=quasibinomial(link=\"probit\")%s)", terms, extra)) }
fresh <- function(n = sample(2:4, 1)) sprintf("data.frame(y=%s, x=%s, f=%s, sex=%s, kids=%s, b=%s)", vec(round(runif(n, 30, 80), 1)), vec(round(runif(n, 1, 200))), vec(text(sample(c("uno", "dos", "tres"), n, TRUE))), vec(text(sample(c("m", "w"), n, TRUE))), vec(sample(1:5, n, TRUE)), vec(sample(c("TRUE", "FALSE"), n, TRUE)))
kinds <- list(
  cdf = function() one(sprintf("svycdf(~%s, d)[[1]](%s)", numbers(), points()), sprintf("svycdf(~y+%s, d)$y(%s)", one("x", "m", "kids"), points()), sprintf("svycdf(~y, subset(d, sex==\"w\"))$y(%s)", points()), sprintf("sum(svycdf(~kids, d)[[1]](%s))", points())),
  hist = function() sprintf("svyhist(~%s, d%s%s)$%s", one("y", "x", "neg", "cnt", "m", "kids"), maybe(.5, paste0(", breaks=", one("3", "12", "25", "c(-60, 0, 20, 45, 80, 2000)"))), maybe(.3, ", right=FALSE"), one("counts", "density", "breaks", "mids", "density")),
  boxplot = function() sprintf("svyboxplot(%s~1, %s)$%s", one("y", "x", "m", "cnt", "log(x)"), one("d", "d", "subset(d, sex==\"w\")", "subset(d, f==\"uno\")"), one("stats", "stats", "n")), # with groups it has those of the last for all
  predict = function() { m <- model(terms()); one(sprintf("sqrt(diag(vcov(predict(%s, newdata=%s, vcov=TRUE%s))))", m, fresh(), maybe(.6, ", type=\"response\"")), sprintf("coef(predict(%s, newdata=%s, type=%s, se.fit=FALSE))", m, fresh(), text(one("link", "response"))),
    sprintf("predict(%s, newdata=%s, vcov=TRUE%s)", m, fresh(), maybe(.5, ", type=\"response\"")), sprintf("svycontrast(predict(%s, newdata=%s, vcov=TRUE, type=\"response\"), c(1, -1))", m, fresh(2)), sprintf("predict(%s, newdata=%s, vcov=TRUE, total=%d)", m, fresh(), sample(2:90, 1)), sprintf("coef(predict(%s%s))", m, maybe(.5, ", type=\"response\"")), # the errors of replicates go wrong without vcov
    if (!replicated) sprintf("as.data.frame(predict(%s, newdata=%s%s))", m, fresh(), maybe(.6, ", type=\"response\"")), if (!replicated) sprintf("as.data.frame(predict(%s%s))", m, maybe(.5, ", type=\"response\""))) },
  predmeans = function() { t <- terms(); g <- one("home", "sex", "f", "kids"); t <- paste(setdiff(strsplit(t, "\\+")[[1]], g), collapse = "+"); if (t == "") t <- "y"; sprintf("svypredmeans(%s, ~%s)", sub("zn~", "z~", model(t)), g) },
  rsq = function() { m <- sub("neg~", "z~", model(terms())); if (!grepl("family", m)) m <- sub(", d)", ", d, family=quasibinomial())", m); one(sprintf("psrsq(%s%s)", m, maybe(.5, ", method=\"Nagelkerke\"")), sprintf("AIC(%s)", m)) },
  anova = function() { t <- strsplit(terms(2), "\\+")[[1]]; a <- model("@"); one(sprintf("anova(%s, %s, method=\"Wald\"%s)", sub("@", paste(t, collapse = "+"), a), sub("@", t[1], a), maybe(.3, ", test=\"Chisq\"")), sprintf("anova(%s, %s)$%s", sub("@", t[1], a), sub("@", paste(t, collapse = "+"), a), one("p", "chisq", "lambda"))) },
  replicates = function() one("withReplicates(d, function(w, data) c(a=sum(w*data$y)/sum(w)))", "withReplicates(d, function(w, data) c(a=weighted.mean(data$m, w, na.rm=TRUE)))", "withReplicates(d, function(w, data) c(a=sum(w*data$y)/sum(w*data$x), b=sum(w)))", "withReplicates(d, function(w, data) { o <- order(data$y); v <- data$y[o]; p <- cumsum(w[o])/sum(w); c(low=min(v[p >= 0.4])) })",
    "withReplicates(d, function(w, data) with(data, c(gap=sum(w*y*(sex==\"w\"))/sum(w*(sex==\"w\")) - sum(w*y*(sex==\"m\"))/sum(w*(sex==\"m\")))))", "withReplicates(d, function(w, data) { t <- tapply(w*data$y, data$sex, sum)/tapply(w, data$sex, sum); c(m=t[[1]], w=t[[2]]) })", "withReplicates(d, function(w, data, at) c(below=sum(w*(data$y < at))/sum(w)), at=55)", "withReplicates(d, function(w, data) { r <- data$kids > 1; if (any(r)) return(c(r=sum(w[r]*data$x[r])/sum(w[r]))); c(r=0) })",
    "withReplicates(d, function(w, data) { top <- rev(order(data$x))[1:5]; c(top=sum(w[top]*data$x[top])/sum(w*data$x)) })", "withReplicates(d, function(w, data) sapply(c(a=1, b=2, c=3), function(k) sum(w*(data$kids == k))/sum(w)))", "withReplicates(d, function(w, data) { x <- data$x; o <- order(x); W <- cumsum(w[o])/sum(w); L <- cumsum(w[o]*x[o])/sum(w*x); n <- length(x); c(gini=1 - sum(diff(c(0, W))*(L + c(0, L[-n])))) })", 
    "withReplicates(d, function(w, data) c(sd=sqrt(weighted.mean((data$y - weighted.mean(data$y, w))^2, w))), return.replicates=FALSE)", "f <- function(w, data) c(geo=exp(weighted.mean(log(data$x), w))); withReplicates(d, f)", "withReplicates(d, function(w, data) if (length(w) > 3) c(a=sum(w*data$y)/sum(w)) else c(a=0), scale.weights=FALSE)"),
  loglin = function() { v <- sample(c(one("f", "fn"), "sex", "home", "b"), sample(2:3, 1)); m <- paste0("svyloglin(~", paste(v, collapse = "+"), ", d)"); big <- paste0("update(m, ~.^2)"); part <- paste0("update(m, ~.+", v[1], ":", v[2], ")")
    paste0("m <- ", m, "; ", one("coef(m)", "vcov(m)", "SE(m)", "c(deviance(m), degf(m))", "coef(m, intercept=TRUE)", paste0("coef(", part, ")"), paste0("vcov(", part, ")"), paste0("anova(m, ", part, ")$dev$p[c(2, 4)]"), paste0("anova(m, ", part, ")$score$p[2]"), "anova(svyloglin(~sex+b, d), svyloglin(~sex*b, d))$dev$p[2:4]", paste0("c(anova(m, ", part, ")$dev$dev, anova(", part, ", m)$score$chisq)"),
      if (length(v) == 3) paste0("anova(", part, ", ", big, ")$dev$p[c(2, 4)]"), if (length(v) == 3) paste0("deviance(", big, ")"))) },
  items = function() one("svycralpha(~q1+q2+q3, d)", "svycralpha(~q1+q2, d)", "svygofchisq(~home, p=c(.2, .3, .3, .2), d)", "svygofchisq(~f, p=c(2, 3, 4), d)", "svybys(~y, ~f+sex, d, svymean)[[2]]", "svybys(~x, ~home+sex, d, svytotal)[[1]]",
    "svyprcomp(~q1+q2+q3, d)$sdev", "svyprcomp(~q1+q2+y, d, scale.=TRUE)$sdev", "abs(svyprcomp(~q1+q2+x, d, scale.=TRUE)$rotation)", "svyprcomp(~q1+q3+y, d, scale.=TRUE)$center", "svyprcomp(~q1+q2+q3, d, center=FALSE)$sdev", "abs(svyprcomp(~q1+q2+q3, d, scores=TRUE)$x)[1:10, 1]"),
  ordinal = function() { t <- sample(c("I((y - 55)/10)", "I((x - 100)/100)", "f", "sex", "I(kids - 2)", "b"), sample(1:3, 1)); k <- 2 + length(t) + ("f" %in% t) # optim() stops early and differs coarsely unless it is told not to
    m <- sprintf("svyolr(factor(rank, levels=c(\"low\", \"mid\", \"high\"))~%s, d%s, control=list(reltol=1e-15, maxit=5000, ndeps=rep(1e-4, %d)))", paste(t, collapse = "+"), if (replicated) "" else maybe(.5, paste0(", method=", text(one("probit", "cloglog", "logistic")))), k)
    if (replicated) one(sprintf("coef(%s)", m), sprintf("deviance(%s)", m)) else one(sprintf("coef(%s)", m), sprintf("diag(vcov(%s))", m), sprintf("SE(%s)", m), sprintf("deviance(%s)", m), sprintf("%s$zeta", m), sprintf("%s$df.residual", m)) },
  survival = function() { f <- one("1", "sex", "f", "sex+b"); plain <- sprintf("svykm(Surv(time, %s)~%s, d)", one("end", "end == 1"), f); one <- function(...) { x <- c(...); x[sample.int(length(x), 1)] }
    g <- switch(f, "1" = "", sex = one("$w", "[[\"m\"]]"), f = "[[\"uno\"]]", "$`w.TRUE`"); if (replicated) return(one("round(svykm(Surv(time, end)~1, d)$surv, 10)", "svykm(Surv(time, end)~1, d)$time"))
    at <- vec(sort(round(runif(sample(1:3, 1), 5, 25), 1))); se <- sub(", d)", ", d, se=TRUE)", plain); one(paste0("round(", plain, g, "$surv, 10)"), paste0(plain, g, "$time"), sprintf("confint(%s%s, parm=%s)", se, g, at), sprintf("confint(%s%s, parm=%s, level=.9)", se, g, at), sprintf("confint(%s%s, parm=%s)", se, g, at)) })
tolerance <- function(s) if (grepl("\\$p", s)) 1e-4 else if (grepl("svyolr", s)) 1e-6 else if (grepl("svyglm|svyloglin|svyolr|calibrate", s)) 1e-7 else 1e-8
refused <- list()
for (kind in if (is.null(only)) names(kinds) else only) for (i in seq_len(count)) {
  D <- design(if (kind == "replicates") TRUE else NA); s <- kinds[[kind]](); lines <- strsplit(s, "; (?![^{]*\\})", perl = TRUE)[[1]]
  if (grepl("svyprcomp|svypredmeans|svyloglin|svykm", s)) D$steps <- Filter(function(z) !grepl("subset", z$r), D$steps) # a domain of a calibrated design keeps the rows outside there
  steps <- c(D$steps, lapply(head(lines, -1), function(l) list(op = "r", r = l))); id <- sprintf("%s%d-%03d", kind, seed, i); rm(list = intersect("d", ls(globalenv())), envir = globalenv())
  warned <- character()
  got <- tryCatch(withCallingHandlers(add(id, list(data = D$data, r = D$r), tail(lines, 1), steps = steps, estimator = kind, tol = tolerance(paste(s, D$r, paste(vapply(D$steps, function(z) z$r, ""), collapse = " ")))), warning = function(w) { warned <<- c(warned, conditionMessage(w)); invokeRestart("muffleWarning") }, message = function(m) invokeRestart("muffleMessage")), error = function(e) list(type = "ERROR", message = conditionMessage(e)))
  last <- length(cases) && identical(cases[[length(cases)]]$id, id)
  bad <- identical(got$type, "ERROR") || inherits(try(toJSON(got, auto_unbox = TRUE), silent = TRUE), "try-error")
  if (bad) { cat(id, ":", if (is.null(got$message)) "no numbers" else got$message, "|", s, "\n"); if (last) cases[[length(cases)]] <<- NULL }
  else if (length(warned)) cases[[length(cases)]]$note <<- paste(unique(warned), collapse = "; ") }
finish("cases.json")
})
