# Kaplan-Meier, log-rank and Cox reference values from R survival. From the repository root:
#   Rscript scripts/reference/survival.R
suppressMessages(library(survival))
source("scripts/reference/csv.R")
script <- "scripts/reference/survival.R"

# ---- Data: one layout for all, so that one reader serves every test ----

layout <- function(time, event, group, group4 = group, stratum = 0, x1 = 0, x2 = 0, x3 = 0, weight = 1) {
  data.frame(time, event, group, group4, stratum, x1, x2, x3, weight)
}
ties <- layout(
  time = c(1, 1, 1, 1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 5, 5, 5, 6, 6, 6),
  event = c(1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 0, 1, 0, 0),
  group = c(0, 1, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1, 0, 1),
  group4 = c(0, 1, 2, 3, 3, 2, 1, 0, 0, 1, 2, 3, 0, 2, 1, 3, 0, 1, 2, 3, 1, 0, 3, 2),
  stratum = c(0, 1, 0, 1, 1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 0, 1),
  x1 = c(.5, -1.25, 2, .75, -.5, 1, 1.5, -2, .25, .5, -.75, 3, 1.25, -1, 0, 2.5, .5, -.25, 1, -1.5, .5, 0, .75, -.5),
  x2 = c(1, 0, 2, 2, 1, 0, 1, 2, 0, 0, 1, 2, 1, 0, 2, 1, 1, 0, 2, 0, 1, 2, 0, 1),
  x3 = c(3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4, 6, 2, 6, 4),
  weight = c(1, 2, 0, 3, 1, 1, 2, 0, 1, 3, 1, 1, 2, 0, 2, 1, 1, 3, 1, 0, 2, 1, 1, 0))
flat <- layout(time = c(1, 2, 3, 4, 5, 6), event = c(1, 1, 1, 0, 0, 0), group = c(0, 1, 0, 1, 0, 1))
midpoint <- layout(time = c(2, 4, 6, 8), event = 1, group = c(0, 1, 0, 1))
edges <- layout(time = c(1, 2, 3, 3, 5, 8), event = c(0, 1, 1, 0, 1, 1), group = c(0, 0, 1, 0, 1, 1))
complete_lung <- lung[complete.cases(lung[, c("time", "status", "sex", "age", "ph.ecog", "ph.karno")]), ]
data <- list(
  aml = with(aml, layout(time, status, as.integer(x == "Nonmaintained"))),
  veteran = with(veteran, layout(time, status, trt - 1, as.integer(celltype) - 1, as.integer(celltype) - 1,
                                 karno, age, diagtime)),
  lung = with(complete_lung, layout(time, status - 1, sex - 1, ph.ecog, pmin(ph.ecog, 2), age, ph.ecog, ph.karno)),
  ovarian = with(ovarian, layout(futime, fustat, rx - 1, stratum = resid.ds - 1, x1 = age, x2 = resid.ds - 1,
                                 x3 = ecog.ps - 1)),
  ties = ties, flat = flat, midpoint = midpoint, edges = edges)
for (name in names(data)) write_reference(data[[name]], sprintf("tests/reference/data/%s.csv", name), script)

# Integer case weights are rows written out.
written_out <- function(d) d[rep(seq_len(nrow(d)), d$weight), ]

# ---- Kaplan-Meier ----

intervals <- c(log = "log", log_log = "log-log", plain = "plain", logit = "logit", arcsine = "arcsin")

kaplan_meier_rows <- function(name, d, subset, reverse, weighted, interval, confidence) {
  used <- if (subset == "all") d else d[d$group == as.integer(subset), ]
  if (weighted) used <- written_out(used)
  if (reverse) used$event <- 1 - used$event
  fit <- survfit(Surv(time, event) ~ 1, used, conf.type = intervals[[interval]], conf.int = confidence)
  distinct <- sort(unique(used$time))
  at <- unique(c(distinct[1] / 2, distinct[ceiling(length(distinct) * c(.05, .25, .5, .75, .95))],
                 mean(distinct[1:2]), max(distinct)))
  s <- summary(fit, times = sort(at))
  q <- quantile(fit, c(.25, .5, .75))
  label <- data.frame(data = name, subset, reverse = as.integer(reverse), weighted = as.integer(weighted), interval,
                      confidence)
  rbind(cbind(label, what = "survival", at = s$time, estimate = s$surv, standard_error = s$std.err, lower = s$lower,
              upper = s$upper),
        cbind(label, what = "quantile", at = c(.25, .5, .75), estimate = unname(q$quantile), standard_error = NA,
              lower = unname(q$lower), upper = unname(q$upper)))
}
rows <- list()
for (name in names(data)) for (subset in c("all", "0", "1")) for (interval in names(intervals))
  for (reverse in c(FALSE, TRUE)) {
    if (reverse && interval != "log") next
    rows <- c(rows, list(kaplan_meier_rows(name, data[[name]], subset, reverse, FALSE, interval, .95)))
    if (name == "ties") rows <- c(rows, list(kaplan_meier_rows(name, ties, subset, reverse, TRUE, interval, .95)))
    if (name == "ovarian") rows <- c(rows, list(kaplan_meier_rows(name, data$ovarian, subset, reverse, FALSE,
                                                                  interval, .9)))
  }
write_reference(do.call(rbind, rows), "tests/reference/kaplan_meier.csv", script)

# ---- Log-rank ----

log_rank_row <- function(name, grouping, stratified, rho, weighted) {
  d <- if (weighted) written_out(data[[name]]) else data[[name]]
  d$g <- d[[grouping]]
  formula <- if (stratified) Surv(time, event) ~ g + strata(stratum) else Surv(time, event) ~ g
  fit <- survdiff(formula, d, rho = rho)
  total <- function(x) if (is.matrix(x)) rowSums(x) else x
  data.frame(data = name, grouping, stratified = as.integer(stratified), rho, weighted = as.integer(weighted),
             chi_square = fit$chisq, df = length(fit$n) - 1, p_value = fit$pvalue, observed_1 = total(fit$obs)[1],
             expected_1 = total(fit$exp)[1], variance_11 = fit$var[1, 1], variance_12 = fit$var[1, 2])
}
rows <- list()
for (name in c("aml", "veteran", "lung", "ovarian", "ties")) for (grouping in c("group", "group4"))
  for (stratified in c(FALSE, TRUE)) for (rho in c(0, .5, 1)) for (weighted in c(FALSE, TRUE)) {
    if (weighted && name != "ties") next
    if (grouping == "group4" && name %in% c("aml", "ovarian")) next
    if (stratified && (name == "aml" || name == "veteran" && grouping == "group4")) next
    if (stratified && name == "lung" && grouping == "group4") next
    rows <- c(rows, list(log_rank_row(name, grouping, stratified, rho, weighted)))
  }
write_reference(do.call(rbind, rows), "tests/reference/log_rank.csv", script)

# ---- Cox; one row a coefficient. eps: the stopping tolerance given to coxph.control ----

cox_rows <- function(name, terms, ties, stratified, weighted, eps) {
  d <- if (weighted) written_out(data[[name]]) else data[[name]]
  formula <- as.formula(paste("Surv(time, event) ~", paste(terms, collapse = " + "),
                              if (stratified) "+ strata(stratum)" else ""))
  # toler.chol only has to be below eps for R to accept it; no row here is near singular.
  fit <- coxph(formula, d, ties = ties, control = coxph.control(eps = eps, toler.chol = min(1.8e-12, eps / 10)))
  lrt <- 2 * diff(fit$loglik)
  data.frame(data = name, terms = paste(terms, collapse = "+"), ties, stratified = as.integer(stratified),
             weighted = as.integer(weighted), eps, term = seq_along(terms) - 1, coefficient = unname(coef(fit)),
             standard_error = sqrt(diag(fit$var)), null_log_likelihood = fit$loglik[1], log_likelihood = fit$loglik[2],
             score_test = fit$score, wald_test = unname(fit$wald.test), likelihood_ratio_test = lrt,
             covariance_with_first = fit$var[1, ], iterations = fit$iter)
}
models <- list(
  aml = list("group"),
  veteran = list("group", "x1", c("group", "x1"), c("group", "x1", "x2")),
  lung = list("group", c("group", "x1"), c("group", "x1", "x3")),
  ovarian = list("group", "x1", c("x1", "group", "x2")),
  ties = list("group", "x1", c("group", "x1"), c("group", "x1", "x2")))
rows <- list()
for (name in names(models)) for (terms in models[[name]]) for (ties_kind in c("efron", "breslow"))
  for (stratified in c(FALSE, TRUE)) for (weighted in c(FALSE, TRUE)) for (eps in c(1e-9, 1e-12)) {
    if (weighted && name != "ties") next
    if (stratified && name == "aml" || stratified && name == "ovarian" && "x2" %in% terms) next
    rows <- c(rows, list(cox_rows(name, terms, ties_kind, stratified, weighted, eps)))
  }
write_reference(do.call(rbind, rows), "tests/reference/cox.csv", script)
