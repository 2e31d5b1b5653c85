# Cases about weights: replicates that are made or read, and weights adjusted to totals.
# Run in a folder with refcase.R and synth_pilot.R of the reference cases: Rscript make_weights.R
source("refcase.R")
add1 <- add # a step that R refuses is no case
add <- function(id, ...) tryCatch(add1(id, ...), error = function(e) message("no case ", id, ": ", conditionMessage(e)))
dir.create("data", showWarnings = FALSE)
data(api)
data(election)
cols <- c("stype", "dnum", "snum", "pw", "fpc", "fpc1", "fpc2", "api00", "api99", "enroll", "api.stu", "ell", "meals", "mobility", "sch.wide", "comp.imp", "awards")
for (n in c("apistrat", "apiclus1", "apiclus2", "apisrs")) { assign(n, get(n)[, intersect(cols, names(get(n)))]); write_data(get(n), paste0("data/", n, ".csv")) }
ep <- election_pps[, c("Bush", "Kerry", "votes", "p")]; write_data(ep, "data/ep.csv")
source("synth_pilot.R")
cities <- c("Buenos Aires", "Madrid", "Santiago", "Milan", "Paterson", "Los Angeles", "Barcelona", "Miami", "New York", "Tokyo",
  "Rome", "La Paz", "Quito", "Caracas", "Sao Paulo", "Geneva", "Toronto", "Sydney", "Paris", "Hamburg", "Turin", "Valencia", "Dallas",
  "Boston", "Cordoba", "Iquique", "Arica", "Nagoya", "Florence", "Genoa", "Houston", "Denver", "Brussels", "Lisbon", "Bilbao", "Mendoza", "Rosario", "Temuco")
annual <- function(p) { p$annual_usd <- ifelse(p$sends == 1, p$amount_usd * per_year[p$frequency], 0); p$known <- ifelse(is.na(p$annual_usd), 0, p$annual_usd); p }
two <- function(H, seed) annual(synth_pilot(seed, cities[1:H], rep(2, H), c(3, 6)))[, c("city", "psu", "w", "sex", "age", "agegroup", "union", "sends", "amount_usd", "annual_usd", "known")]
repw <- function(type, extra = "") list(list(op = "replicates", type = type, r = paste0("d <- as.svrepdesign(d, type=\"", type, "\"", extra, ")")))

# --- balanced half-samples of every order that is made differently ---------------------
for (H in c(3, 8, 13, 19, 25, 30, 37)) {
  n <- paste0("two", H); assign(n, two(H, 100 + H)); write_data(get(n), paste0("data/", n, ".csv"))
  D <- list(data = n, ids = "psu", strata = "city", weights = "w")
  add(paste0("brr", H, "-ratio"), D, "svyratio(~known, ~sends, d)", steps = repw("BRR"), estimator = "ratio", vars = c("known", "sends"))
  add(paste0("brr", H, "-mean"), D, "svymean(~age+sex, d)", steps = repw("BRR"), estimator = "mean", vars = c("age", "sex"))
  add(paste0("fay", H, "-mean"), D, "svymean(~age+sex, d)", steps = repw("Fay", ", fay.rho=0.5"), estimator = "mean", vars = c("age", "sex"))
}
T13 <- list(data = "two13", ids = "psu", strata = "city", weights = "w")
add("brr13-mse", T13, "svymean(~age, d)", steps = repw("BRR", ", mse=TRUE"), estimator = "mean", vars = "age")
add("brr13-by", T13, "svyby(~age, ~sex, d, svymean)", steps = repw("BRR"), estimator = "mean", vars = "age", by = "sex")
add("brr13-domain", T13, "svymean(~amount_usd, subset(d, sends==1), na.rm=TRUE)", steps = repw("BRR"), estimator = "mean", vars = "amount_usd")
add("fay13-total-by", T13, "svyby(~annual_usd, ~city, d, svytotal, na.rm=TRUE)", steps = repw("Fay", ", fay.rho=0.3"), estimator = "total", vars = "annual_usd", by = "city")
add("fay13-glm", T13, "svyglm(sends~sex+age, d, family=quasibinomial())", steps = repw("Fay", ", fay.rho=0.3"), estimator = "glm", vars = c("sends", "sex", "age"), tol = 1e-6)
four <- annual(synth_pilot(41, cities[1:5], rep(4, 5), c(3, 6))); write_data(four, "data/four.csv")
F4 <- list(data = "four", ids = "psu", strata = "city", weights = "w")
add("brr-split", F4, "svymean(~age+sends, d)", steps = repw("BRR"), estimator = "mean", vars = c("age", "sends"))
three <- annual(synth_pilot(42, cities[1:5], c(3, 2, 5, 4, 2), c(4, 9))); write_data(three, "data/three.csv")
T3 <- list(data = "three", ids = "psu", strata = "city", weights = "w")
add("brr-merge", T3, "svymean(~age+sends, d)", steps = repw("BRR", ", large=\"merge\""), estimator = "mean", vars = c("age", "sends"))
lone <- annual(synth_pilot(43, cities[1:7], c(1, 2, 1, 2, 2, 1, 2), c(4, 9))); write_data(lone, "data/lone.csv")
L3 <- list(data = "lone", ids = "psu", strata = "city", weights = "w")
add("brr-small-split", L3, "svymean(~age+sends, d)", steps = repw("BRR", ", small=\"split\""), estimator = "mean", vars = c("age", "sends"))
add("brr-small-merge", L3, "svymean(~age+sends, d)", steps = repw("BRR", ", small=\"merge\""), estimator = "mean", vars = c("age", "sends"))
for (o in c("remove", "certainty", "adjust", "average"))
  add(paste0("jkn-lonely-", o), L3, "svymean(~age+sends, d)", steps = repw("JKn"), estimator = "mean", vars = c("age", "sends"), args = list(lonely_psu = o), opts = sprintf("options(survey.lonely.psu=\"%s\")", o))

# --- jackknife with finite populations, one and two stages -----------------------------
pil <- annual(synth_pilot(7, cities[1:6], c(9, 7, 8, 5, 6, 4), c(3, 7))); pil$frac <- ave(pil$psu, pil$city, FUN = function(x) length(unique(x))) / pil$Nh
write_data(pil, "data/pil.csv")
P1 <- list(data = "pil", ids = "psu", strata = "city", weights = "w", fpc = "Nh")
P2 <- list(data = "pil", ids = c("psu", "ssu"), strata = "city", weights = "w", fpc = c("Nh", "Mi"))
P0 <- list(data = "pil", ids = "psu", strata = "city", weights = "w")
PW <- list(data = "pil", ids = c("psu", "ssu"), strata = "city", fpc = c("Nh", "Mi"))
PF <- list(data = "pil", ids = "psu", strata = "city", weights = "w", fpc = "frac")
for (z in list(list("pil1", P1), list("pil2", P2), list("pilw", PW), list("pilf", PF))) {
  add(paste0(z[[1]], "-jkn-mean"), z[[2]], "svymean(~age+education, d)", steps = repw("JKn"), estimator = "mean", vars = c("age", "education"))
  add(paste0(z[[1]], "-jkn-ratio"), z[[2]], "svyratio(~annual_usd, ~sends, d, na.rm=TRUE)", steps = repw("JKn"), estimator = "ratio", vars = c("annual_usd", "sends"))
}
add("pil0-jkn-fraction", P0, "svymean(~age, d)", steps = repw("JKn", ", fpc=0.25, fpctype=\"fraction\""), estimator = "mean", vars = "age")
add("pil0-auto", P0, "svymean(~age, d)", steps = list(list(op = "replicates", type = "auto", r = "d <- as.svrepdesign(d)")), estimator = "mean", vars = "age")
C1 <- list(data = "apiclus1", ids = "dnum", weights = "pw", fpc = "fpc")
C1n <- list(data = "apiclus1", ids = "dnum", weights = "pw")
add("c1-auto", C1, "svytotal(~enroll, d)", steps = list(list(op = "replicates", type = "auto", r = "d <- as.svrepdesign(d)")), estimator = "total", vars = "enroll")
add("c1-jk1-correction", C1n, "svymean(~api00, d)", steps = repw("JK1", ", fpc=0.9, fpctype=\"correction\""), estimator = "mean", vars = "api00")
add("c1-jk1-var", C1, "svyvar(~api00+enroll, d)", steps = repw("JK1"), estimator = "variance", vars = c("api00", "enroll"))
add("c1-jk1-deff", C1, "svymean(~api00+enroll, d, deff=TRUE)", steps = repw("JK1"), estimator = "mean", vars = c("api00", "enroll"))
add("c1-jk1-contrast", C1, "svycontrast(svymean(~api00+api99, d), quote(log(api00/api99)))", steps = repw("JK1"), estimator = "contrast", vars = c("api00", "api99"))

# --- replicate weights from a file -----------------------------------------------------
set.seed(11)
db <- svydesign(ids = ~dnum, weights = ~pw, data = apiclus1)
jk <- as.svrepdesign(db, type = "JK1", compress = FALSE); sb <- as.svrepdesign(db, type = "subbootstrap", replicates = 24, compress = FALSE)
dp <- svydesign(ids = ~psu, strata = ~city, weights = ~w, data = two13); br <- as.svrepdesign(dp, type = "BRR", compress = FALSE); fy <- as.svrepdesign(dp, type = "Fay", fay.rho = .5, compress = FALSE)
dj <- svydesign(ids = ~psu, strata = ~city, weights = ~w, data = three); jn <- as.svrepdesign(dj, type = "JKn", compress = FALSE)
keep <- function(name, d, data, w, combined) { m <- as.data.frame(unclass(weights(d, "replication"))); if (combined) m <- m * data[[w]]; names(m) <- paste0("r", seq_along(m)); assign(name, m, globalenv()); write_data(m, paste0("data/", name, ".csv")) }
keep("jkc", jk, apiclus1, "pw", TRUE); keep("jkf", jk, apiclus1, "pw", FALSE); keep("sbc", sb, apiclus1, "pw", TRUE)
keep("brc", br, two13, "w", TRUE); keep("brf", br, two13, "w", FALSE); keep("fyc", fy, two13, "w", TRUE); keep("jnf", jn, three, "w", FALSE); keep("jnc", jn, three, "w", TRUE)
given <- function(data, w, rw, more) list(data = data, weights = w, replicate = list(weights = rw), r = sprintf("d <- svrepdesign(data=%s, weights=~%s, repweights=%s, %s)", data, w, rw, more))
G <- list(
  "jk1-combined" = given("apiclus1", "pw", "jkc", "type=\"JK1\", scale=14/15, combined.weights=TRUE"),
  "jk1-factors" = given("apiclus1", "pw", "jkf", "type=\"JK1\", scale=14/15, combined.weights=FALSE"),
  "jk1-guess" = given("apiclus1", "pw", "jkc", "type=\"JK1\", combined.weights=TRUE"),
  "jk1-fpc" = given("apiclus1", "pw", "jkc", "type=\"JK1\", scale=14/15, combined.weights=TRUE, fpc=rep(0.02, 15), fpctype=\"fraction\""),
  "boot" = given("apiclus1", "pw", "sbc", "type=\"bootstrap\", combined.weights=TRUE"),
  "boot-average" = given("apiclus1", "pw", "sbc", "type=\"bootstrap\", combined.weights=TRUE, bootstrap.average=5"),
  "boot-mse" = given("apiclus1", "pw", "sbc", "type=\"bootstrap\", combined.weights=TRUE, mse=TRUE"),
  "other" = given("apiclus1", "pw", "sbc", "type=\"other\", scale=1/24, rscales=rep(1, 24), combined.weights=TRUE"),
  "acs" = given("apiclus1", "pw", "sbc", "type=\"ACS\", combined.weights=TRUE"),
  "sdr" = given("apiclus1", "pw", "sbc", "type=\"successive-difference\", combined.weights=TRUE, mse=TRUE"))
for (n in names(G)) {
  add(paste0("given-", n, "-mean"), G[[n]], "svymean(~api00+stype, d)", estimator = "mean", vars = c("api00", "stype"))
  add(paste0("given-", n, "-by"), G[[n]], "svyby(~api00, ~stype, d, svymean, covmat=TRUE)", estimator = "mean", vars = "api00", by = "stype")
}
G2 <- list(
  "brr-combined" = given("two13", "w", "brc", "type=\"BRR\", combined.weights=TRUE"),
  "brr-factors" = given("two13", "w", "brf", "type=\"BRR\", combined.weights=FALSE"),
  "fay" = given("two13", "w", "fyc", "type=\"Fay\", rho=0.5, combined.weights=TRUE"),
  "jk2" = given("two13", "w", "brc", "type=\"JK2\", combined.weights=TRUE"))
for (n in names(G2)) add(paste0("given-", n, "-ratio"), G2[[n]], "svyratio(~known, ~sends, d)", estimator = "ratio", vars = c("known", "sends"))
GJ <- given("three", "w", "jnc", sprintf("type=\"JKn\", scale=1, rscales=c(%s), combined.weights=TRUE", paste(format(as.vector(jn$rscales), digits = 17), collapse = ",")))
add("given-jkn-combined", GJ, "svymean(~age+sends, d)", estimator = "mean", vars = c("age", "sends"))
add("given-jkn-guess", given("three", "w", "jnf", "type=\"JKn\", combined.weights=FALSE"), "svymean(~age+sends, d)", estimator = "mean", vars = c("age", "sends"))

# --- adjusted weights --------------------------------------------------------------------
df <- function(x, v) { t <- as.data.frame(xtabs(as.formula(paste0("~", paste(v, collapse = "+"))), x)); for (k in v) t[[k]] <- as.character(t[[k]]); t }
txt <- function(t) paste0("data.frame(", paste(vapply(names(t), function(n) paste0(n, "=c(", paste(if (is.character(t[[n]])) paste0("'", t[[n]], "'") else format(t[[n]], digits = 15, trim = TRUE), collapse = ","), ")"), ""), collapse = ", "), ")")
ps <- function(v, more = "", x = apipop) list(list(op = "poststratify", r = paste0("d <- postStratify(d, ~", paste(v, collapse = "+"), ", ", txt(df(x, v)), more, ")")))
rk <- function(vs, more = ", control=list(maxit=100, epsilon=1e-10)", x = apipop) list(list(op = "rake", r = paste0("d <- rake(d, list(", paste0("~", vapply(vs, paste, "", collapse = "+"), collapse = ", "), "), list(", paste(vapply(vs, function(v) txt(df(x, v)), ""), collapse = ", "), ")", more, ")")))
wr <- function(x) format(x, digits = 15, trim = TRUE)
cal <- function(f, more = "", x = apipop) { t <- colSums(model.matrix(as.formula(f), x)); list(list(op = "calibrate", r = paste0("d <- calibrate(d, ", f, ", c(", paste0("`", names(t), "`=", vapply(t, wr, ""), collapse = ", "), ")", more, ")"))) }
trim <- function(more) list(list(op = "trim_weights", r = paste0("d <- trimWeights(d, ", more, ")")))
apiclus1$comp.imp <- factor(apiclus1$comp.imp)
TG <- ", epsilon=1e-10, maxit=200"
A <- list(
  ps2 = ps(c("stype", "sch.wide"), ", partial=TRUE"), ps2b = ps(c("comp.imp", "sch.wide"), ", partial=TRUE"),
  rk3 = rk(list("stype", "sch.wide", "awards")), rkdef = rk(list("stype", "sch.wide"), ""), rkcontrol = rk(list("stype", "comp.imp"), ", control=list(maxit=20)"), rkshare = rk(list("stype", "sch.wide"), ", control=list(epsilon=1e-4)"),
  lin2 = cal("~stype+sch.wide+comp.imp"), linx = cal("~stype*sch.wide"), linnum = cal("~api99+stype+meals"), linvar = cal("~api99+stype", ", variance=c(1,0,0,0)"), lindef = cal("~stype"),
  agg = cal("~stype", ", aggregate.stage=1"), aggrak = cal("~stype", ", aggregate.stage=1, calfun=\"raking\""),
  rak2 = cal("~stype+sch.wide+api99", paste0(", calfun=\"raking\"", TG)), rakb = cal("~stype+sch.wide", paste0(", calfun=\"raking\", bounds=c(0.5,2)", TG)),
  log2 = cal("~stype+sch.wide+api99", paste0(", calfun=\"logit\", bounds=c(0.4,3)", TG)), linb2 = cal("~stype+api99", paste0(", bounds=c(0.6,1.7)", TG)), linlow = cal("~stype+api99", paste0(", bounds=c(0,Inf)", TG)),
  lintrim = cal("~stype+api99", paste0(", calfun=\"raking\", trim=c(0.6,1.7)", TG)), const = cal("~stype+api99", paste0(", bounds=c(15,60), bounds.const=TRUE", TG)),
  twice = c(ps("stype"), cal("~api99+meals")), psrk = c(ps("stype"), rk(list("sch.wide", "comp.imp"))), rkcal = c(rk(list("stype", "sch.wide")), cal("~api99+stype")),
  caltrim = c(cal("~stype+api99"), trim("upper=50, lower=20")), strict = c(cal("~stype+api99"), trim("upper=45, lower=20, strict=TRUE")), pst = c(ps("stype"), trim("upper=34"))
)
for (n in names(A)) {
  S <- A[[n]]
  add(paste0("c1-", n, "-mean"), C1, "svymean(~api00+comp.imp, d)", steps = S, estimator = "mean", vars = c("api00", "comp.imp"), tol = 1e-6)
  add(paste0("c1-", n, "-domain"), C1, "svytotal(~enroll, subset(d, comp.imp==\"No\" & meals>20))", steps = S, estimator = "total", vars = "enroll", tol = 1e-6)
  add(paste0("c1-", n, "-weights"), C1, "c(min=min(weights(d)), max=max(weights(d)), sum=sum(weights(d)), sumsq=sum(weights(d)^2))", steps = S, estimator = "weights", tol = 1e-6)
}
for (n in c("rk3", "lin2", "rak2")) {
  S <- A[[n]]
  add(paste0("c1-", n, "-by"), C1, "svyby(~api00+enroll, ~stype+sch.wide, d, svymean)", steps = S, estimator = "mean", vars = c("api00", "enroll"), by = c("stype", "sch.wide"), tol = 1e-6)
  add(paste0("c1-", n, "-ratio"), C1, "svyratio(~api.stu, ~enroll, d)", steps = S, estimator = "ratio", vars = c("api.stu", "enroll"), tol = 1e-6)
  add(paste0("c1-", n, "-quantile"), C1, "svyquantile(~api00, d, c(.25,.5,.75))", steps = S, estimator = "quantile", vars = "api00", tol = 1e-6)
  add(paste0("c1-", n, "-glm"), C1, "svyglm(api00~ell+meals, d)", steps = S, estimator = "glm", vars = c("api00", "ell", "meals"), tol = 1e-6)
  add(paste0("c1-", n, "-ciprop"), C1, "svyciprop(~I(comp.imp==\"Yes\"), d)", steps = S, estimator = "ciprop", vars = "comp.imp", tol = 1e-6)
  add(paste0("c1-", n, "-chisq"), C1, "svychisq(~comp.imp+awards, d)", steps = S, estimator = "chisq", vars = c("comp.imp", "awards"), tol = 1e-6)
  add(paste0("c1-", n, "-deff"), C1, "svymean(~api00, d, deff=TRUE)", steps = S, estimator = "mean", vars = "api00", tol = 1e-6)
  add(paste0("c1-", n, "-var"), C1, "svyvar(~api00, d)", steps = S, estimator = "variance", vars = "api00", tol = 1e-6)
}
listed <- list(list(op = "calibrate", r = paste0("d <- calibrate(d, list(~stype, ~sch.wide), list(", txt(df(apipop, "stype")), ", ", txt(df(apipop, "sch.wide")), "))")))
add("c1-listed", C1, "svymean(~api00, d)", steps = listed, estimator = "mean", vars = "api00", tol = 1e-6)
listed2 <- list(list(op = "calibrate", r = paste0("d <- calibrate(d, list(~stype+sch.wide, ~comp.imp), list(", txt(df(apipop, c("stype", "sch.wide"))), ", ", txt(df(apipop, "comp.imp")), "), calfun=\"raking\", epsilon=1e-10)")))
add("c1-listed2", C1, "svymean(~api00, d)", steps = listed2, estimator = "mean", vars = "api00", tol = 1e-6)
# a stratified design, and two stages with sizes
ST <- list(data = "apistrat", ids = "1", strata = "stype", weights = "pw", fpc = "fpc")
for (n in c("rk3", "lin2", "rak2", "ps2b", "strict")) add(paste0("str-", n, "-mean"), ST, "svymean(~api00+enroll, d)", steps = if (n == "strict") trim("upper=40, lower=16, strict=TRUE") else if (n == "rk3") rk(list("stype", "sch.wide", "awards")) else A[[n]], estimator = "mean", vars = c("api00", "enroll"), tol = 1e-6)
C2 <- list(data = "apiclus2", ids = c("dnum", "snum"), fpc = c("fpc1", "fpc2"))
C2w <- list(data = "apiclus2", ids = c("dnum", "snum"), weights = "pw")
for (z in list(list("c2", C2), list("c2w", C2w))) for (n in c("rk3", "lin2", "rak2", "lindef", "ps2b"))
  add(paste0(z[[1]], "-", n), z[[2]], "svytotal(~enroll, d, na.rm=TRUE)", steps = A[[n]], estimator = "total", vars = "enroll", args = list(na_rm = TRUE), tol = 1e-6)
# a domain before the weights are adjusted
add("c1-domain-ps", C1, "svymean(~api00, d)", steps = c(list(list(op = "subset", r = "d <- subset(d, meals>10)")), ps("stype")), estimator = "mean", vars = "api00", tol = 1e-6)
add("c1-ps-domain-cal", C1, "svymean(~api00, d)", steps = c(ps("stype"), list(list(op = "subset", r = "d <- subset(d, comp.imp==\"Yes\")"))), estimator = "mean", vars = "api00", tol = 1e-6)
# standards
SD <- function(by, over, pop, more = "") list(list(op = "standardize", r = paste0("d <- svystandardize(d, by=~", by, ", over=~", over, ", population=c(", pop, ")", more, ")")))
add("str-std", ST, "svyby(~api00, ~comp.imp, d, svymean)", steps = SD("stype", "comp.imp", "4421,755,1018"), estimator = "mean", vars = "api00", by = "comp.imp")
add("str-std2", ST, "svyby(~api00+enroll, ~comp.imp, d, svymean)", steps = SD("stype+awards", "comp.imp", "1,2,3,4,5,6"), estimator = "mean", vars = c("api00", "enroll"), by = "comp.imp")
add("str-std-over2", ST, "svyby(~api00, ~comp.imp+sch.wide, d, svymean)", steps = SD("stype", "comp.imp+sch.wide", "1,1,1"), estimator = "mean", vars = "api00", by = c("comp.imp", "sch.wide"))
add("str-std-all", ST, "svymean(~api00, d)", steps = SD("stype", "1", "0.5,0.3,0.2"), estimator = "mean", vars = "api00")
add("c1-std-missing", C1, "svyby(~mobility, ~comp.imp, d, svymean)", steps = SD("stype", "comp.imp", "4421,755,1018", ", excluding.missing=~mobility"), estimator = "mean", vars = "mobility", by = "comp.imp")
# --- adjusted replicates -----------------------------------------------------------------
for (z in list(list("jk1", C1, repw("JK1")), list("boot", G[["boot"]], list()), list("jk1c", G[["jk1-combined"]], list()), list("jkns", ST, repw("JKn"))))
  for (n in c("ps2b", "rk3", "rkdef", "lin2", "linnum", "linx", "rak2", "log2", "twice")) {
    if (n == "linx" && z[[1]] != "jkns") next
    S <- c(z[[3]], if (z[[1]] %in% c("boot", "jk1c")) lapply(A[[n]], function(s) { s$r <- sub("\\)$", ", compress=FALSE)", s$r); s }) else A[[n]])
    add(paste0(z[[1]], "-", n, "-mean"), z[[2]], "svymean(~api00+enroll, d)", steps = S, estimator = "mean", vars = c("api00", "enroll"), tol = 1e-6)
    add(paste0(z[[1]], "-", n, "-by"), z[[2]], "svyby(~api00, ~awards, d, svytotal)", steps = S, estimator = "total", vars = "api00", by = "awards", tol = 1e-6)
    add(paste0(z[[1]], "-", n, "-domain"), z[[2]], "svymean(~api00, subset(d, comp.imp==\"No\"))", steps = S, estimator = "mean", vars = "api00", tol = 1e-6)
  }
add("jk1-bounded", C1, "svymean(~api00, d)", steps = c(repw("JK1"), cal("~stype+api99", paste0(", bounds=c(0.5,1.6)", TG))), estimator = "mean", vars = "api00", tol = 1e-6)
add("brr13-rake", T13, "svymean(~age+union, d)", steps = c(repw("BRR"), list(list(op = "rake", r = "d <- rake(d, list(~sex, ~agegroup), list(data.frame(sex=c('F','M'), Freq=c(30000,26000)), data.frame(agegroup=c('15-24','25-34','35-44','45-54','55+'), Freq=c(9000,20000,15000,8000,4000))), control=list(maxit=50, epsilon=1e-9))"))), estimator = "mean", vars = c("age", "union"), tol = 1e-6)
add("jkn-pil2-std", P1, "svyby(~sends, ~sex, d, svymean)", steps = c(repw("JKn"), SD("agegroup", "sex", "1,2,3,2,1")), estimator = "mean", vars = "sends", by = "sex", tol = 1e-6)
# --- other ways to write them, and other orders of steps ---------------------------------
SRS <- list(data = "apisrs", ids = "1", fpc = "fpc")
PIL <- list(data = "pil", ids = c("psu", "ssu"), strata = "city", weights = "w", fpc = c("Nh", "Mi"))
s <- function(...) lapply(c(...), function(r) list(op = "x", r = r))
EP <- list(data = "ep", ids = "1", fpc = "p", pps = '"brewer"')
add("pps-cal", EP, "svytotal(~Bush+Kerry, d)", steps = s("d <- calibrate(d, ~votes, c(`(Intercept)`=4600, votes=115978706))"), estimator = "total", tol = 1e-6)
add("pps-cal-raking", EP, "svytotal(~Bush+Kerry, d)", steps = s("d <- calibrate(d, ~votes-1, c(votes=115978706), calfun=\"raking\")"), estimator = "total", tol = 1e-6)
add("pps-rep", list(data = "ep", ids = "1", fpc = "p", pps = '"overton"'), "svytotal(~Bush, d)", steps = s("d <- calibrate(d, ~0+votes, 115978706)"), estimator = "total", tol = 1e-6)
add("cal-order", C1, "svymean(~api00, d)", steps = s("d <- calibrate(d, ~stype+api99, c(api99=3914069, stypeM=1018, stypeH=755, `(Intercept)`=6194))"), estimator = "mean", tol = 1e-6)
add("cal-unnamed", C1, "svymean(~api00, d)", steps = s("d <- calibrate(d, ~stype+api99, c(6194, 755, 1018, 3914069))"), estimator = "mean", tol = 1e-6)
add("cal-minus1", C1, "svymean(~api00, d)", steps = s("d <- calibrate(d, ~stype-1, c(stypeE=4421, stypeH=755, stypeM=1018))"), estimator = "mean", tol = 1e-6)
add("cal-I", C1, "svymean(~api00, d)", steps = s("d <- calibrate(d, ~I(api99/100)+log(enroll), c(`(Intercept)`=6194, `I(api99/100)`=39140.69, `log(enroll)`=38500), calfun='raking')"), estimator = "mean", tol = 1e-6)
add("cal-scale20", SRS, "svymean(~api00, d)", steps = s("d <- svydesign(ids=~1, weights=rep(1,200), data=apisrs)", "d <- calibrate(d, ~stype, c(`(Intercept)`=6194, stypeH=755, stypeM=1018), calfun='raking')"), estimator = "mean", tol = 1e-6)
add("cal-eps", C1, "svytotal(~enroll, d)", steps = s("d <- calibrate(d, ~stype+api99, c(`(Intercept)`=6194, stypeH=755, stypeM=1018, api99=3914069), calfun='raking', epsilon=1e-3)"), estimator = "total", tol = 1e-8)
add("cal-bounds-list", C1, "svytotal(~enroll, d)", steps = s("d <- calibrate(d, ~stype, c(`(Intercept)`=6194, stypeH=755, stypeM=1018), calfun='linear', bounds=list(lower=0.6, upper=1.9))"), estimator = "total", tol = 1e-6)
add("ps-then-rep", C1, "svymean(~api00, d)", steps = s("d <- postStratify(d, ~stype, data.frame(stype=c('E','H','M'), Freq=c(4421,755,1018)))", "d <- as.svrepdesign(d, type='JK1')"), estimator = "mean", tol = 1e-8)
add("sub-then-rep", ST, "svymean(~api00, d)", steps = s("d <- subset(d, comp.imp=='Yes')", "d <- as.svrepdesign(d, type='JKn')"), estimator = "mean", tol = 1e-8)
add("sub-then-rep1", C1, "svymean(~api00, d)", steps = s("d <- subset(d, dnum > 200)", "d <- as.svrepdesign(d, type='JK1')"), estimator = "mean", tol = 1e-8)
add("rep-sub-cal", C1, "svymean(~api00, d)", steps = s("d <- as.svrepdesign(d, type='JK1')", "d <- subset(d, api99 > 500)", "d <- calibrate(d, ~api99, c(`(Intercept)`=5000, api99=3300000))"), estimator = "mean", tol = 1e-7)
add("rep-cal-sub-mean", C1, "svymean(~api00, subset(d, api99 > 500))", steps = s("d <- as.svrepdesign(d, type='JK1')", "d <- calibrate(d, ~api99, c(`(Intercept)`=6194, api99=3914069), calfun='raking')"), estimator = "mean", tol = 1e-7)
add("sub-cal", C1, "svytotal(~enroll, d)", steps = s("d <- subset(d, api99 > 500)", "d <- calibrate(d, ~api99, c(`(Intercept)`=5000, api99=3300000))"), estimator = "total", tol = 1e-7)
add("sub-rake", ST, "svymean(~api00, d)", steps = s("d <- subset(d, api99 > 500)", "d <- rake(d, list(~stype,~awards), list(data.frame(stype=c('E','H','M'),Freq=c(3500,600,700)), data.frame(awards=c('No','Yes'), Freq=c(1300,3500))), control=list(epsilon=1e-9,maxit=50))"), estimator = "mean", tol = 1e-7)
add("update-ps", C1, "svymean(~api00, d)", steps = s("d <- update(d, big=factor(enroll>600, labels=c('no','yes')))", "d <- postStratify(d, ~big, data.frame(big=c('no','yes'), Freq=c(4000,2194)))"), estimator = "mean", tol = 1e-8)
add("update-ps-num", C1, "svymean(~api00, d)", steps = s("d <- update(d, hi=as.numeric(api99>600))", "d <- postStratify(d, ~hi, data.frame(hi=c(0,1), Freq=c(2500,3694)))"), estimator = "mean", tol = 1e-8)
add("update-ps-logical", C1, "svymean(~api00, d)", steps = s("d <- update(d, hi=api99>600)", "d <- postStratify(d, ~hi, data.frame(hi=c(FALSE,TRUE), Freq=c(2500,3694)))"), estimator = "mean", tol = 1e-8)
add("c2-by-cal", C2, "svyby(~api00, ~stype, d, svymean)", steps = s("d <- calibrate(d, ~stype, c(`(Intercept)`=6194, stypeH=755, stypeM=1018))"), estimator = "mean", tol = 1e-7)
add("pil-rake", PIL, "svyby(~sends, ~city, d, svymean)", steps = s("d <- rake(d, list(~sex, ~agegroup), list(data.frame(sex=c('F','M'), Freq=c(30000,26000)), data.frame(agegroup=c('15-24','25-34','35-44','45-54','55+'), Freq=c(9000,20000,15000,8000,4000))))"), estimator = "mean", tol = 1e-7)
add("pil-ps2", PIL, "svytotal(~sends, d)", steps = s("d <- postStratify(d, ~city+sex, as.data.frame(list(city=rep(c('Buenos Aires','Madrid','Santiago','Milan','Paterson','Los Angeles'),2), sex=rep(c('F','M'),each=6), Freq=c(1:12)*1000)))"), estimator = "total", tol = 1e-7)
add("pil-cal-agg", PIL, "svymean(~sends+age, d)", steps = s("d <- calibrate(d, ~sex+agegroup, c(`(Intercept)`=56000, sexM=26000, `agegroup25-34`=20000, `agegroup35-44`=15000, `agegroup45-54`=8000, `agegroup55+`=4000), aggregate.stage=1)"), estimator = "mean", tol = 1e-7)
add("pil-jkn-cal", PIL, "svymean(~sends+age, d)", steps = s("d <- as.svrepdesign(d)", "d <- calibrate(d, ~sex+agegroup, c(`(Intercept)`=56000, sexM=26000, `agegroup25-34`=20000, `agegroup35-44`=15000, `agegroup45-54`=8000, `agegroup55+`=4000), aggregate.index=~psu)"), estimator = "mean", tol = 1e-7)
add("pil-jkn-trim", PIL, "svymean(~sends+age, d)", steps = s("d <- trimWeights(d, upper=600, lower=10)", "d <- as.svrepdesign(d)"), estimator = "mean", tol = 1e-7)
add("lonely-cal", list(data = "pil", ids = "psu", strata = "city", weights = "w"), "svymean(~age, subset(d, city=='Madrid'))", steps = s("d <- calibrate(d, ~sex, c(`(Intercept)`=56000, sexM=26000))"), estimator = "mean", tol = 1e-7)
add("rep-contrast-ratio", C1, "svycontrast(svytotal(~api.stu+enroll, d), quote(`api.stu`/`enroll`))", steps = s("d <- as.svrepdesign(d)", "d <- postStratify(d, ~stype, data.frame(stype=c('E','H','M'), Freq=c(4421,755,1018)))"), estimator = "contrast", tol = 1e-7)
add("rep-by-covmat", C1, "svycontrast(svyby(~api00, ~stype, d, svymean, covmat=TRUE), c(E=1,H=-1,M=0))", steps = s("d <- as.svrepdesign(d)"), estimator = "contrast", tol = 1e-7)
add("std-then-total", ST, "svytotal(~api00, d)", steps = s("d <- svystandardize(d, by=~stype, over=~1, population=data.frame(stype=c('E','H','M'), Freq=c(2,1,1)))"), estimator = "total", tol = 1e-7)
add("std-domain", ST, "svymean(~api00, subset(d, awards=='Yes'))", steps = s("d <- svystandardize(d, by=~stype, over=~awards, population=c(2,1,1))"), estimator = "mean", tol = 1e-7)
add("mse-option", C1, "svymean(~api00, d)", steps = s("options(survey.replicates.mse=TRUE)", "d <- as.svrepdesign(d)", "options(survey.replicates.mse=FALSE)"), estimator = "mean", tol = 1e-8)
add("rake-list-freqname", C1, "svymean(~api00, d)", steps = s("d <- rake(d, list(~stype, ~sch.wide), list(data.frame(stype=c('E','H','M'), n=c(4421,755,1018)), data.frame(sch.wide=c('No','Yes'), Freq=c(1072,5122))), control=list(maxit=50, epsilon=1e-8))"), estimator = "mean", tol = 1e-7)
add("rake-vars", C1, "svymean(~api00, d)", steps = s("pop.types <- data.frame(stype=c('E','H','M'), Freq=c(4421,755,1018))", "pop.sw <- data.frame(sch.wide=c('No','Yes'), Freq=c(1072,5122))", "d <- rake(d, list(~stype, ~sch.wide), list(pop.types, pop.sw))"), estimator = "mean", tol = 1e-7)
add("ps-xtabs", C1, "svymean(~api00, d)", steps = s("d <- postStratify(d, ~stype, xtabs(Freq~stype, data=data.frame(stype=c('E','H','M'), Freq=c(4421,755,1018))))"), estimator = "mean", tol = 1e-7)
add("ret-reps", C1, "SE(svymean(~api00, d))", steps = s("d <- as.svrepdesign(d)"), estimator = "se", tol = 1e-8)
add("degf-rep", C1, "degf(d)", steps = s("d <- as.svrepdesign(d)"), estimator = "degf", tol = 1e-8)
add("wts-rep", C1, "c(sum(weights(d,'sampling')), max(weights(d,'analysis')), sum(weights(d,'replication')))", steps = s("d <- as.svrepdesign(d)"), estimator = "w", tol = 1e-8)
add("jk1-twostage", C2, "svymean(~api00, d)", steps = s("d <- as.svrepdesign(d, type='JK1')"), estimator = "mean", tol = 1e-8)
add("cal-sinh", C1, "svymean(~api00, d)", steps = s("d <- calibrate(d, ~stype, c(`(Intercept)`=6194, stypeH=755, stypeM=1018), calfun=cal.raking)"), estimator = "mean", tol = 1e-7)

add("with-replicates", C1, "SE(withReplicates(d, quote(sum(.weights*enroll)/sum(.weights))))", steps = s("d <- as.svrepdesign(d)"), estimator = "theta", tol = 1e-8)
add("with-replicates-domain", C1, "SE(withReplicates(subset(d, stype=='E'), quote(sum(.weights*api00)/sum(.weights*api99))))", steps = s("d <- as.svrepdesign(d)", "d <- postStratify(d, ~stype, data.frame(stype=c('E','H','M'), Freq=c(4421,755,1018)))"), estimator = "theta", tol = 1e-8)
add("given-pattern", list(data = "apiclus1", weights = "pw", r = "d <- svrepdesign(data=cbind(apiclus1, jkc), weights=~pw, repweights=\"^r[0-9]+$\", type=\"JK1\", scale=14/15, combined.weights=TRUE)"), "svymean(~api00, d)", estimator = "mean", tol = 1e-8)
add("given-formula", list(data = "sbc", r = "d <- svrepdesign(data=cbind(apiclus1, sbc), weights=~pw, repweights=~r1+r2+r3+r4+r5+r6+r7+r8, type=\"bootstrap\")"), "svyratio(~api00, ~api99, d)", estimator = "ratio", tol = 1e-8)
add("rep-quantile-brr", T13, "svyquantile(~age, d, c(.25,.5,.75), interval.type='quantile')", steps = repw("BRR"), estimator = "quantile", tol = 1e-7)
add("rep-quantile-boot", G[["boot"]], "svyquantile(~api00, d, .5)", estimator = "quantile", tol = 1e-7)
add("rep-chisq", T13, "svychisq(~sex+sends, d)", steps = repw("BRR"), estimator = "chisq", tol = 1e-7)
add("rep-ttest", G[["boot"]], "svyttest(api00~comp.imp, d)", estimator = "ttest", tol = 1e-7)
add("cal-ttest", C1, "svyttest(api00~comp.imp, d)", steps = A[["lin2"]], estimator = "ttest", tol = 1e-6)
add("cal-ranktest", C1, "svyranktest(api00~comp.imp, d)", steps = A[["rak2"]], estimator = "ranktest", tol = 1e-6)
add("rep-total-deff", G[["boot"]], "svytotal(~enroll, d, deff=TRUE)", estimator = "total", tol = 1e-7)
add("jkn-by-ratio", P1, "svyby(~annual_usd, by=~city, denominator=~sends, design=d, svyratio, na.rm=TRUE)", steps = repw("JKn"), estimator = "ratio", tol = 1e-7)
add("jkn-by2-vars", P1, "svyby(~age+sends, ~city+sex, d, svymean)", steps = repw("JKn"), estimator = "mean", tol = 1e-7)
add("jkn-interaction", P1, "svymean(~interaction(sex, education), d)", steps = repw("JKn"), estimator = "mean", tol = 1e-7)
add("jkn-table", P1, "as.data.frame(svytable(~sex+education, d))", steps = c(repw("JKn"), list(list(op="x", r="d <- postStratify(d, ~sex, data.frame(sex=c('F','M'), Freq=c(30000,26000)))"))), estimator = "table", tol = 1e-7)
add("cal-table", C1, "as.data.frame(svytable(~stype+comp.imp, d, Ntotal=100))", steps = A[["rk3"]], estimator = "table", tol = 1e-6)
add("cal-contrast", C1, "svycontrast(svytotal(~stype, d), list(a=c(1,-1,0), b=c(0,1,-1)))", steps = A[["rak2"]], estimator = "contrast", tol = 1e-6)
add("cal-vcov", C1, "vcov(svymean(~api00+enroll, d))", steps = A[["log2"]], estimator = "vcov", tol = 1e-6)
add("cal-confint", C1, "confint(svyratio(~api.stu, ~enroll, d))", steps = A[["rk3"]], estimator = "confint", tol = 1e-6)
add("cal-cv", C1, "cv(svytotal(~enroll, d))", steps = A[["twice"]], estimator = "cv", tol = 1e-6)

# --- formulas of calibrations, two stages of MU284 ---------------------------------------
data(mu284); write_data(mu284, "data/mu284.csv")
MU <- list(data = "mu284", ids = c("id1", "id2"), fpc = c("n1", "n2"))
cal <- function(f, more = "") { t <- colSums(model.matrix(as.formula(f), apipop)); s(paste0("d <- calibrate(d, ", f, ", c(", paste0("`", names(t), "`=", vapply(t, format, "", digits = 15, trim = TRUE), collapse = ", "), ")", more, ")")) }
add("rake2v", ST, "svymean(~api00, d)", steps = s(paste0("d <- rake(d, list(~stype+sch.wide, ~awards, ~comp.imp), list(", txt(df(apipop, c("stype", "sch.wide"))), ",", txt(df(apipop, "awards")), ",", txt(df(apipop, "comp.imp")), "), control=list(maxit=50, epsilon=1e-7))")), estimator = "mean", tol = 1e-7)
for (f in c("~interaction(stype, comp.imp)", "~factor(awards)+stype", "~stype:awards-1", "~stype/awards", "~(stype+awards+comp.imp)^2", "~log(api99)+stype", "~I(api99>700)", "~awards*api99", "~0+stype+awards", "~cut(api99, c(0,500,600,700,1000))"))
  for (fun in c("linear", "raking")) add(paste0("f-", f, fun), ST, "svytotal(~enroll+api00, d, na.rm=TRUE)", steps = cal(f, paste0(", calfun=\"", fun, "\", epsilon=1e-10")), estimator = "total", tol = 1e-6)
add("mu-cal", MU, "svytotal(~y1, d)", steps = s("d <- calibrate(d, ~1, 284)"), estimator = "total", tol = 1e-7)
add("mu-cal-agg", MU, "svytotal(~y1, d)", steps = s("d <- calibrate(d, ~1, c(`(Intercept)`=284), aggregate.stage=1)"), estimator = "total", tol = 1e-7)
add("mu-jk", MU, "svytotal(~y1, d)", steps = s("d <- as.svrepdesign(d)"), estimator = "total", tol = 1e-7)
add("mu-jk-cal", MU, "svymean(~y1, d)", steps = s("d <- as.svrepdesign(d)", "d <- calibrate(d, ~1, c(`(Intercept)`=284))"), estimator = "mean", tol = 1e-7)
add("jk-unc", C1, "svymean(~api00, d)", steps = s("d <- as.svrepdesign(d, compress=FALSE, mse=TRUE)", paste0("d <- postStratify(d, ~stype, ", txt(df(apipop, "stype")), ")")), estimator = "mean", tol = 1e-7)
add("jk-update", C1, "svymean(~gain, d)", steps = s("d <- as.svrepdesign(d)", "d <- update(d, gain=api00-api99)"), estimator = "mean", tol = 1e-7)
add("jk-sub-na", C1, "svymean(~api00, subset(d, mobility > 10 & !is.na(ell)))", steps = s("d <- as.svrepdesign(d)"), estimator = "mean", tol = 1e-7)
add("cal-narm", ST, "svymean(~mobility, d, na.rm=TRUE)", steps = cal("~stype+awards"), estimator = "mean", tol = 1e-7)
add("ps-narm", C1, "svymean(~I(ifelse(ell>20, NA, ell)), d, na.rm=TRUE)", steps = s(paste0("d <- postStratify(d, ~stype, ", txt(df(apipop, "stype")), ")")), estimator = "mean", tol = 1e-7)
add("jk-narm", C1, "svytotal(~I(ifelse(ell>20, NA, ell)), d, na.rm=TRUE)", steps = s("d <- as.svrepdesign(d)"), estimator = "total", tol = 1e-7)
add("ps-by-ratio", C1, "svyby(~api.stu, by=~stype, denominator=~enroll, design=d, svyratio)", steps = s(paste0("d <- postStratify(d, ~stype+awards, ", txt(df(apipop, c("stype", "awards"))), ", partial=TRUE)")), estimator = "ratio", tol = 1e-7)
add("trim-by", ST, "svyby(~api00, ~awards, d, svymean, vartype=c('se','ci','cv'))", steps = s("d <- trimWeights(d, upper=35)"), estimator = "mean", tol = 1e-7)
add("trim-none", ST, "svymean(~api00, d)", steps = s("d <- trimWeights(d, upper=350)"), estimator = "mean", tol = 1e-7)
add("trim-then-cal", ST, "svymean(~api00, d)", steps = c(s("d <- trimWeights(d, upper=35)"), cal("~stype+awards")), estimator = "mean", tol = 1e-7)
add("std-by-deff", ST, "svyby(~api00, ~comp.imp, d, svytotal)", steps = s("d <- svystandardize(d, by=~stype+awards, over=~comp.imp, population=xtabs(~stype+awards, data=apistrat))"), estimator = "mean", tol = 1e-7)
add("c2-std", C2, "svyby(~api00, ~comp.imp, d, svymean)", steps = s("d <- svystandardize(d, by=~stype, over=~comp.imp, population=c(4421,755,1018))"), estimator = "mean", tol = 1e-7)
add("pps-jk", list(data = "apiclus1", ids = "dnum", weights = "pw"), "svyratio(~api.stu+api00, ~enroll+api99, d)", steps = s("d <- as.svrepdesign(d, type='JK1', mse=TRUE)"), estimator = "ratio", tol = 1e-7)
add("weights-frac", ST, "c(a=sum(weights(d)), b=max(weights(d))/min(weights(d)))", steps = cal("~stype+awards", ", calfun='logit', bounds=c(0.7,1.4)"), estimator = "weights", tol = 1e-6)

out <- list(generated_by = paste0("R ", getRversion(), ", survey ", packageVersion("survey")), count = length(cases), cases = cases)
writeLines(gsub("\\},\\{\"id\"", "},\n{\"id\"", toJSON(out, digits = NA, auto_unbox = TRUE, null = "null", na = "null")), "cases.json")

