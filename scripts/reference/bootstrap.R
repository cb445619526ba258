# Bootstrap intervals from R boot on resamples that are written beside them. From the repository root:
#   Rscript scripts/reference/bootstrap.R
suppressMessages({library(boot); library(survival)})
source("scripts/reference/csv.R")
script <- "scripts/reference/bootstrap.R"
set.seed(20250611)

resamples <- 399
sets <- list(aml = survival::aml, ovarian = survival::ovarian)
data <- list(
  aml = with(sets$aml, data.frame(time, event = status, group = as.integer(x == "Nonmaintained"))),
  ovarian = with(sets$ovarian, data.frame(time = futime, event = fustat, group = rx - 1, x = age)))
data$aml$x <- data$aml$time

median_time <- function(d) unname(quantile(survfit(Surv(time, event) ~ 1, d), .5)$quantile)
log_ratio <- function(d) {
  fit <- suppressWarnings(coxph(Surv(time, event) ~ group, d, control = coxph.control(eps = 1e-12, toler.chol = 1e-13)))
  # Without a finite maximum, or a group without events, there is no value.
  degenerate <- any(tapply(d$event, factor(d$group, 0:1), sum, default = 0) == 0) || fit$var[1, 1] > 1e3
  if (degenerate) c(NA, NA) else c(unname(coef(fit)), fit$var[1, 1])
}
mean_value <- function(d) c(mean(d$x), var(d$x) / nrow(d))
statistics <- list(mean = mean_value, median = function(d) c(median_time(d), NA), log_hazard_ratio = log_ratio)

limits <- function(name, statistic_name, stratified, conf) {
  d <- data[[name]]
  strata <- if (stratified) d$group + 1 else rep(1, nrow(d))
  statistic <- statistics[[statistic_name]]
  f <- function(d, i) statistic(d[i, ])
  b <- boot(d, f, resamples, strata = strata)
  # boot.array gives how often each row is in each resample: the weights of the other side.
  written <- cbind(data.frame(data = name, statistic = statistic_name, stratified = as.integer(stratified),
                              resample = seq_len(resamples), value = b$t[, 1], variance = b$t[, 2]),
                   setNames(as.data.frame(boot.array(b)), sprintf("w%d", seq_len(nrow(d)))))
  first <- function(d, i) statistic(d[i, ])[1]
  influence <- empinf(data = d, statistic = first, type = "jack", stype = "i", strata = strata)
  acceleration <- sum(influence^3) / (6 * sum(influence^2)^1.5)
  get <- function(type, key, ...) {
    ci <- tryCatch(suppressWarnings(boot.ci(b, conf, type = type, t0 = b$t0[1], t = b$t[, 1], ...)),
                   error = function(e) NULL)
    if (is.null(ci)) c(NA, NA) else tail(c(ci[[key]]), 2)
  }
  student <- if (statistic_name == "median") c(NA, NA) else {
    ci <- suppressWarnings(boot.ci(b, conf, type = "stud", index = 1:2))
    tail(c(ci$student), 2)
  }
  # Half of the resamples equal to the estimate count as below it: the same levels by hand.
  t <- sort(b$t[is.finite(b$t[, 1]), 1])
  w <- qnorm((sum(t < b$t0[1]) + .5 * sum(t == b$t0[1])) / length(t))
  z <- qnorm((1 + c(-conf, conf)) / 2)
  middle <- if (is.na(acceleration)) c(NA, NA) else suppressWarnings(boot:::norm.inter(t, pnorm(w + (w + z) / (1 - acceleration * (w + z))))[, 2])
  both <- rbind(normal = get("norm", "normal"), basic = get("basic", "basic"), percentile = get("perc", "percent"),
                bca = get("bca", "bca", L = influence), bca_mid = middle, studentized = student)
  result <- data.frame(data = name, statistic = statistic_name, stratified = as.integer(stratified), confidence = conf,
                       interval = rownames(both), lower = both[, 1], upper = both[, 2], estimate = b$t0[1],
                       variance = b$t0[2], acceleration, bias = mean(t) - b$t0[1], standard_error = sd(t),
                       used = length(t))
  list(result = result, written = written)
}

results <- list()
written <- list(aml = list(), ovarian = list())
for (name in names(data)) for (statistic in names(statistics)) for (stratified in c(FALSE, TRUE)) {
  one <- limits(name, statistic, stratified, if (stratified) .9 else .95)
  results <- c(results, list(one$result))
  written[[name]] <- c(written[[name]], list(one$written))
}
write_reference(do.call(rbind, results), "tests/reference/bootstrap.csv", script)
for (name in names(written)) {
  write_reference(do.call(rbind, written[[name]]), sprintf("tests/reference/bootstrap_%s.csv", name), script)
}
