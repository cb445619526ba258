# Comparisons of survival beyond the log-rank test, from R survival and mvtnorm: restricted means, milestones,
# Fleming-Harrington weights and MaxCombo, the one-sample log-rank, multivariate normal probabilities; and Kaplan-Meier
# curves of larger data sets. After survival.R, from the repository root:
#   Rscript scripts/reference/comparisons.R
suppressMessages(library(survival))
suppressMessages(library(mvtnorm))
source("scripts/reference/csv.R")
script <- "scripts/reference/comparisons.R"

# ---- Data: the layout of survival.R ----

layout <- function(time, event, group, group4, stratum, x1, x2, x3) {
  data.frame(time, event, group, group4, stratum, x1, x2, x3, weight = 1)
}
cancer <- colon[colon$etype == 2, ]
cirrhosis <- pbc[!is.na(pbc$trt), ]
larger <- list(
  colon_death = with(cancer, layout(time, status, as.integer(rx == "Lev+5FU"), as.integer(rx) - 1, 2 * surg + node4,
                                    age, as.integer(nodes > 4), extent)),
  cirrhosis = with(cirrhosis, layout(time, as.integer(status == 2), trt - 1, as.integer(edema * 2), 2 * edema, age,
                                     bili, albumin)),
  gammopathy = with(mgus2, layout(futime, death, as.integer(sex) - 1, as.integer(sex) - 1, as.integer(dxyr > 1985), age,
                                  as.integer(dxyr > 1980), pmin(dxyr - 1960, 30))))
for (name in names(larger)) write_reference(larger[[name]], sprintf("tests/reference/data/%s.csv", name), script)
small <- c("aml", "veteran", "lung", "ovarian", "ties")
data <- c(lapply(setNames(small, small), function(name) {
  read.csv(sprintf("tests/reference/data/%s.csv", name), comment.char = "#")
}), larger)

# ---- Kaplan-Meier of the larger data sets, as survival.R does the smaller ----

intervals <- c(log = "log", log_log = "log-log", plain = "plain", logit = "logit", arcsine = "arcsin")
kaplan_meier_rows <- function(name, subset, interval) {
  d <- data[[name]]
  used <- if (subset == "all") d else d[d$group == as.integer(subset), ]
  fit <- survfit(Surv(time, event) ~ 1, used, conf.type = intervals[[interval]])
  distinct <- sort(unique(used$time))
  at <- unique(c(distinct[1] / 2, distinct[ceiling(length(distinct) * c(.05, .25, .5, .75, .95))], max(distinct)))
  s <- summary(fit, times = sort(at))
  q <- quantile(fit, c(.25, .5, .75))
  label <- data.frame(data = name, subset, reverse = 0, weighted = 0, interval, confidence = .95)
  rbind(cbind(label, what = "survival", at = s$time, estimate = s$surv, standard_error = s$std.err, lower = s$lower,
              upper = s$upper),
        cbind(label, what = "quantile", at = c(.25, .5, .75), estimate = unname(q$quantile), standard_error = NA,
              lower = unname(q$lower), upper = unname(q$upper)))
}
rows <- list()
for (name in names(larger)) for (subset in c("all", "0", "1")) for (interval in names(intervals))
  rows <- c(rows, list(kaplan_meier_rows(name, subset, interval)))
write_reference(do.call(rbind, rows), "tests/reference/kaplan_meier_larger.csv", script)

# ---- Weighted log-rank sums from the definition, for what survdiff has no argument for ----

# Per stratum and event time: O - E of all groups but the first, their covariance, and the pooled S(t-).
log_rank_terms <- function(d, grouping, stratified) {
  groups <- sort(unique(d[[grouping]]))
  terms <- list()
  for (part in split(d, if (stratified) d$stratum else rep(0, nrow(d)))) {
    before <- 1
    for (t in sort(unique(part$time[part$event == 1]))) {
      n <- vapply(groups, function(g) sum(part$time >= t & part[[grouping]] == g), 0)
      o <- vapply(groups, function(g) sum(part$time == t & part$event == 1 & part[[grouping]] == g), 0)
      total <- sum(n)
      deaths <- sum(o)
      factor <- if (total > 1) deaths * (total - deaths) / (total - 1) else 0
      v <- factor * (diag(n / total, length(n)) - outer(n, n) / total^2)
      terms <- c(terms, list(list(difference = (o - deaths * n / total)[-1], v = v[-1, -1, drop = FALSE],
                                  before = before)))
      before <- before * (1 - deaths / total)
    }
  }
  terms
}
weight_of <- function(family, before) before^family[1] * (1 - before)^family[2]
weighted_sums <- function(terms, families) {
  u <- vapply(families, function(f) Reduce(`+`, lapply(terms, function(x) weight_of(f, x$before) * x$difference)),
              numeric(length(terms[[1]]$difference)))
  v <- function(f, g) Reduce(`+`, lapply(terms, function(x) weight_of(f, x$before) * weight_of(g, x$before) * x$v))
  list(u = u, v = v)
}

rows <- list()
for (name in names(data)) for (grouping in c("group", "group4")) for (stratified in c(FALSE, TRUE)) {
  d <- data[[name]]
  if (grouping == "group4" && length(unique(d$group4)) < 3 || stratified && length(unique(d$stratum)) < 2) next
  if (grouping == "group4" && stratified && !(name %in% c("ties", "colon_death"))) next  # the strata are the groups
  terms <- log_rank_terms(d, grouping, stratified)
  for (family in list(c(0, 0), c(.5, 0), c(1, 0), c(0, 1), c(1, 1), c(0, .5), c(.5, 2))) {
    sums <- weighted_sums(terms, list(family))
    v <- sums$v(family, family)
    chi_square <- drop(crossprod(sums$u, solve(v, sums$u)))
    if (family[2] == 0) {
      d$g <- d[[grouping]]
      fit <- survdiff(if (stratified) Surv(time, event) ~ g + strata(stratum) else Surv(time, event) ~ g, d,
                      rho = family[1])
      stopifnot(abs(chi_square / fit$chisq - 1) < 1e-9)
    }
    rows <- c(rows, list(data.frame(data = name, grouping, stratified = as.integer(stratified), rho = family[1],
                                    gamma = family[2], chi_square, df = nrow(v),
                                    p_value = pchisq(chi_square, nrow(v), lower.tail = FALSE), variance_11 = v[1, 1])))
  }
}
write_reference(do.call(rbind, rows), "tests/reference/log_rank_weighted.csv", script)

# ---- Restricted means and milestones ----

group_fit <- function(name, g) survfit(Surv(time, event) ~ 1, data[[name]][data[[name]]$group == g, ])
restricted <- function(fit, tau) {
  t <- summary(fit, rmean = tau)$table
  unname(c(t["rmean"], t["se(rmean)"]))
}
wald <- function(estimate, se, z = qnorm(.975)) {
  data.frame(estimate, standard_error = se, lower = estimate - z * se, upper = estimate + z * se,
             statistic = estimate / se, p_value = 2 * pnorm(-abs(estimate / se)))
}
rmst_rows <- list()
milestone_rows <- list()
for (name in setdiff(names(data), "ties")) {
  fits <- list(group_fit(name, 0), group_fit(name, 1))
  latest <- min(max(fits[[1]]$time), max(fits[[2]]$time))
  for (share in c(.1, .25, .5, .75, 1)) {
    at <- if (name == "aml" && share == .75) 30 else round(share * latest)
    if (name == "aml" && share == .5) at <- 24
    if (at < max(fits[[1]]$time[1], fits[[2]]$time[1])) next  # refused by survfit
    means <- lapply(fits, restricted, at)
    difference <- means[[2]][1] - means[[1]][1]
    se <- sqrt(means[[1]][2]^2 + means[[2]][2]^2)
    relative <- sqrt((means[[1]][2] / means[[1]][1])^2 + (means[[2]][2] / means[[2]][1])^2)
    ratio <- wald(log(means[[2]][1] / means[[1]][1]), relative)
    ratio[c("estimate", "lower", "upper")] <- exp(ratio[c("estimate", "lower", "upper")])
    label <- data.frame(data = name, at)
    rmst_rows <- c(rmst_rows, list(cbind(label, what = "reference", wald(means[[1]][1], means[[1]][2])),
                                   cbind(label, what = "later", wald(means[[2]][1], means[[2]][2])),
                                   cbind(label, what = "difference", wald(difference, se)),
                                   cbind(label, what = "ratio", ratio)))
    s <- lapply(fits, function(fit) summary(fit, times = at))
    if (s[[1]]$surv %in% 0:1 || s[[2]]$surv %in% 0:1) next
    row <- wald(s[[2]]$surv - s[[1]]$surv, sqrt(s[[1]]$std.err^2 + s[[2]]$std.err^2))
    scale <- vapply(s, function(x) log(-log(x$surv)), 0)
    scale_se <- vapply(s, function(x) x$std.err / (x$surv * abs(log(x$surv))), 0)
    z <- (scale[1] - scale[2]) / sqrt(sum(scale_se^2))
    milestone_rows <- c(milestone_rows, list(cbind(label, row, log_log_statistic = z,
                                                   log_log_p_value = 2 * pnorm(-abs(z)))))
  }
}
write_reference(do.call(rbind, rmst_rows), "tests/reference/rmst.csv", script)
write_reference(do.call(rbind, milestone_rows), "tests/reference/milestone.csv", script)

# ---- Multivariate normal probabilities ----

# Up to three dimensions by TVPACK (Genz 2004) and inclusion and exclusion of lower corners; in four the last three
# given the first are integrated over it.
box <- function(lower, upper, correlation) {
  corners <- expand.grid(rep(list(0:1), length(upper)))
  sum(apply(corners, 1, function(at_lower) {
    if (any(at_lower == 1 & is.infinite(lower))) return(0)
    (-1)^sum(at_lower) * pmvnorm(upper = ifelse(at_lower == 1, lower, upper), corr = correlation,
                                 algorithm = TVPACK(abseps = 1e-14))
  }))
}
box_of_4 <- function(lower, upper, correlation) {
  slope <- correlation[1, -1]
  left <- correlation[-1, -1] - outer(slope, slope)
  sd <- sqrt(diag(left))
  given <- function(x) dnorm(x) * box((lower[-1] - slope * x) / sd, (upper[-1] - slope * x) / sd, cov2cor(left))
  ends <- c(max(lower[1], -8), min(upper[1], 8))
  cuts <- seq(ends[1], ends[2], length.out = 1 + ceiling(diff(ends)))
  sum(vapply(seq_along(cuts[-1]), function(i) {
    integrate(function(x) vapply(x, given, 0), cuts[i], cuts[i + 1], rel.tol = 1e-9, abs.tol = 1e-12)$value
  }, 0))
}

# ---- MaxCombo ----

# P(lo < Z < hi for all) of the z of (0,0), (0,1), (1,0) and perhaps (1,1), where s00 z00 = s01 z01 + s10 z10: given
# z00 and z01 the third is known and the fourth normal. Integrated between the kinks of the inner limits.
singular_box <- function(lo, hi, s, correlation) {
  r <- correlation[1, 2]
  fourth <- length(s) == 4
  if (fourth) {
    b <- solve(correlation[1:2, 1:2], correlation[1:2, 4])
    left <- sqrt(1 - drop(crossprod(b, correlation[1:2, 4])))
  }
  low <- max(lo, -40)
  from <- function(x) max(low, (s[1] * x - s[3] * hi) / s[2])
  to <- function(x) min(hi, (s[1] * x - s[3] * low) / s[2])
  inner <- function(x) {
    a <- max(from(x), r * x - 9)
    e <- min(to(x), r * x + 9)
    if (a >= e) return(0)
    density <- function(y) {
      value <- dnorm(y, r * x, sqrt(1 - r^2))
      if (fourth) {
        mean <- b[1] * x + b[2] * y
        value <- value * (pnorm((hi - mean) / left) - pnorm((low - mean) / left))
      }
      value
    }
    integrate(density, a, e, rel.tol = 1e-12, abs.tol = 1e-14, subdivisions = 1000)$value
  }
  kinks <- c((s[2] * low + s[3] * hi) / s[1], (s[2] * hi + s[3] * hi) / s[1], (s[2] * low + s[3] * low) / s[1],
             (s[2] * hi + s[3] * low) / s[1])
  ends <- c(max(low, -9), min(hi, 9))
  cuts <- sort(unique(c(ends, kinks[kinks > ends[1] & kinks < ends[2]])))
  sum(vapply(seq_len(length(cuts) - 1), function(i) {
    integrate(function(x) vapply(x, function(v) dnorm(v) * inner(v), 0), cuts[i], cuts[i + 1], rel.tol = 1e-11,
              abs.tol = 1e-13, subdivisions = 1000)$value
  }, 0))
}
lists <- list(all = list(c(0, 0), c(0, 1), c(1, 0), c(1, 1)), singular = list(c(0, 0), c(0, 1), c(1, 0)),
              halves = list(c(0, .5), c(.5, 0), c(.5, .5)), log_rank = list(c(0, 0)))
box_probability <- function(which, lo, hi, s, correlation) {
  if (which %in% c("all", "singular")) return(singular_box(lo, hi, s, correlation))
  if (which == "log_rank") return(pnorm(hi) - pnorm(lo))
  box(rep(lo, 3), rep(hi, 3), correlation)
}
rows <- list()
for (name in names(data)) for (stratified in c(FALSE, TRUE)) for (which in names(lists)) {
  d <- data[[name]]
  if (stratified && length(unique(d$stratum)) < 2) next
  families <- lists[[which]]
  sums <- weighted_sums(log_rank_terms(d, "group", stratified), families)
  v <- outer(seq_along(families), seq_along(families),
             Vectorize(function(a, b) sums$v(families[[a]], families[[b]])[1, 1]))
  s <- sqrt(diag(v))
  z <- -sums$u / s  # positive where the second group has fewer events
  correlation <- v / outer(s, s)
  m <- max(abs(z))
  two_sided <- 1 - as.numeric(box_probability(which, -m, m, s, correlation))
  below <- as.numeric(box_probability(which, -Inf, max(z), s, correlation))
  stopifnot(length(z) == 1 ||
            abs(two_sided - (1 - pmvnorm(rep(-m, length(z)), rep(m, length(z)), corr = correlation))) < 2e-3)
  rows <- c(rows, list(data.frame(data = name, stratified = as.integer(stratified), weights = which, z_1 = z[1],
                                  z_last = z[length(z)], covariance_1_last = v[1, length(z)], statistic = m,
                                  p_value = two_sided, one_sided = 1 - below)))
}
write_reference(do.call(rbind, rows), "tests/reference/max_combo.csv", script)

# ---- Multivariate normal boxes ----

set.seed(20)
rows <- list()
for (dimension in 2:4) for (case in 1:40) {
  factor <- matrix(rnorm(dimension^2), dimension)
  correlation <- cov2cor(factor %*% t(factor))
  lower <- -rexp(dimension, .7)
  upper <- rexp(dimension, .7)
  if (case %% 4 == 0) lower[] <- -Inf
  if (case %% 4 == 1) lower[sample(dimension, 1)] <- -Inf
  if (case %% 4 == 2) lower <- upper - rexp(dimension, .3) - .1  # may leave the origin out
  row <- data.frame(dimension, inside = (if (dimension < 4) box else box_of_4)(lower, upper, correlation))
  for (i in 1:4) row[c(paste0("lower_", i), paste0("upper_", i))] <- c(lower[i], upper[i])
  for (i in 1:3) for (j in (i + 1):4) row[paste0("r_", i, j)] <- if (j <= dimension) correlation[i, j] else NA
  rows <- c(rows, list(row))
}
write_reference(do.call(rbind, rows), "tests/reference/multivariate_normal.csv", script)

# ---- One-sample log-rank against an exponential or Weibull curve with this median ----

rows <- list()
for (name in names(data)) for (median in c(.5, 1, 1.5)) for (shape in c(1, .7, 1.4)) for (confidence in c(.95, .9)) {
  d <- data[[name]]
  median_time <- if (name == "aml" && median == 1) 20 else median * quantile(d$time, .6, names = FALSE)
  expected <- sum(log(2) * (d$time / median_time)^shape)
  observed <- sum(d$event)
  interval <- poisson.test(observed, expected, conf.level = confidence)$conf.int
  rows <- c(rows, list(data.frame(data = name, median = median_time, shape, confidence, observed, expected,
                                  statistic = (observed - expected) / sqrt(expected),
                                  average_statistic = (observed - expected) / sqrt((observed + expected) / 2),
                                  ratio = observed / expected, lower = interval[1], upper = interval[2])))
}
write_reference(do.call(rbind, rows), "tests/reference/one_sample_log_rank.csv", script)
