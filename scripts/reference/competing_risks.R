# Cumulative incidence, Gray's test and Fine-Gray regression from cmprsk. From the repository root:
#   Rscript scripts/reference/competing_risks.R
suppressMessages(library(cmprsk))
source("scripts/reference/csv.R")
script <- "scripts/reference/competing_risks.R"

# ---- Data: one layout for all; cause 0 is censored ----

layout <- function(time, cause, group, group4 = group, stratum = 0, x1 = 0, x2 = 0, x3 = 0, weight = 1) {
  data.frame(time, cause, group, group4, stratum, x1, x2, x3, weight)
}
example <- layout(time = c(1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 9:18),
                  cause = c(1, 0, 2, 1, 0, 2, 1, 0, 1, 2, 0, 1, 0, 2, 1, 0, 0, 1, 2, 0), group = rep(0:1, 10),
                  group4 = rep(0:3, 5), stratum = rep(c(0, 0, 1), length.out = 20),
                  x1 = (1:20 * 7) %% 11 / 4, x2 = (1:20 * 5) %% 3)
# Three causes, ties of all kinds, weights; group 0 ends with a censoring, group 1 with causes 1 and 2 at once.
ties <- layout(
  time = c(1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 6, 6, 6),
  cause = c(1, 2, 0, 1, 1, 3, 0, 1, 2, 1, 0, 0, 2, 1, 1, 3, 0, 0, 1, 2, 0, 1, 0, 2),
  group = c(0, 1, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1, 0, 1),
  group4 = c(0, 1, 2, 3, 3, 2, 1, 0, 0, 1, 2, 3, 0, 2, 1, 3, 0, 1, 2, 3, 1, 0, 3, 2),
  stratum = c(0, 1, 0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1),
  x1 = c(.5, -1.25, 2, .75, -.5, 1, 1.5, -2, .25, .5, -.75, 3, 1.25, -1, 0, 2.5, .5, -.25, 1, -1.5, .5, 0, .75, -.5),
  x2 = c(1, 0, 2, 2, 1, 0, 1, 2, 0, 0, 1, 2, 1, 0, 2, 1, 1, 0, 2, 0, 1, 2, 0, 1),
  weight = c(1, 2, 0, 3, 1, 1, 2, 0, 1, 3, 1, 1, 2, 0, 2, 1, 1, 3, 1, 0, 2, 1, 1, 2))
# Nobody is censored at the end: group 0 ends with an event of cause 1, group 1 with one of cause 2.
exhausted <- layout(time = c(2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9, 11), cause = c(1, 2, 1, 0, 2, 1, 1, 2, 1, 1, 1, 2),
                    group = c(0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1), group4 = c(0, 1, 2, 0, 1, 2, 2, 1, 0, 2, 1, 0))
quartile <- function(x) as.integer(cut(x, quantile(x), include.lowest = TRUE)) - 1
gammopathy <- with(mgus2, layout(ifelse(pstat == 1, ptime, futime), ifelse(pstat == 1, 1, 2 * death),
                                 as.integer(sex == "M"), quartile(age), as.integer(age > 70), age,
                                 as.integer(age > 80)))
known <- pbc[complete.cases(pbc[, c("trt", "stage")]), ]
cirrhosis <- with(known, layout(time, status, trt - 1, stage - 1, 2 * edema, log(bili), age, albumin))
wide <- merge(colon[colon$etype == 1, ], colon[colon$etype == 2, c("id", "time", "status")], by = "id")
recurrence <- with(wide, layout(ceiling(ifelse(status.x == 1, time.x, time.y) / 91),
                                ifelse(status.x == 1, 1, 2 * status.y), sex, as.integer(rx) - 1, extent - 1, node4,
                                age, surg))
data <- list(example = example, ties = ties, exhausted = exhausted, gammopathy = gammopathy, cirrhosis = cirrhosis,
             recurrence = recurrence)
for (name in names(data)) write_reference(data[[name]], sprintf("tests/reference/data/competing_%s.csv", name), script)

# Integer case weights are rows written out.
used_rows <- function(name, weighted) {
  d <- data[[name]]
  if (weighted) d[rep(seq_len(nrow(d)), d$weight), ] else d
}

# ---- Cumulative incidence; limits as tidycmprsk: F^exp(-+ z se / (F log F)), NaN written NA ----

incidence_rows <- function(name, subset, weighted, confidence) {
  d <- used_rows(name, weighted)
  if (subset != "all") d <- d[d$group == as.integer(subset), ]
  distinct <- sort(unique(d$time))
  last <- max(distinct)
  at <- sort(unique(c(distinct[1] / 2, distinct[ceiling(length(distinct) * c(.02, .1, .3, .5, .7, .9))],
                      mean(distinct[2:3]), last - .5, last, last + 1)))
  points <- timepoints(cuminc(d$time, d$cause), at)
  z <- qnorm(1 - (1 - confidence) / 2)
  do.call(rbind, lapply(seq_len(nrow(points$est)), function(k) {
    f <- unname(points$est[k, ])
    se <- sqrt(unname(points$var[k, ]))
    data.frame(data = name, subset, weighted = as.integer(weighted), confidence,
               cause = as.integer(sub(".* ", "", rownames(points$est)[k])), at, estimate = f,
               variance = unname(points$var[k, ]), lower = f^exp(-z * se / (f * log(f))),
               upper = f^exp(z * se / (f * log(f))))
  }))
}
rows <- list()
for (name in names(data)) for (subset in c("all", "0", "1")) for (weighted in c(FALSE, TRUE))
  for (confidence in c(.95, .9)) {
    if (weighted && name != "ties" || confidence == .9 && name != "cirrhosis") next
    rows <- c(rows, list(incidence_rows(name, subset, weighted, confidence)))
  }
write_reference(do.call(rbind, rows), "tests/reference/cumulative_incidence.csv", script)

# ---- Gray's test; cuminc gives -1 where the variance is singular: written NA ----

gray_rows <- function(name, grouping, stratified, rho, weighted) {
  d <- used_rows(name, weighted)
  strata <- if (stratified) d$stratum else rep(0, nrow(d))
  tests <- cuminc(d$time, d$cause, d[[grouping]], strata, rho = rho)$Tests
  statistic <- ifelse(tests[, "stat"] < 0, NA, tests[, "stat"])
  data.frame(data = name, grouping, stratified = as.integer(stratified), rho, weighted = as.integer(weighted),
             cause = as.integer(rownames(tests)), chi_square = statistic, df = tests[, "df"],
             p_value = pchisq(statistic, tests[, "df"], lower.tail = FALSE))
}
rows <- list()
for (name in names(data)) for (grouping in c("group", "group4")) for (stratified in c(FALSE, TRUE))
  for (rho in c(0, .5, 1, -1)) for (weighted in c(FALSE, TRUE)) {
    if (weighted && name != "ties" || stratified && name == "exhausted") next
    rows <- c(rows, list(gray_rows(name, grouping, stratified, rho, weighted)))
  }
write_reference(do.call(rbind, rows), "tests/reference/gray.csv", script)

# ---- Fine-Gray; one row a coefficient ----

# polished: crr stops where the score is below 1e-6 of the likelihood, and asking for less ends in its line search, by
# rounding. Newton steps from its own score and information, each taken as its start, lead to the maximum itself.
fine_gray_fit <- function(d, terms, cause, polished) {
  x <- as.matrix(d[, terms, drop = FALSE])
  fit <- crr(d$time, d$cause, x, failcode = cause, maxiter = 100)
  for (k in seq_len(3 * polished)) {
    fit <- crr(d$time, d$cause, x, failcode = cause, init = fit$coef + as.vector(fit$invinf %*% fit$score))
  }
  stopifnot(fit$converged, !polished || all(abs(fit$score) < 1e-9 * sqrt(diag(fit$inf))))
  fit
}
fine_gray_rows <- function(name, terms, cause, weighted, polished) {
  fit <- fine_gray_fit(used_rows(name, weighted), terms, cause, polished)
  data.frame(data = name, terms = paste(terms, collapse = "+"), cause, weighted = as.integer(weighted),
             polished = as.integer(polished), term = seq_along(terms) - 1, coefficient = unname(fit$coef),
             standard_error = sqrt(diag(fit$var)), covariance_with_first = fit$var[1, ], log_likelihood = fit$loglik,
             null_log_likelihood = fit$loglik.null)
}
models <- list(example = list("group", "x1", c("group", "x1", "x2")),
               ties = list("group", c("group", "x1"), c("x1", "x2")), exhausted = list("group"),
               gammopathy = list("group", c("group", "x1")),
               cirrhosis = list("group", c("x1", "x2"), c("group", "x1", "x2", "x3")),
               recurrence = list("group", c("x1", "x2", "x3")))
rows <- list()
for (name in names(models)) for (terms in models[[name]]) for (cause in 1:2) for (weighted in c(FALSE, TRUE))
  for (polished in c(FALSE, TRUE)) {
    if (weighted && name != "ties" || !polished && name != "example") next
    rows <- c(rows, list(fine_gray_rows(name, terms, cause, weighted, polished)))
  }
write_reference(do.call(rbind, rows), "tests/reference/fine_gray.csv", script)
