# Two proportions within strata: stratified_proportions.csv. Common odds ratio, its error (from the limits) and the test
# of mantelhaen.test; Breslow and Day's test with the fitted counts of a logistic regression whose odds ratio is held at
# Mantel and Haenszel's (an offset), and Tarone's correction. Risk differences: Sato's variance by its own formula;
# score tests with each stratum's restricted likelihood maximized numerically (not by the cubic's closed form), limits by
# uniroot. The first set is R's UCBAdmissions, later group: women. From the repository root:
# Rscript scripts/reference/stratified_proportions.R
source("scripts/reference/csv.R")
source("scripts/reference/restricted.R")

# s: one row a stratum, columns x1, n1, x2, n2. Strata without patients of a group say nothing.
both <- function(s) s[s$n1 > 0 & s$n2 > 0, , drop = FALSE]
weights_of <- function(s) 1 / (1 / s$n1 + 1 / s$n2)
difference <- function(s) weighted.mean(s$x2 / s$n2 - s$x1 / s$n1, weights_of(s))
z_score <- function(s, d, corrected) {
  w <- weights_of(s) / sum(weights_of(s))
  variance <- mapply(function(x1, n1, x2, n2) {
    p1 <- restricted(x1, n1, x2, n2, d); p2 <- p1 + d; n <- n1 + n2
    (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2) * if (corrected) n / (n - 1) else 1
  }, s$x1, s$n1, s$x2, s$n2)
  (difference(s) - d) / sqrt(sum(w^2 * variance))
}
score_limits <- function(s, conf = .95) {
  z <- qnorm(.5 + conf / 2); est <- difference(s); f <- function(d) z_score(s, d, TRUE)
  near <- 1 - 1e-9
  c(uniroot(function(d) f(d) - z, c(-near, est - 1e-12), tol = 1e-14)$root,
    uniroot(function(d) f(d) + z, c(est + 1e-12, near), tol = 1e-14)$root)
}
# Sato (1989) as in the documentation of PROC FREQ (COMMONRISKDIFF), row 1 the later group.
sato <- function(s) with(s, {
  n <- n1 + n2
  p <- (n2^2 * x1 - n1^2 * x2 + n2 * n1 * (n1 - n2) / 2) / n^2
  q <- (x2 * (n1 - x1) + x1 * (n2 - x2)) / (2 * n)
  sqrt((difference(s) * sum(p) + sum(q)) / sum(n1 * n2 / n)^2)
})
informing <- function(s) s[s$x1 + s$x2 > 0 & s$x1 + s$x2 < s$n1 + s$n2, , drop = FALSE]
odds <- function(s) {
  s <- informing(s)
  counts <- array(rbind(s$x2, s$x1, s$n2 - s$x2, s$n1 - s$x1), c(2, 2, nrow(s)))
  if (nrow(s) == 1) counts <- array(c(counts, 1, 1, 0, 0), c(2, 2, 2))  # mantelhaen.test wants two; this one says nothing
  t <- mantelhaen.test(counts, correct = FALSE)
  or <- unname(t$estimate)
  # limits are estimate * exp(-+ z error)
  list(or = or, se = unname(log(t$conf.int[2] / or) / qnorm(.975)), lower = t$conf.int[1], upper = t$conf.int[2],
       z = sqrt(unname(t$statistic)) * sign(difference(s)))
}
breslow_day <- function(s, or) {
  s <- informing(s); k <- nrow(s)
  if (k < 2) return(c(NA, NA))
  long <- data.frame(x = c(s$x1, s$x2), n = c(s$n1, s$n2), later = rep(0:1, each = k), h = factor(rep(1:k, 2)))
  fit <- NULL
  for (step in 1:4)
    fit <- glm(cbind(x, n - x) ~ h + offset(later * log(or)), binomial, long, start = coef(fit),
               control = list(epsilon = 1e-13, maxit = 100))
  fitted2 <- (fitted(fit) * long$n)[long$later == 1]; m <- s$x1 + s$x2
  v <- 1 / (1 / fitted2 + 1 / (m - fitted2) + 1 / (s$n2 - fitted2) + 1 / (s$n1 - m + fitted2))
  tarone <- sum((s$x2 - fitted2)^2 / v) - sum(s$x2 - fitted2)^2 / sum(v)
  c(tarone, pchisq(tarone, k - 1, lower.tail = FALSE))
}

strata_of <- function(...) as.data.frame(matrix(c(...), ncol = 4, byrow = TRUE, dimnames = list(NULL, c("x1", "n1", "x2", "n2"))))
admissions <- data.frame(x1 = UCBAdmissions["Admitted", "Male", ], n1 = colSums(UCBAdmissions[, "Male", ]),
                         x2 = UCBAdmissions["Admitted", "Female", ], n2 = colSums(UCBAdmissions[, "Female", ]))
sets <- list(
  admissions,
  strata_of(5, 12, 8, 16),
  strata_of(12, 40, 25, 40, 3, 20, 9, 21, 14, 18, 25, 30),
  strata_of(0, 10, 2, 12, 4, 9, 7, 8, 0, 6, 0, 7),               # one without successes
  strata_of(3, 8, 5, 9, 0, 0, 4, 6, 2, 5, 0, 0, 1, 7, 4, 9),     # two with one group alone
  strata_of(1, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1),  # pairs
  strata_of(80, 100, 85, 105, 20, 150, 45, 300, 5, 10, 2, 4),
  strata_of(30, 40, 12, 40, 6, 50, 18, 50),                      # opposite directions
  strata_of(900, 3000, 1150, 3100, 40, 2000, 60, 2100, 1800, 1900, 930, 1000))
rows <- list()
for (k in seq_along(sets)) for (null in c(-.15, 0, .08)) {
  s <- both(sets[[k]]); o <- odds(s); homogeneity <- breslow_day(s, o$or); limits <- score_limits(s)
  words <- function(x) paste(x, collapse = " ")
  rows[[length(rows) + 1]] <- data.frame(
    x1 = words(sets[[k]]$x1), n1 = words(sets[[k]]$n1), x2 = words(sets[[k]]$x2), n2 = words(sets[[k]]$n2), null = null,
    difference = difference(s), sato = sato(s), z_fm = z_score(s, null, FALSE), z_mn = z_score(s, null, TRUE),
    mn_lower = limits[1], mn_upper = limits[2], odds_ratio = o$or, log_se = o$se, lower = o$lower, upper = o$upper,
    cmh = o$z, tarone = homogeneity[1], tarone_p = homogeneity[2])
}
write_reference(do.call(rbind, rows), "tests/reference/stratified_proportions.csv",
                "scripts/reference/stratified_proportions.R")
