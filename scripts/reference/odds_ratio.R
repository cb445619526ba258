# Odds ratios of two proportions: odds_ratio.csv, score tests with the restricted likelihood maximized numerically (not
# by the quadratic's closed form), score intervals by uniroot, Woolf's interval from a logistic regression, and
# prop.test at a ratio of 1. odds_ratio_size.csv: sample sizes, of rpact at a ratio of 1, otherwise with the moments of
# the score under the truth by numerical differentiation. From the repository root: Rscript scripts/reference/odds_ratio.R
suppressMessages(library(rpact))
source("scripts/reference/csv.R")

other <- function(p, ratio) plogis(qlogis(p) + log(ratio))
restricted <- function(x1, n1, x2, n2, ratio) {  # logit of group 1 with logit of group 2 = that + log ratio
  slope <- function(l) x1 + x2 - n1 * plogis(l) - n2 * plogis(l + log(ratio))
  plogis(uniroot(slope, c(-60, 60), tol = 1e-14, maxiter = 10000)$root)
}
score_parts <- function(x1, n1, x2, n2, ratio) {
  p1 <- restricted(x1, n1, x2, n2, ratio)
  p2 <- other(p1, ratio)
  list(score = x2 - n2 * p2, precision = 1 / (n1 * p1 * (1 - p1)) + 1 / (n2 * p2 * (1 - p2)), p1 = p1)
}
z_score <- function(x1, n1, x2, n2, ratio, factor = 1) {
  s <- score_parts(x1, n1, x2, n2, ratio)
  s$score * sqrt(s$precision / factor)
}
score_limits <- function(x1, n1, x2, n2, conf = .95) {
  z <- qnorm(.5 + conf / 2); k <- (n1 + n2) / (n1 + n2 - 1)
  f <- function(l) z_score(x1, n1, x2, n2, exp(l), k)
  none <- x2 == 0 || x1 == n1; all <- x1 == 0 || x2 == n2
  c(if (none) 0 else exp(uniroot(function(l) f(l) - z, c(-15, 15), tol = 1e-13)$root),
    if (all) Inf else exp(uniroot(function(l) f(l) + z, c(-15, 15), tol = 1e-13)$root))
}
woolf <- function(x1, n1, x2, n2) {
  counts <- cbind(c(x1, x2), c(n1 - x1, n2 - x2))
  fit <- NULL
  for (step in 1:4)  # the errors are those of the step before the last
    fit <- glm(counts ~ c(0, 1), family = binomial, start = coef(fit), control = list(epsilon = 1e-12))
  summary(fit)$coefficients[2, 1:2]
}
tables <- rbind(c(5, 12, 8, 16), c(12, 40, 25, 40), c(0, 20, 5, 20), c(3, 25, 0, 30), c(30, 60, 33, 61), c(1, 10, 9, 10),
                c(80, 100, 85, 105), c(7, 34, 20, 68), c(2, 5, 3, 90), c(56, 70, 48, 80), c(15, 15, 20, 24),
                c(9, 18, 22, 22))
rows <- list()
for (i in seq_len(nrow(tables))) for (null in c(.4, .7, 1, 1.5)) {
  v <- as.list(tables[i, ]); names(v) <- c("x1", "n1", "x2", "n2")
  bare <- unname(v)
  open <- with(v, x1 == 0 || x2 == 0 || x1 == n1 || x2 == n2)
  wald <- if (open) c(NA, NA) else do.call(woolf, bare)
  limits <- do.call(score_limits, bare)
  chi <- suppressWarnings(prop.test(c(v$x1, v$x2), c(v$n1, v$n2), correct = FALSE)$statistic)
  rows[[length(rows) + 1]] <- data.frame(v, null = null, restricted = do.call(score_parts, c(bare, null))$p1,
    z = do.call(z_score, c(bare, null)), log_ratio = wald[1], standard_error = wald[2], mn_lower = limits[1],
    mn_upper = limits[2], chi_square = unname(chi))
}
write_reference(do.call(rbind, rows), "tests/reference/odds_ratio.csv", "scripts/reference/odds_ratio.R")

# Patients by formula: the score's mean and variance in a sample of one patient, the counts taken as continuous.
patients <- function(reference, later, null, ratio, alpha, power) {
  n2 <- ratio / (1 + ratio); n1 <- 1 - n2
  at <- function(x) score_parts(x[1], n1, x[2], n2, null)
  truth <- c(n1 * reference, n2 * later)
  slope <- sapply(1:2, function(k) {
    h <- 1e-5 * (1:2 == k)
    (at(truth + h)$score - at(truth - h)$score) / 2e-5
  })
  variance <- sum(slope^2 * c(n1 * reference * (1 - reference), n2 * later * (1 - later)))
  s <- at(truth)
  ((qnorm(1 - alpha) / sqrt(s$precision) + qnorm(power) * sqrt(variance)) / s$score)^2
}
sizes <- expand.grid(reference = c(.2, .35), later = c(.4, .55), null = c(.6, 1, 1.1), ratio = c(1, 2),
                     alpha = c(.025, .1), power = c(.8, .9))
sizes$n <- mapply(function(reference, later, null, ratio, alpha, power) {
  if (null != 1) return(patients(reference, later, null, ratio, alpha, power))
  getSampleSizeRates(groups = 2, thetaH0 = 0, pi1 = later, pi2 = reference, allocationRatioPlanned = ratio,
                     alpha = alpha, beta = 1 - power, sided = 1)$nFixed
}, sizes$reference, sizes$later, sizes$null, sizes$ratio, sizes$alpha, sizes$power)
write_reference(sizes, "tests/reference/odds_ratio_size.csv", "scripts/reference/odds_ratio.R")
