# Trials in which patients change treatment: rank preserving structural failure time model (Robins and Tsiatis 1991).
# From the repository root:
#   Rscript scripts/reference/treatment_switching.R
# Times without any treatment are their definition, the tests survdiff's, hazard ratios coxph's, curves survfit's.
#
# tests/reference/data/switching_immdef.csv: 1000 simulated patients of immediate or deferred treatment, as in Concorde
# (White, Babiker, Walker and Darbyshire 1999, Statistics in Medicine 18, 2617-2634), the example of R's package rpsftm,
# which publishes -0.1813 (-0.3498 to 0.0023) for the logarithm of one over the time ratio.
suppressMessages(library(survival))
source("scripts/reference/csv.R")
script <- "scripts/reference/treatment_switching.R"

immdef <- local({
  d <- read.csv("tests/reference/data/switching_immdef.csv", comment.char = "#")
  switched <- ifelse(is.na(d$xoyrs), Inf, d$xoyrs)
  data.frame(time = d$progyrs, event = d$prog,
             treated = ifelse(d$imm == 1, d$progyrs, pmax(d$progyrs - switched, 0)),
             follow_up = d$censyrs, group = d$imm, stratum = 0)
})

# Whole days with many ties, changes in both directions, loss to follow-up, two strata.
both <- local({
  set.seed(20261128)
  n <- 240
  group <- rep(0:1, n / 2)
  stratum <- rep(c(0, 0, 1), length.out = n)
  follow_up <- ceiling(runif(n, 200, 700))
  free <- rexp(n, ifelse(stratum == 1, 1 / 200, 1 / 330))
  change <- ifelse(runif(n) < 0.5, rexp(n, 1 / 150), Inf)
  gain <- 1.5
  event_at <- ifelse(group == 0, ifelse(free < change, free, change + (free - change) * gain),
                     ifelse(free * gain < change, free * gain, change + (free - change / gain)))
  lost <- ifelse(runif(n) < 0.1, runif(n, 0, 600), Inf)
  time <- pmax(5, 5 * ceiling(pmin(event_at, follow_up, lost) / 5))
  follow_up <- pmax(follow_up, time)
  change <- 5 * ceiling(change / 5)
  data.frame(time = time, event = as.numeric(event_at <= pmin(follow_up, lost)),
             treated = ifelse(group == 0, pmax(time - change, 0), pmin(time, change)),
             follow_up = follow_up, group = group, stratum = stratum)
})
write_reference(both, "tests/reference/data/switching_both.csv", script)

# What part of each time, were it worth `worth` times as much, and of whom it is censored anew.
counterfactual <- function(d, part, worth, recensored) {
  switches <- tapply(d$treated != ifelse(d$group == 1, d$time, 0), d$group, any)[as.character(d$group)]
  time <- d$time - part + part * worth
  end <- if (recensored) ifelse(switches, d$follow_up * pmin(1, worth), Inf) else Inf
  data.frame(time = pmin(time, end), event = ifelse(time <= end * (1 + 1e-12), d$event, 0))
}
untreated <- function(d, log_ratio, recensored) counterfactual(d, d$treated, exp(-log_ratio), recensored)
kept <- function(d, log_ratio, recensored) {
  own <- counterfactual(d, d$treated, exp(-log_ratio), recensored)
  second <- d$group == 1
  own[second, ] <- counterfactual(d, d$time - d$treated, exp(log_ratio), recensored)[second, ]
  own
}
# Positive where the second group has fewer events than expected. Ranks: survdiff takes times that are close for ties.
z_of <- function(d, log_ratio, recensored, stratified) {
  u <- untreated(d, log_ratio, recensored)
  u$time <- match(u$time, sort(unique(u$time)))
  f <- if (stratified) survdiff(Surv(u$time, u$event) ~ d$group + strata(d$stratum))
       else survdiff(Surv(u$time, u$event) ~ d$group)
  difference <- sum(if (stratified) f$exp[2, ] - f$obs[2, ] else f$exp[2] - f$obs[2])
  sign(difference) * sqrt(f$chisq)
}

sets <- list(immdef = immdef, both = both)
rows <- list()
cases <- data.frame(name = c("immdef", "immdef", "both", "both", "both", "both"), recensored = c(TRUE, FALSE),
                    stratified = c(FALSE, FALSE, FALSE, FALSE, TRUE, TRUE))
for (k in seq_len(nrow(cases))) with(cases[k, ], {
  for (log_ratio in c(-0.7, -0.1, 0, 0.031, 0.2, 0.45, 0.7)) {
    d <- sets[[name]]
    own <- kept(d, log_ratio, recensored)
    fit <- coxph(Surv(own$time, own$event) ~ d$group, control = coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 50,
                                                                          timefix = FALSE))
    at <- quantile(d$time, 0.15)
    curve <- summary(survfit(Surv(own$time, own$event) ~ d$group), times = at, extend = TRUE)
    rows[[length(rows) + 1]] <<- data.frame(
      data = name, recensored = as.numeric(recensored), stratified = as.numeric(stratified), log_ratio = log_ratio,
      z = z_of(d, log_ratio, recensored, stratified), log_hazard_ratio = coef(fit), events = sum(own$event),
      at = at, survival_0 = curve$surv[1], survival_1 = curve$surv[2])
  }
})
write_reference(do.call(rbind, rows), "tests/reference/rank_preserving_times.csv", script)

# From `from` in steps of 0.05 to the first that is beyond, and halved.
crossing <- function(z, target, from) {
  direction <- if (z(from) > target) 1 else -1
  step <- 0
  repeat {
    step <- step + 1
    if ((z(from + direction * step * 0.05) > target) != (z(from) > target)) break
  }
  ends <- from + direction * (step - 1:0) * 0.05
  for (k in 1:60) {
    middle <- mean(ends)
    if ((z(middle) > target) == (z(ends[1]) > target)) ends[1] <- middle else ends[2] <- middle
  }
  mean(ends)
}
fits <- list()
for (k in seq_len(nrow(cases))) with(cases[k, ], {
  z <- function(x) z_of(sets[[name]], x, recensored, stratified)
  estimate <- crossing(z, 0, 0)
  fits[[length(fits) + 1]] <<- data.frame(
    data = name, recensored = as.numeric(recensored), stratified = as.numeric(stratified), log_time_ratio = estimate,
    lower = crossing(z, qnorm(0.975), estimate), upper = crossing(z, -qnorm(0.975), estimate), z = z(0))
})
write_reference(do.call(rbind, fits), "tests/reference/rank_preserving.csv", script)
