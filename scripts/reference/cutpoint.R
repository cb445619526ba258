# Maximally selected log-rank statistics. From the repository root:
#   Rscript scripts/reference/cutpoint.R
# Scores are martingale residuals of a Cox model without covariates; the statistic of each cut and its permutation
# variance are written out (that of sample() agrees), the correction is the formula of Lausen and Schumacher (1992).
source("scripts/reference/csv.R")
suppressMessages(library(survival))

statistics <- function(score, marker, lowest, highest) {
  n <- length(score)
  cuts <- head(sort(unique(marker)), -1)
  cuts <- cuts[vapply(cuts, function(cut) mean(marker <= cut) >= lowest && mean(marker <= cut) <= highest, TRUE)]
  z <- vapply(cuts, function(cut) {
    below <- marker <= cut
    m <- sum(below)
    # A simple random sample without replacement from finitely many scores (Cochran 1977).
    (sum(score[below]) - m * mean(score)) / sqrt(m^2 * var(score) / m * (1 - m / n))
  }, 0)
  list(cuts = cuts, z = abs(z))
}
correction <- function(b, lowest, highest)
  4 * dnorm(b) / b + dnorm(b) * (b - 1 / b) * log(highest * (1 - lowest) / ((1 - highest) * lowest))

set.seed(1)
row <- function(data, column, lowest, highest, permutations = 5000) {
  d <- read.csv(sprintf("tests/reference/data/%s.csv", data), comment.char = "#")
  d <- d[!is.na(d[[column]]) & !is.na(d$time), ]
  score <- residuals(coxph(Surv(time, event) ~ 1, d, ties = "breslow"))
  seen <- statistics(score, d[[column]], lowest, highest)
  best <- which.max(seen$z)
  b <- seen$z[best]
  permuted <- replicate(permutations, max(statistics(sample(score), d[[column]], lowest, highest)$z))
  data.frame(data, column, lowest, highest, cut = seen$cuts[best], largest = b, minimum_p = 2 * pnorm(-b),
             lausen_schumacher = min(1, correction(b, lowest, highest)), permutation = mean(permuted >= b - 1e-9), permutations)
}
rows <- rbind(row("ovarian", "x1", .1, .9), row("ovarian", "x1", .25, .75), row("veteran", "x1", .1, .9),
              row("veteran", "x2", .1, .9), row("ties", "x1", .2, .8))
write_reference(rows, "tests/reference/cutpoint.csv", "scripts/reference/cutpoint.R")
