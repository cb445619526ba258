# Trials in which patients change treatment: rank preserving structural failure time model (Robins and Tsiatis 1991), and
# inverse probability of censoring weights (Robins and Finkelstein 2000). From the repository root:
#   Rscript scripts/reference/treatment_switching.R
# Times without any treatment are their definition, the tests survdiff's, hazard ratios coxph's, curves survfit's. Weights
# are survfit's of coxph's models of the changes, at each time of an event, of rows from one event to the next.
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

# Progression, after which some change treatment, on the same day or later, more of them with x1 and x2; of the second
# group few. Whole days.
progressing <- local({
  set.seed(11281)
  n <- 260
  group <- rep(0:1, n / 2)
  x1 <- round(rnorm(n), 2)
  x2 <- rbinom(n, 1, 0.4)
  progression <- rexp(n, ifelse(group == 1, 1 / 220, 1 / 150))
  death_before <- rexp(n, 1 / 900)
  wants <- runif(n) < ifelse(group == 1, 0.15, plogis(-0.2 + 0.6 * x1 + 0.8 * x2))
  delay <- ifelse(runif(n) < 0.4, 0, rexp(n, 1 / 40))
  change <- ifelse(wants, progression + delay, Inf)
  after <- rexp(n, exp(0.3 * x1 + 0.5 * x2) / 180)
  death <- ifelse(death_before < progression, death_before,
                  ifelse(progression + after < change, progression + after,
                         change + (progression + after - change) * 1.6))
  end <- pmin(runif(n, 300, 900), ifelse(runif(n) < 0.05, runif(n, 0, 600), Inf))
  time <- ceiling(pmin(death, end))
  data.frame(time = time, event = as.numeric(death <= end), group = group,
             eligible = ifelse(progression < pmin(death, end), ceiling(progression), Inf),
             change = ifelse(change < pmin(death, end), ceiling(change), Inf), x1 = x1, x2 = x2)
})
write_reference(transform(progressing, eligible = ifelse(is.infinite(eligible), "Inf", written_number(eligible)),
                          change = ifelse(is.infinite(change), "Inf", written_number(change))),
                "tests/reference/data/switching_progressing.csv", script)

weighted <- function(d, terms, stabilized, whole) {
  changed <- d$change < d$time | (d$change == d$time & d$event == 0)
  stop <- pmin(d$time, d$change)
  event <- ifelse(changed, 0, d$event)
  eligible <- if (whole) rep(0, nrow(d)) else d$eligible
  exact <- coxph.control(eps = 1e-14, toler.chol = 1e-15, iter.max = 100)
  at <- sort(unique(stop[event == 1]))
  rows <- do.call(rbind, lapply(seq_len(nrow(d)), function(i) {
    ends <- unique(c(at[at < stop[i]], stop[i]))
    data.frame(id = i, start = c(-1, ends[-length(ends)]), stop = ends,
               event = c(rep(0, length(ends) - 1), event[i]))
  }))
  rows$weight <- 1
  before <- function(curve, t) {  # the cumulative hazard of the steps before t
    k <- findInterval(t, curve$time, left.open = TRUE)
    ifelse(k == 0, 0, curve$cumhaz[pmax(k, 1)])
  }
  for (g in 0:1) {
    own <- which(d$group == g)
    if (!any(changed[own])) next
    in_model <- own[eligible[own] <= stop[own]]
    m <- data.frame(since = stop - eligible, changed = as.numeric(changed), d[c("x1", "x2")])[in_model, ]
    fit <- coxph(as.formula(paste("Surv(since, changed) ~", terms)), m, ties = "efron", control = exact)
    all_fit <- coxph(Surv(stop, changed) ~ 1, data.frame(stop = stop, changed = as.numeric(changed))[own, ])
    marginal <- survfit(all_fit, stype = 2, ctype = 2)
    for (i in own) {
      mine <- rows$id == i
      h <- 0
      if (eligible[i] <= stop[i])
        h <- before(if (terms == "1") survfit(fit, stype = 2, ctype = 2)
                    else survfit(fit, newdata = d[i, c("x1", "x2")], stype = 2, ctype = 2),
                    rows$stop[mine] - eligible[i])
      rows$weight[mine] <- exp(h - if (stabilized) before(marginal, rows$stop[mine]) else 0)
    }
  }
  rows$group <- d$group[rows$id]
  fit <- coxph(Surv(start, stop, event) ~ group, rows, weights = rows$weight, cluster = rows$id, ties = "breslow",
               control = exact)
  curve <- summary(survfit(Surv(start, stop, event) ~ group, rows, weights = rows$weight), times = 300)
  at_events <- rows$stop %in% at
  data.frame(terms = terms, stabilized = as.numeric(stabilized), whole = as.numeric(whole), log_hazard_ratio = coef(fit),
             standard_error = sqrt(fit$var[1, 1]), largest_weight = max(rows$weight[at_events]), at = 300,
             survival_0 = curve$surv[1], survival_1 = curve$surv[2])
}
cases <- expand.grid(terms = c("1", "x1", "x1 + x2"), stabilized = c(FALSE, TRUE), whole = c(FALSE, TRUE),
                     stringsAsFactors = FALSE)
write_reference(do.call(rbind, lapply(seq_len(nrow(cases)), function(k)
  weighted(progressing, cases$terms[k], cases$stabilized[k], cases$whole[k]))), "tests/reference/switching_weights.csv",
  script)
