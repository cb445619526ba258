# What coxph and survfit report besides the fit: concordance, proportional-hazards tests, score residuals, robust
# variances, of rows (start, stop] too; and proportions of lesions nested in patients. From the repository root:
#   Rscript scripts/reference/cox_diagnostics.R
suppressMessages(library(survival))
source("scripts/reference/csv.R")
script <- "scripts/reference/cox_diagnostics.R"

# ---- Data: those of survival.R, and two larger ones in the same layout ----

layout <- function(time, event, group, group4, stratum, x1, x2, x3) {
  data.frame(time, event, group, group4, stratum, x1, x2, x3, weight = 1)
}
deaths <- subset(colon, etype == 2 & !is.na(nodes))
treated <- subset(pbc, !is.na(trt) & !is.na(stage))
added <- list(
  colon = with(deaths, layout(time, status, sex, as.integer(rx) - 1, extent - 1, age, nodes, surg)),
  pbc = with(treated, layout(time, as.integer(status == 2), trt - 1, stage - 1, stage - 1, age, bili, edema)))
for (name in names(added)) write_reference(added[[name]], sprintf("tests/reference/data/%s.csv", name), script)

# Three rows to a cluster; every third row's event is of cause 2.
data <- lapply(setNames(nm = c("aml", "veteran", "lung", "ovarian", "ties", "colon", "pbc")), function(name) {
  d <- read.csv(sprintf("tests/reference/data/%s.csv", name), comment.char = "#")
  row <- seq_len(nrow(d)) - 1
  d$cluster <- row %/% 3
  d$cause <- ifelse(d$event == 0, 0, ifelse(row %% 3 == 0, 2, 1))
  d
})
written_out <- function(d) d[rep(seq_len(nrow(d)), d$weight), ]
used_data <- function(name, weighted) if (weighted) written_out(data[[name]]) else data[[name]]
cox_formula <- function(terms, stratified) {
  as.formula(paste("Surv(time, event) ~", paste(terms, collapse = " + "), if (stratified) "+ strata(stratum)"),
             env = parent.frame())  # where the data are
}
# The smallest tolerances, so that coefficients are exact; toler.chol only has to be below eps.
exact <- coxph.control(eps = 1e-12, toler.chol = 1e-13)
has_strata <- setdiff(names(data), "aml")

# ---- Concordance: of one column as a prognosis, of the linear predictor of several as a risk ----

concordance_row <- function(name, terms, stratified, clustered, weighted) {
  d <- used_data(name, weighted)
  of_model <- length(terms) > 1
  if (of_model) d$marker <- coxph(cox_formula(terms, stratified), d, control = exact)$linear.predictors
  else d$marker <- d[[terms]]
  formula <- if (stratified) Surv(time, event) ~ marker + strata(stratum) else Surv(time, event) ~ marker
  # No more than 10 strata: counted one by one.
  fit <- if (clustered) concordance(formula, d, cluster = cluster, reverse = of_model)
         else concordance(formula, d, reverse = of_model)
  count <- if (is.matrix(fit$count)) colSums(fit$count) else fit$count
  if (of_model && !clustered) {
    of_fit <- coxph(cox_formula(terms, stratified), d, control = exact)$concordance
    stopifnot(all.equal(unname(of_fit[c("concordance", "std")]), unname(c(fit$concordance, sqrt(fit$var)))))
  }
  data.frame(data = name, terms = paste(terms, collapse = "+"), stratified = as.integer(stratified),
             clustered = as.integer(clustered), weighted = as.integer(weighted), concordant = count[["concordant"]],
             discordant = count[["discordant"]], tied_marker = count[["tied.x"]], tied_time = count[["tied.y"]],
             tied_both = count[["tied.xy"]], concordance = unname(fit$concordance), standard_error = sqrt(fit$var))
}
markers <- list(aml = list("group"), veteran = list("group", "x1", "x2", c("group", "x1", "x2")),
                lung = list("x1", "x3", c("group", "x1", "x3")), ovarian = list("x1", c("group", "x1", "x2")),
                ties = list("group", "x1", "x2", c("group", "x1", "x2")), colon = list("x2", c("group", "x1", "x2")),
                pbc = list("x2", "x3", c("x1", "x2", "x3")))
rows <- list()
for (name in names(markers)) for (terms in markers[[name]]) for (stratified in c(FALSE, TRUE))
  for (clustered in c(FALSE, TRUE)) for (weighted in c(FALSE, TRUE)) {
    if (weighted && name != "ties" || stratified && !name %in% has_strata) next
    if (stratified && name == "ovarian" && "x2" %in% terms) next  # the stratum itself
    rows <- c(rows, list(concordance_row(name, terms, stratified, clustered, weighted)))
  }
write_reference(do.call(rbind, rows), "tests/reference/concordance.csv", script)

# ---- Proportional hazards; one row a term and one for all. factor: group4 as one term of several columns ----

zph_rows <- function(name, terms, ties, stratified, transform, weighted) {
  d <- used_data(name, weighted)
  fit <- coxph(cox_formula(sub("factor", "factor(group4)", terms), stratified), d, ties = ties, control = exact)
  table <- cox.zph(fit, transform = transform)$table
  data.frame(data = name, terms = paste(terms, collapse = "+"), ties, stratified = as.integer(stratified), transform,
             weighted = as.integer(weighted), term = c(seq_along(terms) - 1, "global"), chi_square = table[, "chisq"],
             df = table[, "df"], p_value = table[, "p"])
}
models <- list(aml = list("group"),
               veteran = list("group", c("group", "x1"), c("group", "x1", "x2"), c("factor", "x1")),
               lung = list(c("group", "x1", "x3")), ovarian = list("group", c("group", "x1")),
               ties = list("group", c("group", "x1", "x2"), c("factor", "x1")), pbc = list(c("x1", "x2", "x3")))
rows <- list()
for (name in names(models)) for (terms in models[[name]]) for (ties in c("efron", "breslow"))
  for (stratified in c(FALSE, TRUE)) for (transform in c("km", "identity", "rank", "log"))
    for (weighted in c(FALSE, TRUE)) {
      if (weighted && name != "ties" || stratified && !name %in% has_strata) next
      if (stratified && name == "veteran" && "factor" %in% terms) next  # the stratum itself
      rows <- c(rows, list(zph_rows(name, terms, ties, stratified, transform, weighted)))
    }
write_reference(do.call(rbind, rows), "tests/reference/proportional_hazards.csv", script)

# ---- Robust variances; one row a coefficient. And residuals; one row a patient and coefficient ----

robust_rows <- function(name, terms, ties, stratified, clustered, weighted) {
  d <- used_data(name, weighted)
  if (!clustered) d$cluster <- seq_len(nrow(d))
  fit <- coxph(cox_formula(terms, stratified), d, ties = ties, cluster = cluster, control = exact)
  data.frame(data = name, terms = paste(terms, collapse = "+"), ties, stratified = as.integer(stratified),
             clustered = as.integer(clustered), weighted = as.integer(weighted), term = seq_along(terms) - 1,
             naive_standard_error = sqrt(diag(fit$naive.var)), standard_error = sqrt(diag(fit$var)),
             covariance_with_first = fit$var[1, ], wald_test = unname(fit$wald.test), score_test = fit$rscore)
}
models$veteran <- list("group", c("group", "x1", "x2"))
models$ties <- list("group", c("group", "x1", "x2"))
models$colon <- list(c("group", "x1", "x2"))
rows <- list()
for (name in names(models)) for (terms in models[[name]]) for (ties in c("efron", "breslow"))
  for (stratified in c(FALSE, TRUE)) for (clustered in c(FALSE, TRUE)) for (weighted in c(FALSE, TRUE)) {
    if (weighted && name != "ties" || stratified && !name %in% has_strata) next
    rows <- c(rows, list(robust_rows(name, terms, ties, stratified, clustered, weighted)))
  }
write_reference(do.call(rbind, rows), "tests/reference/robust_variance.csv", script)

residual_rows <- function(name, terms, ties, stratified) {
  fit <- coxph(cox_formula(terms, stratified), data[[name]], ties = ties, control = exact)
  score <- as.matrix(residuals(fit, type = "score"))
  dfbeta <- as.matrix(residuals(fit, type = "dfbeta"))
  at <- expand.grid(row = seq_len(nrow(score)), term = seq_along(terms))
  data.frame(data = name, terms = paste(terms, collapse = "+"), ties, stratified = as.integer(stratified),
             row = at$row - 1, term = at$term - 1, score = c(score), dfbeta = c(dfbeta))
}
rows <- list()
for (ties in c("efron", "breslow")) for (stratified in c(FALSE, TRUE)) {
  rows <- c(rows, list(residual_rows("ties", c("group", "x1"), ties, stratified),
                       residual_rows("veteran", c("group", "x1"), ties, stratified)))
}
write_reference(do.call(rbind, rows), "tests/reference/score_residuals.csv", script)

# ---- The same of rows (start, time] of patients: covariates that change ----

# heart: transplanted or not; veteran: cut every 60 days, with a covariate that falls; pbc: bilirubin at each visit.
cut <- survSplit(Surv(time, status) ~ ., transform(veteran, id = seq_along(time)), cut = seq(60, 480, 60),
                 episode = "piece")
visits <- with(pbcseq, data.frame(id, start = day, time = c(day[-1], NA), event = 0, stratum = trt, x1 = age,
                                  x2 = log(bili), x3 = edema))
last <- !duplicated(pbcseq$id, fromLast = TRUE)
visits$time[last] <- pbcseq$futime[last]
visits$event[last] <- as.integer(pbcseq$status[last] == 2)
counting <- list(
  heart = with(heart, data.frame(id, start, time = stop, event, stratum = surgery, x1 = age, x2 = year,
                                 x3 = as.integer(transplant) - 1)),
  veteran = with(cut, data.frame(id, start = tstart, time, event = status, stratum = as.integer(celltype) - 1,
                                 x1 = trt - 1, x2 = karno - 5 * piece, x3 = age)),
  pbc = subset(visits, start < time & id <= 150))
for (name in names(counting))
  write_reference(counting[[name]], sprintf("tests/reference/data/counting_%s.csv", name), script)

counting_rows <- function(name, terms, ties, stratified) {
  d <- counting[[name]]
  formula <- as.formula(paste("Surv(start, time, event) ~", paste(terms, collapse = " + "),
                              if (stratified) "+ strata(stratum)"))
  fit <- coxph(formula, d, ties = ties, cluster = id, control = exact)
  by_row <- coxph(formula, transform(d, row = seq_along(id)), ties = ties, cluster = row, control = exact)
  plain <- coxph(formula, d, ties = ties, control = exact)
  d$marker <- plain$linear.predictors
  of_marker <- if (stratified) Surv(start, time, event) ~ marker + strata(stratum)
               else Surv(start, time, event) ~ marker
  c_index <- concordance(of_marker, d, cluster = id, reverse = TRUE)
  c_by_row <- concordance(of_marker, d, reverse = TRUE)
  stopifnot(all.equal(unname(plain$concordance["std"]), sqrt(c_by_row$var)))
  count <- if (is.matrix(c_index$count)) colSums(c_index$count) else c_index$count
  one <- function(what, value) data.frame(what, term = seq_along(value) - 1, value = unname(value))
  values <- rbind(
    one("coefficient", coef(fit)), one("naive_standard_error", sqrt(diag(fit$naive.var))),
    one("standard_error", sqrt(diag(fit$var))), one("covariance_with_first", fit$var[1, ]),
    one("wald_test", fit$wald.test), one("score_test", fit$rscore),
    one("row_standard_error", sqrt(diag(by_row$var))), one("row_score_test", by_row$rscore),
    one("concordant", count[["concordant"]]), one("discordant", count[["discordant"]]),
    one("tied_marker", count[["tied.x"]]), one("tied_time", count[["tied.y"]]), one("tied_both", count[["tied.xy"]]),
    one("concordance", c_index$concordance), one("concordance_standard_error", sqrt(c_index$var)),
    one("row_concordance_standard_error", sqrt(c_by_row$var)))
  for (transform in c("km", "identity", "rank", "log"))
    values <- rbind(values, one(paste0("zph_", transform), cox.zph(plain, transform = transform)$table[, "chisq"]))
  cbind(data = name, terms = paste(terms, collapse = "+"), ties, stratified = as.integer(stratified), values)
}
rows <- list()
for (name in names(counting)) for (terms in list("x2", c("x1", "x2", "x3"))) for (ties in c("efron", "breslow"))
  for (stratified in c(FALSE, TRUE)) rows <- c(rows, list(counting_rows(name, terms, ties, stratified)))
write_reference(do.call(rbind, rows), "tests/reference/counting_process.csv", script)

# ---- Kaplan-Meier and cumulative incidence with robust standard errors ----

intervals <- c(log = "log", log_log = "log-log", plain = "plain", logit = "logit", arcsine = "arcsin")
times_of <- function(d) {
  distinct <- sort(unique(d$time))
  sort(unique(c(distinct[ceiling(length(distinct) * c(.05, .25, .5, .75, .95))], mean(distinct[1:2]), max(distinct))))
}
robust_survival_rows <- function(name, clustered, weighted, interval) {
  d <- used_data(name, weighted)
  if (!clustered) d$cluster <- seq_len(nrow(d))
  fit <- survfit(Surv(time, event) ~ 1, d, cluster = cluster, robust = TRUE, conf.type = intervals[[interval]])
  s <- summary(fit, times = times_of(d))
  q <- quantile(fit, c(.25, .5, .75))
  label <- data.frame(data = name, clustered = as.integer(clustered), weighted = as.integer(weighted), interval)
  rbind(cbind(label, what = "survival", at = s$time, estimate = s$surv, standard_error = s$std.err, lower = s$lower,
              upper = s$upper),
        cbind(label, what = "quantile", at = c(.25, .5, .75), estimate = unname(q$quantile), standard_error = NA,
              lower = unname(q$lower), upper = unname(q$upper)))
}
# survfit of several states takes no notice of `cluster` in this version: its influence functions are summed here, and
# there are limits only without clusters.
robust_incidence_rows <- function(name, clustered, weighted, interval) {
  d <- used_data(name, weighted)
  fit <- survfit(Surv(time, factor(cause, 0:2)) ~ 1, d, influence = TRUE, conf.type = intervals[[interval]])
  at <- times_of(d)
  column <- findInterval(at, fit$time)
  cluster <- if (clustered) d$cluster else seq_len(nrow(d))
  label <- data.frame(data = name, clustered = as.integer(clustered), weighted = as.integer(weighted), interval)
  offset <- dim(fit$influence.pstate)[2] - length(fit$time)  # a first column for time 0
  do.call(rbind, lapply(1:2, function(cause) {
    influence <- matrix(fit$influence.pstate[, column + offset, cause + 1], nrow(d))
    limit <- function(x) if (clustered) NA else matrix(x, length(fit$time))[column, cause + 1]
    cbind(label, what = paste0("cause", cause), at, estimate = fit$pstate[column, cause + 1],
          standard_error = sqrt(colSums(rowsum(influence, cluster)^2)), lower = limit(fit$lower),
          upper = limit(fit$upper))
  }))
}
rows <- list()
for (name in c("aml", "veteran", "lung", "ties", "pbc")) for (clustered in c(FALSE, TRUE))
  for (weighted in c(FALSE, TRUE)) for (interval in names(intervals)) {
    if (weighted && name != "ties") next
    rows <- c(rows, list(robust_survival_rows(name, clustered, weighted, interval)))
    if (!clustered || interval == "log") {
      rows <- c(rows, list(robust_incidence_rows(name, clustered, weighted, interval)))
    }
  }
write_reference(do.call(rbind, rows), "tests/reference/robust_survival.csv", script)

# ---- Proportion of lesions nested in patients: logistic regression on lesions with the sandwich over patients ----

cluster_rows <- function(successes, trials) {
  patient <- rep(seq_along(trials), trials)
  success <- unlist(mapply(function(x, n) rep(c(1, 0), c(x, n - x)), successes, trials, SIMPLIFY = FALSE))
  fit <- glm(success ~ 1, binomial, control = glm.control(epsilon = 1e-14, maxit = 50))
  p <- sum(successes) / sum(trials)  # fitted(fit), to the last digit
  bread <- 1 / (length(success) * p * (1 - p))
  meat <- sum(rowsum(success - p, patient)^2)
  stopifnot(all.equal(unname(fitted(fit)[1]), p), all.equal(summary(fit)$cov.unscaled[1, 1], bread))
  m <- length(unique(patient))
  rows <- expand.grid(interval = c("logit", "wald"), few_clusters = 0:1, student_t = 0:1, confidence = c(.9, .95),
                      stringsAsFactors = FALSE)
  logit_se <- sqrt(bread^2 * meat * ifelse(rows$few_clusters == 1, m / (m - 1), 1))
  tail <- (1 - rows$confidence) / 2
  width <- ifelse(rows$student_t == 1, qt(1 - tail, m - 1), qnorm(1 - tail))
  limit <- function(sign) ifelse(rows$interval == "logit", plogis(qlogis(p) + sign * width * logit_se),
                                 pmin(1, pmax(0, p + sign * width * logit_se * p * (1 - p))))
  data.frame(successes = paste(successes, collapse = " "), trials = paste(trials, collapse = " "), rows, estimate = p,
             standard_error = logit_se * p * (1 - p), lower = limit(-1), upper = limit(1))
}
write_reference(rbind(cluster_rows(c(1, 0, 2, 3, 1), c(2, 1, 2, 4, 1)),
                      cluster_rows(c(1, 1, 0, 2, 0, 1, 3, 2, 0, 1, 0, 2), c(1, 2, 1, 3, 1, 1, 5, 2, 4, 1, 2, 2)),
                      cluster_rows(c(0, 1), c(1, 3)),
                      cluster_rows(c(5, 4, 0, 2, 3), c(5, 5, 0, 2, 3))),
                "tests/reference/cluster_proportion.csv", script)
