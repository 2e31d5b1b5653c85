# Cases over designs and data that the other files have not: combinations drawn from lists.
# Run in a folder with refcase.R of ../survey: Rscript make_more.R
source("refcase.R")
add1 <- add # what R refuses, and models that it says it did not finish, are no cases; nor are shares of all
options(warn = -1)
bad <- function(v) any(unlist(lapply(rapply(v, function(x) if (is.numeric(x)) any(!is.finite(x) | (x != 0 & abs(x) < 1e-20) | abs(x) > 1e14) else FALSE, how = "unlist"), isTRUE)))
add <- function(id, design, stmt, ...) tryCatch({ v <- add1(id, design, stmt, ...)
  if (grepl("svyglm", stmt)) withCallingHandlers(eval(parse(text = stmt), globalenv()), warning = function(w) if (grepl("fitted|converge", conditionMessage(w))) stop("a model that did not settle"))
  if (grepl("weights(d)", stmt, fixed = TRUE) && inherits(d, "svyrep.design")) v <- list(NaN) # of all replicates: no figure of anybody
  if (grepl("factor(won)", stmt, fixed = TRUE) && grepl("(won~", stmt, fixed = TRUE) || grepl("(I(rooms>5)~", stmt, fixed = TRUE)) v <- list(NaN) # a model of itself
  if (grepl("svytable.*factor.*subset", stmt)) v <- list(NaN) # levels come and go with rows there
  if (grepl("vcov(svyby", stmt, fixed = TRUE) && !is.null(design$pps)) v <- list(NaN) # R has their diagonal alone
  if (identical(v$type, "ERROR") || bad(v)) { cases[[length(cases)]] <<- NULL; message("no case ", id) } }, error = function(e) { if (length(cases) && identical(cases[[length(cases)]]$id, id)) cases[[length(cases)]] <<- NULL; message("no case ", id, ": ", conditionMessage(e)) })
dir.create("data", showWarnings = FALSE)
data(api); data(election); data(nhanes); data(hospital); data(crowd)
set.seed(20061)

# --- data -----------------------------------------------------------------------------------
ne <- nhanes[sort(sample(nrow(nhanes), 700)), ]
ne <- data.frame(psu = ne$SDMVPSU, str = ne$SDMVSTRA, w = ne$WTMEC2YR, chol = ne$HI_CHOL, race = paste0("r", ne$race), age = as.character(ne$agecat), sex = ifelse(ne$RIAGENDR == 1, "male", "female"))
keep <- names(which(tapply(ne$psu, ne$str, function(x) length(unique(x))) == 2)); ne <- ne[ne$str %in% keep, ]
ne$bmi <- round(24 + 3 * (ne$sex == "male") + 5 * rnorm(nrow(ne)), 1); ne$bmi[sample(nrow(ne), 60)] <- NA
ne$visits <- rpois(nrow(ne), exp(0.2 + 0.4 * (ne$sex == "female"))); ne$years <- round(runif(nrow(ne), .5, 4), 1); ne$good <- runif(nrow(ne)) < .4
el <- election_pps[, c("Bush", "Kerry", "Nader", "votes", "p", "wt", "TotPrecincts")]
el$size <- ifelse(el$TotPrecincts > median(el$TotPrecincts), "large", "small"); el$won <- as.numeric(el$Bush > el$Kerry); el$jp <- NULL
jp <- election_jointprob
# three stages, populations known: towns, blocks, households; the last with everybody
st3 <- do.call(rbind, lapply(1:4, function(h) do.call(rbind, lapply(1:sample(3:6, 1), function(t) do.call(rbind, lapply(1:sample(2:4, 1), function(b) {
  m <- sample(2:4, 1); data.frame(region = c("Norte", "Sur", "Este", "Oeste")[h], town = t, block = b, house = 1:m, Nt = 10 + 3 * h, Nb = 8, Nm = 5) }))))))
st3$income <- round(exp(rnorm(nrow(st3), 6, .6)), 2); st3$size <- rpois(nrow(st3), 3) + 1; st3$food <- round(st3$income * runif(nrow(st3), .2, .7), 2)
st3$owner <- runif(nrow(st3)) < .55; st3$kind <- sample(c("flat", "house", "room"), nrow(st3), TRUE); st3$water <- sample(c("yes", "no"), nrow(st3), TRUE, c(.8, .2)); st3$food[sample(nrow(st3), 9)] <- NA
ho <- data.frame(hospno = hospital$hospno, oblevel = hospital$oblevel, w = hospital$weighta, tothosp = hospital$tothosp, births = hospital$births)
ho$teach <- rep(c("yes", "no"), length.out = nrow(ho)); ho$beds <- ho$births / 4 + rep(c(3, 9, 1), 5); ho$many <- as.numeric(ho$births > 400)
# units of unequal sizes, some strata taken whole, levels that are numbers
cen <- do.call(rbind, lapply(1:6, function(h) { n <- c(4, 7, 3, 10, 5, 12)[h]; N <- c(4, 30, 3, 41, 22, 90)[h]; data.frame(h = h, N = N, w = N / n, id = 100 * h + 1:n) }))
cen <- cen[rep(seq_len(nrow(cen)), sample(1:4, nrow(cen), TRUE)), ]; cen$y <- round(rgamma(nrow(cen), 2, .1), 2); cen$x <- round(cen$y * runif(nrow(cen), .5, 1.5) + 1, 2)
cen$k <- sample(1:3, nrow(cen), TRUE); cen$z <- rbinom(nrow(cen), 1, plogis(cen$y / 20 - 1)); cen$g <- sample(c("a b", "c", "d,e"), nrow(cen), TRUE); cen$m <- ifelse(runif(nrow(cen)) < .15, NA, round(cen$y)); rownames(cen) <- NULL
a2 <- apiclus2[, c("stype", "dnum", "snum", "fpc1", "fpc2", "pw", "api00", "api99", "enroll", "api.stu", "ell", "meals", "sch.wide", "comp.imp")]
for (v in c("fpc1", "fpc2")) a2[[v]] <- as.vector(a2[[v]])
a2$ell2 <- ifelse(a2$ell > 60, NA, a2$ell)
for (v in c("stype", "sch.wide", "comp.imp")) a2[[v]] <- as.character(a2[[v]])
for (n in c("ne", "el", "st3", "ho", "cen", "a2", "crowd")) write_data(get(n), paste0("data/", n, ".csv"))
jpd <- as.data.frame(round(jp, 8)); names(jpd) <- paste0("c", seq_along(jpd)); write_data(jpd, "data/jp.csv"); jp <- as.matrix(read.csv("data/jp.csv"))
for (n in c("ne", "el", "st3", "ho", "cen", "a2", "crowd")) assign(n, read.csv(paste0("data/", n, ".csv"), stringsAsFactors = TRUE, na.strings = ""))

# --- designs, with the columns that statistics ask for: y u numbers, x above 0, z 0/1, c count, f g factors, m with gaps
V <- function(y, u, x, z, f, g, m, c = z, dom) list(y = y, u = u, x = x, z = z, f = f, g = g, m = m, c = c, dom = dom)
NEv <- V("bmi2", "years", "years", "good2", "sex", "race", "bmi", "visits", "age!=\"(0,19]\" & years>1")
ne$bmi2 <- ifelse(is.na(ne$bmi), 25, ne$bmi); ne$good2 <- as.numeric(ne$good); write_data(ne, "data/ne.csv"); ne <- read.csv("data/ne.csv", stringsAsFactors = TRUE, na.strings = "")
st3$rent <- round(st3$income / 7 + 3 * st3$size, 1); st3$kids <- st3$size %/% 2
S3v <- V("income", "rent", "size", "own", "kind", "water", "food", "kids", "region!=\"Sur\" & size>2"); st3$own <- as.numeric(st3$owner); write_data(st3, "data/st3.csv"); st3 <- read.csv("data/st3.csv", stringsAsFactors = TRUE, na.strings = "")
CEv <- V("y", "x", "x", "z", "g", "factor(k)", "m", "round(y)", "k<3 & !is.na(m)")
ELv <- V("Bush", "Kerry", "votes", "won", "size", "factor(won)", "Nader", "won", "votes>20000")
A2v <- V("api00", "api99", "enroll", "I(api00>700)", "stype", "comp.imp", "ell2", "round(ell)", "meals>30")
HOv <- V("births", "beds", "beds", "many", "teach", "factor(oblevel)", "births", "births", "births>200")
CRv <- V("rooms", "person", "person", "I(rooms>5)", "factor(rooms>5)", "factor(person>3)", "rooms", "rooms", "rooms<8")
D <- list(
  ne = list(list(data = "ne", ids = "psu", strata = "str", weights = "w", nest = TRUE), NEv),
  ne1 = list(list(data = "ne", ids = "1", strata = "race", weights = "w"), NEv),
  s3 = list(list(data = "st3", ids = c("town", "block", "house"), strata = "region", fpc = c("Nt", "Nb", "Nm"), nest = TRUE), S3v),
  s32 = list(list(data = "st3", ids = c("town", "block"), strata = "region", fpc = c("Nt", "Nb"), nest = TRUE), S3v),
  s3w = list(list(data = "st3", ids = c("town", "block", "house"), strata = "region", fpc = c("Nt", "Nb", "Nm"), weights = "size", nest = TRUE), S3v),
  s3p = list(list(data = "st3", ids = "town", strata = "region", probs = "I(1/size)", nest = TRUE), S3v),
  s32s = list(list(data = "st3", ids = c("town", "block"), strata = c("region", "water"), weights = "size", nest = TRUE), S3v),
  cen = list(list(data = "cen", ids = "id", strata = "h", weights = "w", fpc = "N"), CEv),
  cenn = list(list(data = "cen", ids = "id", strata = "h", weights = "w"), CEv),
  cenu = list(list(data = "cen", ids = "id", weights = "w"), CEv),
  elb = list(list(data = "el", ids = "1", fpc = "p", pps = "\"brewer\""), ELv),
  elo = list(list(data = "el", ids = "1", fpc = "p", pps = "\"overton\""), ELv),
  eloy = list(list(data = "el", ids = "1", fpc = "p", pps = "\"overton\"", variance = "YG"), ELv),
  elh = list(list(data = "el", ids = "1", fpc = "p", pps = "HR()"), ELv),
  elhy = list(list(data = "el", ids = "1", fpc = "p", pps = "HR(sum(el$p^2)/40)", variance = "YG"), ELv),
  elj = list(list(data = "el", ids = "1", fpc = "p", pps = "ppsmat(jp)"), ELv),
  eljy = list(list(data = "el", ids = "1", fpc = "p", pps = "ppsmat(jp)", variance = "YG"), ELv),
  elw = list(list(data = "el", ids = "1", probs = "p"), ELv),
  a2 = list(list(data = "a2", ids = c("dnum", "snum"), fpc = c("fpc1", "fpc2")), A2v),
  a2w = list(list(data = "a2", ids = "dnum", weights = "pw"), A2v),
  ho = list(list(data = "ho", ids = "1", strata = "oblevel", fpc = "tothosp", weights = "w"), HOv),
  cr = list(list(data = "crowd", ids = "cluster", strata = "stratum", weights = "weight", nest = TRUE), CRv))

S <- function(op, r, ...) list(op = op, r = r, ...)
jk <- S("replicates", "d <- as.svrepdesign(d)", type = "auto"); jkm <- S("replicates", "d <- as.svrepdesign(d, mse=TRUE)", type = "auto")
upd <- function(r) S("update", r)
steps <- list(
  ne = list(list(), list(), list(jk), list(S("replicates", "d <- as.svrepdesign(d, type=\"BRR\")", type = "BRR")), list(S("replicates", "d <- as.svrepdesign(d, type=\"Fay\", fay.rho=0.3)", type = "Fay")),
    list(S("poststratify", "d <- postStratify(d, ~sex, data.frame(sex=c('female','male'), Freq=c(140e6,135e6)))")),
    list(S("rake", "d <- rake(d, list(~sex, ~race), list(data.frame(sex=c('female','male'), Freq=c(140,135)), data.frame(race=c('r1','r2','r3','r4'), Freq=c(80,110,50,35))), control=list(maxit=200, epsilon=1e-11))")),
    list(S("calibrate", "d <- calibrate(d, ~sex+years, c(`(Intercept)`=275e6, sexmale=135e6, years=620e6))")),
    list(S("calibrate", "d <- calibrate(d, ~sex+years, c(`(Intercept)`=275e6, sexmale=135e6, years=620e6), calfun=\"raking\", epsilon=1e-11)"), S("trim", "d <- trimWeights(d, upper=900000, lower=50000)")),
    list(S("standardize", "d <- svystandardize(d, by=~age, over=~sex, population=c(55,66,60,46))")),
    list(upd("d <- update(d, b2=bmi/25, old=as.numeric(age==\"(59,Inf]\"))")), list(jkm, S("poststratify", "d <- postStratify(d, ~sex, data.frame(sex=c('female','male'), Freq=c(140e6,135e6)))"))),
  st3 = list(list(), list(), list(jk), list(S("calibrate", "d <- calibrate(d, ~kind, c(`(Intercept)`=500, kindhouse=200, kindroom=120), calfun=\"raking\")")),
    list(S("poststratify", "d <- postStratify(d, ~water, data.frame(water=c('no','yes'), Freq=c(100,400)))")), list(S("subset", "d <- subset(d, size<7)"))),
  cen = list(list(), list(), list(jk), list(S("calibrate", "d <- calibrate(d, ~x, c(`(Intercept)`=480, x=12000))")),
    list(S("calibrate", "d <- calibrate(d, ~x, c(`(Intercept)`=480, x=10500), calfun=\"logit\", bounds=c(.2,3), epsilon=1e-11)")), list(S("poststratify", "d <- postStratify(d, ~k, data.frame(k=1:3, Freq=c(150,170,160)))")), list(S("subset", "d <- subset(d, h!=2)"))),
  el = list(list(), list(), list(S("subset", "d <- subset(d, Nader>0)"))),
  a2 = list(list(), list(jk), list(S("calibrate", "d <- calibrate(d, ~api99, c(`(Intercept)`=6194, api99=3914069))")), list(S("poststratify", "d <- postStratify(d, ~stype, data.frame(stype=c('E','H','M'), Freq=c(4421,755,1018)))")), list(S("subset", "d <- subset(d, meals>20)"))),
  ho = list(list(), list(jk), list(S("calibrate", "d <- calibrate(d, ~beds, c(`(Intercept)`=230, beds=19000))"))), crowd = list(list(), list(S("replicates", "d <- as.svrepdesign(d, type=\"BRR\")", type = "BRR")), list(jkm)))

stats <- c(
  "svymean(~Y+U, d, deff=TRUE)", "svymean(~Y, d, deff=\"replace\")", "svymean(~F+Y, d)", "svymean(~M+Y, d, na.rm=TRUE)", "svymean(~interaction(F,G), d)", "svymean(~I(Y/X)+log(X+1), d)", "svymean(~I(Z*100), subset(d, DOM))",
  "svytotal(~Y+F, d)", "svytotal(~M, d, na.rm=TRUE, deff=TRUE)", "svytotal(~F, subset(d, DOM), deff=TRUE)", "svytotal(~interaction(F,G,drop=TRUE), d)",
  "svyratio(~Y+U, ~X, d)", "svyratio(~M, ~X, d, na.rm=TRUE)", "svyratio(~Y, ~X+U, subset(d, DOM))", "vcov(svyratio(~Y+U, ~X, d, covmat=TRUE))", "confint(svyratio(~Y, ~X, d), df=degf(d))",
  "svyvar(~Y+X, d)", "svyvar(~M, d, na.rm=TRUE)", "svyvar(~Y, subset(d, DOM))", "svycontrast(svyvar(~Y, d), quote(sqrt(Y)))",
  "svyby(~Y+U, ~F, d, svymean)", "svyby(~Y, ~F+G, d, svymean)", "svyby(~M, ~G, d, svytotal, na.rm=TRUE)", "svyby(~F, ~G, d, svymean)", "svyby(~Y, ~F, subset(d, DOM), svymean, deff=TRUE)", "svyby(~Y, by=~G, denominator=~X, d, svyratio)",
  "confint(svyby(~Y, ~F, d, svymean), df=degf(d))", "vcov(svyby(~Y, ~F, d, svymean, covmat=TRUE))", "cv(svyby(~U, ~F, d, svytotal))", "svyby(~Z, ~F, d, svymean, keep.names=FALSE)", "svyby(~Y, ~F, d, svyvar)", "svyby(~I(Y>X), ~G, d, svymean)",
  "svyby(~Z, ~F, d, svyciprop, method=\"beta\")", "svyby(~Y, ~G, d, unwtd.count)", "svyby(~Y, ~F, d, svyquantile, quantiles=c(.25,.5), ci=TRUE)",
  "svyquantile(~Y+U, d, c(.1,.5,.9))", "svyquantile(~M, d, c(.25,.75), na.rm=TRUE, interval.type=\"beta\", qrule=\"hf7\")", "svyquantile(~Y, subset(d, DOM), .5, interval.type=\"xlogit\", qrule=\"school\")", "SE(svyquantile(~X, d, c(.3,.6), interval.type=\"asin\"))", "svyquantile(~Y, d, seq(.1,.9,.2), qrule=\"hf4\", alpha=.2)", "svyquantile(~C, d, .5, qrule=\"math\", df=10)",
  "svyciprop(~I(Y>X), d, method=\"likelihood\")", "svyciprop(~Z, d, method=\"beta\")", "svyciprop(~Z, subset(d, DOM), method=\"asin\")", "svyciprop(~Z, d, method=\"xlogit\", level=.9)", "svyciprop(~Z, d, method=\"logit\", df=8)", "svyciprop(~Z, d, method=\"mean\")",
  "svychisq(~F+G, d)", "svychisq(~F+Z, d, statistic=\"Chisq\")", "svychisq(~F+Z, d, statistic=\"adjWald\")", "svychisq(~F+Z, d, statistic=\"Wald\")", "svychisq(~F+G, subset(d, DOM))", "svychisq(~F+Z, d, statistic=\"lincom\")", "svychisq(~F+G, d, statistic=\"saddlepoint\")",
  "svyttest(Y~Z, d)", "svyttest(Y~0, d)", "svyttest(U~I(Y>X), subset(d, DOM))", "svyranktest(Y~Z, d)", "svyranktest(Y~F, d)", "svyranktest(Y~Z, d, test=\"median\")", "svyranktest(Y~Z, d, test=\"vanderWaerden\")", "svyranktest(Y~G, d, test=\"KruskalWallis\")",
  "svytable(~F+G, d)", "svytable(~F, d, Ntotal=100)", "svytable(~F+G, subset(d, DOM), round=TRUE)",
  "svycontrast(svymean(~Y+U, d), list(diff=c(1,-1), sum=c(1,1)))", "svycontrast(svytotal(~Y+U, d), quote(Y/U))", "svycontrast(svymean(~Y+U, d), list(a=quote(log(Y)), b=quote(exp(U/100))))",
  "svyglm(Y~X+F, d)", "svyglm(Z~X+G, d, family=quasibinomial())", "svyglm(C~F+U, d, family=quasipoisson())", "svyglm(C~F, subset(d, DOM), family=quasipoisson())", "svyglm(Y~F*G, d)", "svyglm(Z~U, subset(d, DOM), family=quasibinomial())", "svyglm(M~X, d)", "svyglm(C~U+offset(log(X+1)), d, family=quasipoisson())", "svyglm(Z~U, d, family=quasibinomial(link=\"probit\"))", "svyglm(Z~U, d, family=quasibinomial(link=\"cloglog\"))", "svyglm(log(X+1)~I(U^2)+F, d)", "svyglm(Y~factor(Z), d)",
  "regTermTest(svyglm(Y~X+F, d), ~F)", "regTermTest(svyglm(Z~X+F, d, family=quasibinomial()), ~X+F)", "regTermTest(svyglm(Y~F+U, d), ~F, method=\"LRT\")$p", "regTermTest(svyglm(Z~X+F, d, family=quasibinomial()), ~F, method=\"LRT\")$chisq", "regTermTest(svyglm(Z~X+F, d, family=quasibinomial()), ~X+F, method=\"WorkingWald\")$p", "regTermTest(svyglm(Y~X+F, d), ~X+F, method=\"LRT\")$lambda", "confint(svyglm(Y~X, d))", "vcov(svyglm(Z~U, d, family=quasibinomial()))", "SE(svyglm(Y~X+G, d))", "confint(svymean(~Y+F, d), level=.9)", "cv(svytotal(~Y, d))", "deff(svymean(~Y, d, deff=TRUE))", "degf(d)", "degf(subset(d, DOM))", "sum(weights(d))", "coef(svymean(~F, d))", "vcov(svytotal(~Y+U, d))", "svymean(~Y, d, na.rm=TRUE)/svymean(~X, d)")
fill <- function(s, v) { for (k in c("y", "u", "x", "z", "f", "g", "m", "c")) s <- gsub(paste0("(?<![A-Za-z.])", toupper(k), "(?![A-Za-z.(])"), v[[k]], s, perl = TRUE); gsub("DOM", v$dom, s, fixed = TRUE) }
stats <- setdiff(stats, grep("^svymean\\(~Y, d, na.rm=TRUE\\)/", stats, value = TRUE))
n <- as.numeric(Sys.getenv("PER_DESIGN", "12")); k <- 0
for (name in names(D)) {
  v <- D[[name]][[2]]; all <- steps[[D[[name]][[1]]$data]]
  for (s in sample(stats, min(n, length(stats)))) {
    k <- k + 1; st <- all[[sample(length(all), 1)]]; text <- fill(s, v)
    fam <- sub("\\(.*", "", s)
    tol <- if (grepl("likelihood|svyquantile|lincom|saddlepoint|svyglm|LRT|beta", s)) if (grepl("lincom|saddle|LRT", s)) 1e-4 else 1e-6 else 1e-8
    add(sprintf("%s-%03d", name, k), D[[name]][[1]], text, steps = st, estimator = fam, tol = tol)
  }
}
# --- strata of one unit, alone and in domains, with several stages ---------------------------
for (o in c("remove", "certainty", "adjust", "average")) for (dl in c(FALSE, TRUE)) for (nm in c("ne", "s3", "cenn", "s32")) {
  opt <- sprintf("options(survey.lonely.psu=\"%s\", survey.adjust.domain.lonely=%s)", o, dl); v <- D[[nm]][[2]]
  for (s in c("svymean(~Y+F, subset(d, DOM))", "svyby(~Y, ~F, d, svymean)", "svytotal(~U, subset(d, U>quantile0))", "svyglm(Y~U, subset(d, DOM))")[sample(4, 2)]) {
    s <- sub("quantile0", "3", s); k <- k + 1
    add(sprintf("lonely-%s-%03d", nm, k), D[[nm]][[1]], fill(s, v), estimator = "lonely", opts = opt, tol = 1e-8)
  }
}
out <- list(generated_by = paste0("R ", getRversion(), ", survey ", packageVersion("survey")), count = length(cases), cases = cases)
writeLines(gsub(",{\"id\"", ",\n{\"id\"", toJSON(out, digits = NA, auto_unbox = TRUE, null = "null", na = "null"), fixed = TRUE), "cases.json")
cat(length(cases), "cases\n")
