# Moments and sample sizes of the one-sample log-rank test (Wu 2015). From the repository root:
#   Rscript scripts/reference/one_sample_size.R
# Patients are Weibull with the historical hazard times `ratio`, entered uniformly over `accrual` and followed for
# `follow` months more. Their times and events are integrated directly, rather than hazards over those at risk.
source("scripts/reference/csv.R")

moments <- function(median, shape, ratio, accrual, follow) {
  hazard <- function(t) log(2) * (t / median)^shape
  density <- function(t) ratio * log(2) * shape / median * (t / median)^(shape - 1) * exp(-ratio * hazard(t))
  survival <- function(t) exp(-ratio * hazard(t))
  followed <- function(t) pmin(1, pmax(0, (accrual + follow - t) / accrual))
  over <- function(f, from, to) integrate(f, from, to, rel.tol = 1e-11, abs.tol = 0, subdivisions = 1000)$value
  # E[g(event, X)]: events where still followed, and censorings, uniform between `follow` and the end.
  end <- accrual + follow
  mean_of <- function(g)
    over(function(t) g(1, t) * density(t), 0, follow) +
      over(function(t) g(1, t) * density(t) * followed(t), follow, end) +
      over(function(t) g(0, t) * survival(t) / accrual, follow, end)
  observed <- mean_of(function(e, t) e + 0 * t)
  expected <- mean_of(function(e, t) hazard(t))
  variance <- mean_of(function(e, t) (e - hazard(t))^2) - (observed - expected)^2
  c(observed, expected, variance)
}

rows <- list()
for (d in list(c(5.2, 1, .6, 24, 12, .05, .8), c(5.2, 1, .7, 24, 12, .05, .9), c(5.2, 1.33, .5, 18, 6, .025, .8),
               c(11.2, .8, .6, 30, 12, .1, .8), c(3, 1, .4, 6, 3, .05, .95), c(5.2, 1, 1, 24, 12, .05, .8))) {
  m <- moments(d[1], d[2], d[3], d[4], d[5])
  n <- (sqrt(m[2]) * qnorm(1 - d[6]) + sqrt(m[3]) * qnorm(d[7]))^2 / (m[1] - m[2])^2
  rows[[length(rows) + 1]] <- data.frame(
    median = d[1], shape = d[2], ratio = d[3], accrual = d[4], follow = d[5], alpha = d[6], power = d[7],
    observed = m[1], expected = m[2], variance = m[3], patients = if (d[3] < 1) n else NA)
}
write_reference(do.call(rbind, rows), "tests/reference/one_sample_size.csv", "scripts/reference/one_sample_size.R")
