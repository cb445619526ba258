# Event times known to lie in intervals: Turnbull's curve, the log-rank test with Sun's scores, Weibull regression. From
# the repository root:
#   Rscript scripts/reference/interval_censored.R
# Weibull regression is survreg's. Curve and scores are their definitions: the EM algorithm (Turnbull 1976) on all cells
# between ends, without those that lose their mass once they have lost most of it, and Newton's steps at its end; no cell
# may gain by mass then, which holds at the maximum alone (Gentleman and Geyer 1994).
suppressMessages(library(survival))
source("scripts/reference/csv.R")
script <- "scripts/reference/interval_censored.R"

# Months to breast retraction after radiotherapy, alone (group 0) or with chemotherapy (1): Finkelstein and Wolfe (1985),
# Biometrics 41, 933-945.
cosmesis <- local({
  alone <- "45-Inf 6-10 0-7 46-Inf 46-Inf 7-16 17-Inf 7-14 37-44 0-8 4-11 15-Inf 11-15 22-Inf 46-Inf 46-Inf 25-37 46-Inf
    26-40 46-Inf 27-34 36-44 46-Inf 36-48 37-Inf 40-Inf 17-25 46-Inf 11-18 38-Inf 5-12 37-Inf 0-5 18-Inf 24-Inf 36-Inf
    5-11 19-35 17-25 24-Inf 32-Inf 33-Inf 19-26 37-Inf 34-Inf 36-Inf"
  chemotherapy <- "8-12 0-22 24-31 17-27 17-23 24-30 16-24 13-Inf 11-13 16-20 18-25 17-26 32-Inf 23-Inf 44-48 14-17 0-5
    5-8 12-20 11-Inf 33-40 31-Inf 13-39 19-32 34-Inf 13-Inf 16-24 35-Inf 15-22 11-17 22-32 10-35 30-34 13-Inf 10-17 8-21
    4-9 11-Inf 14-19 4-8 34-Inf 30-36 18-24 16-60 35-39 21-Inf 11-20 48-Inf"
  ends <- function(text) do.call(rbind, lapply(strsplit(strsplit(trimws(text), "[[:space:]]+")[[1]], "-"), as.numeric))
  both <- rbind(ends(alone), ends(chemotherapy))
  data.frame(left = both[, 1], right = both[, 2], group = rep(0:1, c(46, 48)), stratum = 0,
             x1 = 0, x2 = 0)
})

# survival's lung cancer patients, seen every 56 days give or take three; of every fifth the day of death is known.
lung <- local({
  d <- survival::lung
  id <- seq_len(nrow(d))
  left <- right <- d$time
  for (i in id) {
    visits <- c(0, 56 * seq_len(30) + (i * seq_len(30)) %% 7 - 3)
    left[i] <- max(visits[visits < d$time[i]])
    if (d$status[i] == 1) left[i] <- max(visits[visits <= d$time[i]])
    right[i] <- if (d$status[i] == 1) Inf else min(visits[visits >= d$time[i]])
    if (d$status[i] == 2 && i %% 5 == 0) left[i] <- right[i] <- d$time[i]
  }
  ecog <- ifelse(is.na(d$ph.ecog), 1, d$ph.ecog)
  data.frame(left = left, right = right, group = d$sex - 1, stratum = as.numeric(ecog > 1), x1 = d$age, x2 = ecog)
})

# The same patients as they were seen: right-censored.
lung_exact <- transform(lung, left = survival::lung$time,
                        right = ifelse(survival::lung$status == 2, survival::lung$time, Inf))
sets <- list(cosmesis = cosmesis, lung = lung, lung_exact = lung_exact)
for (name in names(sets))
  write_reference(transform(sets[[name]], right = ifelse(is.infinite(right), "Inf", written_number(right))),
                  paste0("tests/reference/data/interval_", name, ".csv"), script)

# Cells are half-open, a point just after its left end: ends doubled, so that a point has an end of its own before it.
npmle <- function(left, right) {
  l <- ifelse(left == right, 2 * left - 1, 2 * left)
  r <- 2 * right
  ends <- sort(unique(c(0, l, r)))
  from <- ends[-length(ends)]
  to <- ends[-1]
  holds <- outer(l, from, "<=") & outer(r, to, ">=")
  mass <- rep(1 / length(from), length(from))
  slopes <- function() as.vector(crossprod(holds, 1 / as.vector(holds %*% mass))) / length(l)
  for (round in 1:10) {
    for (k in 1:1000) mass <- mass * slopes()
    mass[slopes() < 1 - 1e-4 & mass < 1e-6] <- 0
  }
  repeat {  # Newton's steps on what is left, without what they would take below nothing
    start <- mass
    own <- which(mass > 0)
    for (k in 1:20) {
      shares <- holds[, own] / as.vector(holds %*% mass)
      mass[own] <- mass[own] + solve(crossprod(shares), colSums(shares) - length(l))
    }
    if (all(mass >= 0)) break
    start[mass < 0] <- 0
    mass <- start / sum(start)
  }
  stopifnot(max(slopes()) < 1 + 1e-12, mass >= 0, abs(sum(mass) - 1) < 1e-12)
  survival <- c(rev(cumsum(rev(mass))), 0)
  hazard <- c(0, cumsum(ifelse(mass > 0, mass / survival[seq_along(mass)], 0)))
  a <- match(l, ends)
  b <- match(r, ends)
  list(time = ends / 2, survival = survival,
       score = (survival[b] * hazard[b] - survival[a] * hazard[a]) / (survival[a] - survival[b]))
}

curves <- list()
for (name in c("cosmesis", "lung")) for (group in c(-1, 0, 1)) {
  d <- sets[[name]]
  if (group >= 0) d <- d[d$group == group, ]
  curve <- npmle(d$left, d$right)
  keep <- is.finite(curve$time) & curve$time %in% c(d$left[d$left < d$right], d$right)
  curves[[length(curves) + 1]] <- data.frame(data = name, group = group, time = curve$time[keep],
                                             survival = curve$survival[keep])
}
write_reference(do.call(rbind, curves), "tests/reference/turnbull.csv", script)

test_of <- function(d, stratified) {
  u <- v <- 0
  for (own in split(d, if (stratified) d$stratum else rep(0, nrow(d)))) {
    score <- npmle(own$left, own$right)$score
    n <- nrow(own)
    later <- sum(own$group)
    u <- u + sum(score[own$group == 1]) - later * mean(score)
    v <- v + sum((score - mean(score))^2) / (n - 1) * later * (n - later) / n
  }
  data.frame(stratified = as.numeric(stratified), difference = u, z = u / sqrt(v))
}
tests <- list()
for (name in names(sets)) for (stratified in c(FALSE, TRUE)) {
  if (stratified && name == "cosmesis") next
  tests[[length(tests) + 1]] <- data.frame(data = name, test_of(sets[[name]], stratified))
}
# Of right-censored data the numerator is the log-rank test's.
exact <- survdiff(Surv(time, status) ~ sex, survival::lung)
stopifnot(abs(tests[[4]]$difference - (exact$obs - exact$exp)[2]) < 1e-9)
write_reference(do.call(rbind, tests), "tests/reference/interval_log_rank.csv", script)

fits <- list()
for (name in names(sets)) for (terms in c("group", "group x1 x2")) {
  if (terms != "group" && name == "cosmesis") next
  d <- sets[[name]]
  d$from <- ifelse(d$left == 0, NA, d$left)
  d$to <- ifelse(is.infinite(d$right), NA, d$right)
  names_of_terms <- strsplit(terms, " ")[[1]]
  fit <- survreg(reformulate(names_of_terms, "Surv(from, to, type = 'interval2')"), d, dist = "weibull",
                 control = survreg.control(rel.tolerance = 1e-14, maxiter = 100))
  shape <- 1 / fit$scale
  v <- vcov(fit)
  place <- nrow(v)
  for (term in seq_along(names_of_terms)) {
    b <- coef(fit)[[term + 1]]
    slope <- c(-shape, b * shape)
    own <- v[c(term + 1, place), c(term + 1, place)]
    fits[[length(fits) + 1]] <- data.frame(
      data = name, terms = terms, term = term - 1, log_hazard_ratio = -b * shape,
      standard_error = sqrt(drop(slope %*% own %*% slope)), log_time_ratio = b,
      log_time_ratio_error = sqrt(v[term + 1, term + 1]), log_shape = log(shape), log_shape_error = sqrt(v[place, place]),
      log_likelihood = fit$loglik[2], null_log_likelihood = fit$loglik[1])
  }
}
write_reference(do.call(rbind, fits), "tests/reference/weibull_regression.csv", script)
