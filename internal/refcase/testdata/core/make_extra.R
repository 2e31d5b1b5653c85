# Calls of other forms, in the format of refcase.R. Run in this folder: Rscript make_extra.R
source("refcase.R")
data(api)
apistrat$dnum <- as.numeric(apistrat$dnum); apistrat$cname <- NULL
write_data(apistrat, "data/apistrat.csv"); write_data(apiclus1, "data/apiclus1.csv")
STR <- list(data = "apistrat", ids = "1", strata = "stype", weights = "pw", fpc = "fpc")
C1 <- list(data = "apiclus1", ids = "dnum", weights = "pw", fpc = "fpc")
S <- c("svymean(~api00, d[apistrat$stype!=\"E\",])", "svyratio(numerator=~api.stu, denominator=~enroll, design=d)", "svyby(formula=~api00, by=~stype, design=d, FUN=svymean)",
 "svyby(~api00+api99, ~stype+awards, d, svytotal)", "svyby(~interaction(awards,comp.imp), ~stype, d, svymean)", "svymean(~interaction(stype,awards,drop=TRUE), d)",
 "svymean(~factor(stype, levels=c(\"M\",\"H\",\"E\")), d)", "svymean(~relevel(factor(stype),ref=\"H\"), d)", "svymean(~as.numeric(stype==\"E\"), d)", "svymean(~(api00>700), d)",
 "svymean(~I(api00-mean(api00)), d)", "svytotal(~I(1*(api00>600 & meals<50)), d)", "svytotal(~pw, d)", "svytotal(~I(rep(1,200)), d)", "svymean(~api00*stype, d)", "svymean(~api00:api99, d)",
 "sqrt(diag(vcov(svymean(~api00+meals, d))))", "SE(svyratio(~api.stu, ~enroll, d))", "coef(svyratio(~api.stu+api00, ~enroll, d))", "c(a=unname(coef(svymean(~api00, d))), b=2)", "as.numeric(SE(svymean(~api00,d)))",
 "confint(svymean(~api00, d), df=degf(d))", "confint(svytotal(~stype, d), level=.99, df=20)", "vcov(svyratio(~api.stu+api00, ~enroll, d, covmat=TRUE))", "svyby(~api00, ~stype, d, svymean, vartype=\"var\")", "svyby(~api00, ~stype, d, svymean, vartype=\"cv\")",
 "svyby(~api00, ~stype, d, svymean, vartype=\"cvpct\")", "svyby(~api.stu, ~stype, d, svyratio, denominator=~enroll)", "svyby(~api.stu, ~stype, d, svyratio, denominator=~enroll, covmat=TRUE)", "svycontrast(svyby(~api.stu, ~stype, d, svyratio, denominator=~enroll, covmat=TRUE), quote(E-H))",
 "svycontrast(svymean(~api00+api99, d), c(api00=1))", "svycontrast(svytotal(~stype, d), quote(stypeE/(stypeE+stypeH+stypeM)))", "svycontrast(svymean(~api00+api99, d), list(gain=c(1,-1)), add=TRUE)",
 "svycontrast(svymean(~stype, d), list(x=quote(log(stypeE/stypeH)), y=quote(stypeE^2)))", "svyvar(~api00+api99+meals, d)", "cv(svytotal(~enroll, d, na.rm=TRUE))", "deff(svymean(~api00+stype, d, deff=TRUE))", "deff(svytotal(~api00+stype, d, deff=\"replace\"))",
 "svymean(~stype, d, deff=TRUE)", "svytotal(~stype, d, deff=TRUE)", "svymean(~api00, subset(d, api00>mean(api00)))", "svytotal(~enroll, subset(d, !is.na(enroll)))", "as.data.frame(svytable(~stype+awards+comp.imp, d))", "as.data.frame(svytable(~stype, subset(d, awards==\"Yes\")))",
 "svytable(~awards+comp.imp, d)", "sum(svytable(~stype, d))", "degf(subset(d, stype==\"E\"))", "weights(d)[1:5]", "range(weights(d))", "length(weights(subset(d, stype==\"H\")))", "svyby(~api00, ~stype, subset(d, awards==\"Yes\"), svymean, deff=TRUE)",
 "svymean(~log(api00), d, na.rm=TRUE)", "svymean(~cut(meals, c(-1,25,50,75,100), labels=c(\"a\",\"b\",\"c\",\"d\")), d)", "svymean(~cut(api00, breaks=c(0,600,1000), right=FALSE), d)", "as.data.frame(svyby(~api00, ~stype, d, svymean))", "svyratio(~api.stu, ~enroll, d, deff=TRUE)",
 "svyby(~api00, ~stype, d, svymean, na.rm=TRUE, deff=\"replace\")", "svyby(~enroll, ~stype+comp.imp, d, svytotal, na.rm=TRUE, keep.names=FALSE)", "svyratio(~I(api.stu>300), ~I(enroll>400), d)", "svytotal(apistrat[,c(\"api00\",\"api99\")], d)",
 "svymean(cbind(a=apistrat$api00, b=apistrat$api99), d)", "svyby(~api00, ~stype, d, svymean, drop.empty.groups=FALSE)", "mean(weights(d))", "var(weights(d))", 
 "svytotal(~stype, d, na.rm=TRUE)[1:2]", "coef(svymean(~stype, d))[\"stypeH\"]", "round(coef(svymean(~api00, d)), 2)", "svymean(~api00, update(d, x=1))", "exp(coef(svymean(~api00,d))/100)", "svytable(~stype, d, Ntotal=100)", "prop.table(svytable(~stype+awards, d))")
i <- 0
for (s in S) { i <- i + 1; try(add(sprintf("x%02d", i), STR, s, estimator = "x")) }
finish("extra.json")
