# Two proportions: risk_difference.csv, score tests and intervals with the restricted likelihood maximized numerically
# (not by the cubic's closed form), Newcombe's interval, and prop.test at a difference of 0. risk_difference_size.csv:
# sample sizes of rpact. From the repository root: Rscript scripts/reference/risk_difference.R
suppressMessages(library(rpact))
source("scripts/reference/csv.R")
source("scripts/reference/restricted.R")

log_power <- function(p, x) ifelse(x == 0, 0, x * log(p))
z_score <- function(x1, n1, x2, n2, d, factor = 1) {
  p1 <- restricted(x1, n1, x2, n2, d)
  p2 <- p1 + d
  (x2 / n2 - x1 / n1 - d) / sqrt(factor * (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2))
}
score_limits <- function(x1, n1, x2, n2, conf = .95) {
  z <- qnorm(.5 + conf / 2); est <- x2 / n2 - x1 / n1; k <- (n1 + n2) / (n1 + n2 - 1)
  f <- function(d) z_score(x1, n1, x2, n2, d, k)
  near <- 1 - 1e-9
  lower <- if (f(-near) > z) uniroot(function(d) f(d) - z, c(-near, est - 1e-12), tol = 1e-14)$root else -1
  upper <- if (f(near) < -z) uniroot(function(d) f(d) + z, c(est + 1e-12, near), tol = 1e-14)$root else 1
  c(lower, upper)
}
wilson <- function(x, n, z) (x + z^2 / 2 + c(-1, 1) * z * sqrt(x * (n - x) / n + z^2 / 4)) / (n + z^2)
newcombe <- function(x1, n1, x2, n2, conf = .95) {
  z <- qnorm(.5 + conf / 2); a <- wilson(x1, n1, z); b <- wilson(x2, n2, z); p1 <- x1 / n1; p2 <- x2 / n2
  p2 - p1 + c(-sqrt((p2 - b[1])^2 + (a[2] - p1)^2), sqrt((b[2] - p2)^2 + (p1 - a[1])^2))
}
tables <- rbind(c(5, 12, 8, 16), c(12, 40, 25, 40), c(0, 20, 5, 20), c(3, 25, 0, 30), c(30, 60, 33, 61), c(1, 10, 9, 10),
                c(80, 100, 85, 105), c(7, 34, 20, 68), c(2, 5, 3, 90), c(56, 70, 48, 80))
rows <- list()
for (i in seq_len(nrow(tables))) for (null in c(-.2, -.1, 0, .05)) {
  v <- as.list(tables[i, ]); names(v) <- c("x1", "n1", "x2", "n2")
  mn <- do.call(score_limits, unname(v)); nc <- do.call(newcombe, unname(v))
  z <- do.call(z_score, c(unname(v), null))
  chi <- suppressWarnings(prop.test(c(v$x1, v$x2), c(v$n1, v$n2), correct = FALSE)$statistic)
  rows[[length(rows) + 1]] <- data.frame(v, null = null, restricted = do.call(restricted, c(unname(v), null)), z = z,
    mn_lower = mn[1], mn_upper = mn[2], newcombe_lower = nc[1], newcombe_upper = nc[2], chi_square = unname(chi))
}
write_reference(do.call(rbind, rows), "tests/reference/risk_difference.csv", "scripts/reference/risk_difference.R")

sizes <- expand.grid(reference = c(.2, .35), later = c(.4, .55), null = c(0, -.1, .04), ratio = c(1, 2),
                     alpha = c(.025, .1), power = c(.8, .9))
sizes$n <- mapply(function(reference, later, null, ratio, alpha, power)
  getSampleSizeRates(groups = 2, thetaH0 = null, pi1 = later, pi2 = reference, allocationRatioPlanned = ratio,
                     alpha = alpha, beta = 1 - power, sided = 1)$nFixed,
  sizes$reference, sizes$later, sizes$null, sizes$ratio, sizes$alpha, sizes$power)
write_reference(sizes, "tests/reference/risk_difference_size.csv", "scripts/reference/risk_difference.R")
