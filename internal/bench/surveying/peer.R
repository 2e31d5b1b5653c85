# Evaluates the calls of a file with R's survey on the tables in a folder: peer.R FOLDER CALLS OUT
suppressMessages({library(survey); library(jsonlite)})
args <- commandArgs(TRUE)
calls <- fromJSON(args[2])
start <- proc.time()
kinds <- c(rep("numeric", 6), rep("factor", 4))
rows <- read.csv(file.path(args[1], "rows.csv"), colClasses = kinds)
small <- read.csv(file.path(args[1], "small.csv"), colClasses = kinds)
read <- (proc.time() - start)[["elapsed"]]
set.seed(1)
figures <- function(x) {
  if (inherits(x, c("survey.design", "svyrep.design"))) return(list())
  if (inherits(x, "htest")) return(list(estimates = I(as.numeric(c(x$statistic, x$p.value)))))
  list(estimates = I(as.numeric(coef(x))), errors = I(as.numeric(as.matrix(SE(x)))))
}
took <- lapply(seq_len(nrow(calls)), function(i) {
  gc(FALSE)
  e <- parse(text = calls$Text[i])
  before <- proc.time()
  x <- eval(e, globalenv())
  t <- proc.time() - before
  c(list(name = calls$Name[i], seconds = t[["elapsed"]], cpu_seconds = t[["user.self"]] + t[["sys.self"]]), figures(x))
})
status <- tryCatch(readLines("/proc/self/status"), error = function(e) character())
peak <- as.numeric(gsub("[^0-9]", "", grep("^VmHWM:", status, value = TRUE))) * 1024
all <- proc.time()
writeLines(toJSON(list(version = paste(R.version.string, "survey", packageVersion("survey")), read_seconds = read,
  cpu_seconds = all[["user.self"]] + all[["sys.self"]], wall_seconds = all[["elapsed"]],
  peak_bytes = if (length(peak)) peak else 0, calls = took), digits = NA, auto_unbox = TRUE), args[3])
