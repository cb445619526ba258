# The oracles of `oligosim selftest` that R gives: survival on its own data sets, boundaries from rpact. From the
# repository root:
#   Rscript scripts/reference/selftest.R
suppressMessages({library(survival); library(rpact)})
source("scripts/reference/csv.R")
folder <- "configs/selftest/"

write_table <- function(frame, name) {
  numeric_columns <- vapply(frame, is.numeric, logical(1))
  frame[numeric_columns] <- lapply(frame[numeric_columns], written_number)
  write.csv(frame, paste0(folder, name), row.names = FALSE, quote = FALSE)
}

rows <- list()
add <- function(analysis, parameter, group = "", term = "", at = NA, interval = "", estimate = NA, standard_error = NA,
                lower = NA, upper = NA, statistic = NA, df = NA, p_value = NA, tolerance = 1e-8)
  rows[[length(rows) + 1]] <<- data.frame(analysis, parameter, group, term, at, interval, estimate, standard_error,
                                          lower, upper, statistic, df, p_value, tolerance)
write_rows <- function(name) {
  write_table(do.call(rbind, rows), name)
  rows <<- list()
}

curve <- function(analysis, time, status, group, months, unit, kinds) {
  for (interval in kinds) {
    fit <- survfit(Surv(time, status) ~ 1, conf.type = sub("_", "-", interval))
    s <- summary(fit, times = months * unit)
    for (k in seq_along(months))
      add(analysis, "survival", group, at = months[k], interval = interval, estimate = s$surv[k],
          standard_error = s$std.err[k], lower = s$lower[k], upper = s$upper[k])
    q <- quantile(fit, c(.25, .5, .75))
    for (k in 1:3)
      add(analysis, "quantile", group, at = c(.25, .5, .75)[k], interval = interval,
          estimate = unname(q$quantile[k]) / unit, lower = unname(q$lower[k]) / unit, upper = unname(q$upper[k]) / unit)
  }
}
log_rank <- function(analysis, term, formula, data) {
  test <- survdiff(formula, data)
  df <- length(test$n) - 1
  if (!is.null(test$strata)) df <- nrow(as.matrix(test$obs)) - 1
  add(analysis, "log_rank", term = term, statistic = test$chisq, df = df, p_value = pchisq(test$chisq, df, lower.tail = FALSE))
}
cox <- function(analysis, formula, data, ties, terms) {
  fit <- coxph(formula, data, ties = ties, control = coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 50))
  s <- summary(fit)
  for (k in seq_along(terms))
    add(analysis, "hazard_ratio", term = terms[k], interval = "wald", estimate = s$coefficients[k, "exp(coef)"],
        standard_error = s$coefficients[k, "se(coef)"], lower = s$conf.int[k, "lower .95"],
        upper = s$conf.int[k, "upper .95"], statistic = s$coefficients[k, "z"],
        p_value = s$coefficients[k, "Pr(>|z|)"], tolerance = 1e-7)
  tests <- list(likelihood_ratio_test = s$logtest, wald_test = c(fit$wald.test, length(terms), s$waldtest[3]),
                score_test = s$sctest)
  for (name in names(tests))
    add(analysis, name, statistic = unname(tests[[name]][1]), df = unname(tests[[name]][2]),
        p_value = pchisq(unname(tests[[name]][1]), length(terms), lower.tail = FALSE), tolerance = 1e-7)
  add(analysis, "log_likelihood", estimate = fit$loglik[2], tolerance = 1e-9)
}

write_table(transform(aml, x = as.character(x)), "aml.csv")
for (g in levels(aml$x)) with(aml[aml$x == g, ], curve("curve", time, status, g, c(12, 24), 1, c("log", "log_log")))
log_rank("log_rank", "x", Surv(time, status) ~ x, aml)
cox("efron", Surv(time, status) ~ x, aml, "efron", "x=Nonmaintained")
cox("breslow", Surv(time, status) ~ x, aml, "breslow", "x=Nonmaintained")
write_rows("aml_r.csv")

write_table(veteran[c("trt", "celltype", "time", "status", "karno", "age")], "veteran.csv")
with(veteran, curve("curve", time, status, "", c(3, 6, 12), 30, c("plain", "log", "log_log")))
log_rank("by_cell", "celltype", Surv(time, status) ~ celltype, veteran)
log_rank("stratified", "trt", Surv(time, status) ~ trt + strata(celltype), veteran)
cox("three_terms", Surv(time, status) ~ trt + karno + age, veteran, "efron", c("trt", "karno", "age"))
cox("by_cell_cox", Surv(time, status) ~ celltype, veteran, "breslow", paste0("celltype=", levels(veteran$celltype)[-1]))
write_rows("veteran_r.csv")

designs <- list(list("obrien_fleming", .025, c(.5, 1)), list("obrien_fleming", .025, c(1, 2, 3) / 3),
                list("obrien_fleming", .05, (1:5) / 5), list("pocock", .025, c(.5, 1)), list("pocock", .05, (1:4) / 4))
for (d in designs) {
  design <- getDesignGroupSequential(kMax = length(d[[3]]), alpha = d[[2]], sided = 1, informationRates = d[[3]],
                                     typeOfDesign = c(obrien_fleming = "asOF", pocock = "asP")[[d[[1]]]],
                                     tolerance = 1e-10)
  rows[[length(rows) + 1]] <- data.frame(spending = d[[1]], alpha = d[[2]], design = length(rows) + 1,
                                         information = d[[3]], boundary = design$criticalValues, tolerance = 1e-6)
}
write_rows("boundaries.csv")
