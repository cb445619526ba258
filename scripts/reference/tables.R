# Reference values for tables of patients: Fisher, Mann-Whitney, t, quantiles, paired proportions. From the repository
# root:
#   Rscript scripts/reference/tables.R
# Counts and values stand in one field, separated by blanks; tables row by row.
suppressMessages(library(survival))
source("scripts/reference/csv.R")
script <- "scripts/reference/tables.R"
set.seed(20250131)
blanks <- function(x) paste(written_number(x), collapse = " ")
save <- function(rows, file) write_reference(do.call(rbind, rows), file.path("tests/reference", file), script)

# ---- Fisher, 2 x 2: what fisher.test prints, whose uniroot stops at 1.2e-4, and the same equations solved further ----

exact_roots <- function(x, confidence) {
  m <- sum(x[, 1]); n <- sum(x[, 2]); k <- sum(x[1, ]); a <- x[1, 1]
  support <- max(0, k - n):min(k, m)
  probability <- function(log_or) {
    d <- dhyper(support, m, n, k, log = TRUE) + log_or * support
    d <- exp(d - max(d))
    d / sum(d)
  }
  solve_for <- function(f) exp(uniroot(f, c(-12, 12), tol = 1e-15, maxiter = 1e5)$root)
  tail <- (1 - confidence) / 2
  low <- a == min(support)
  high <- a == max(support)
  c(if (low) 0 else if (high) Inf else solve_for(function(t) sum(support * probability(t)) - a),
    if (low) 0 else solve_for(function(t) log(sum(probability(t)[support >= a])) - log(tail)),
    if (high) Inf else solve_for(function(t) log(sum(probability(t)[support <= a])) - log(tail)))
}
rows <- list()
two_by_two <- function(x, confidence = .95) {
  f <- fisher.test(x, conf.level = confidence)
  e <- exact_roots(x, confidence)
  finite <- function(r) is.finite(r) & r > 0
  stopifnot(abs(pmin(e, 1 / e) - pmin(c(f$estimate, f$conf.int), 1 / c(f$estimate, f$conf.int)))[finite(e)] < 2e-4)
  rows[[length(rows) + 1]] <<- data.frame(
    counts = blanks(t(x)), confidence, p_value = f$p.value,
    less = fisher.test(x, alternative = "less")$p.value, greater = fisher.test(x, alternative = "greater")$p.value,
    odds_ratio = f$estimate, lower = f$conf.int[1], upper = f$conf.int[2],
    exact_odds_ratio = e[1], exact_lower = e[2], exact_upper = e[3])
}
for (counts in list(c(5, 7, 7, 8), c(12, 4, 0, 8), c(10, 2, 6, 10), c(12, 0, 8, 8), c(5, 7, 7, 8), c(10, 2, 6, 10),
                    c(8, 4, 12, 3), c(1, 0, 0, 1), c(0, 1, 1, 0), c(1, 1, 1, 1), c(0, 9, 9, 0), c(60, 40, 45, 55),
                    c(200, 300, 310, 190))) two_by_two(matrix(counts, 2))
for (confidence in c(.8, .99)) two_by_two(matrix(c(10, 2, 6, 10), 2), confidence)
two_by_two(with(mtcars, table(am, vs)))
two_by_two(with(lung, table(sex, status)))
two_by_two(with(veteran, table(trt, status)))
two_by_two(with(veteran, table(prior, trt)))
repeat {
  x <- matrix(rmultinom(1, sample(c(5, 12, 37, 100), 1), rep(1, 4) * rexp(4)), 2)
  if (all(rowSums(x) > 0, colSums(x) > 0)) two_by_two(x, sample(c(.9, .95), 1))
  if (length(rows) == 80) break
}
save(rows, "fisher_two_by_two.csv")

# ---- Fisher, larger: fisher.test (FEXACT) adds up rounded path lengths ----

rows <- list()
larger <- function(x) {
  if (sum(rowSums(x) > 0) < 2 || sum(colSums(x) > 0) < 2) return()
  p <- fisher.test(x, workspace = 2e7)$p.value
  rows[[length(rows) + 1]] <<- data.frame(counts = blanks(t(x)), rows = nrow(x), columns = ncol(x), p_value = p)
}
larger(matrix(c(3, 5, 4, 6, 2, 8), 2))
larger(with(mtcars, table(cyl, gear)))
larger(with(mtcars, table(cyl, carb)))
larger(with(mtcars, table(gear, carb)))
larger(with(lung, table(ph.ecog, sex)))
larger(with(veteran, table(celltype, trt)))
larger(with(veteran, table(celltype, prior)))
larger(matrix(c(3, 0, 4, 2, 0, 1, 5, 0, 2), 3))
larger(matrix(c(2, 0, 1, 0, 3, 1, 1, 0, 4), 3))
for (size in list(c(2, 3), c(3, 2), c(3, 3), c(4, 2), c(3, 4), c(4, 4), c(2, 6))) for (n in c(9, 20, 37, 60)) {
  if (prod(size) == 16 && n > 37) next
  larger(matrix(rmultinom(1, n, rexp(prod(size))), size[1]))
}
for (n in c(15, 25, 37)) larger(matrix(rmultinom(1, n, rep(1, 25)), 5))
save(rows, "fisher_larger.csv")

# ---- Mann-Whitney: interval and shift of the normal case by uniroot with a step of 1e-4 ----

rows <- list()
samples <- list()
compare <- function(x, y, confidence = .95) {
  x <- x[!is.na(x)]
  y <- y[!is.na(y)]
  samples[[length(samples) + 1]] <<- list(x, y, confidence)
  for (exact in c(TRUE, FALSE)) {
    if (exact && (any(duplicated(c(x, y))) || max(length(x), length(y)) >= 50)) next
    if (!exact && !any(duplicated(c(x, y))) && max(length(x), length(y)) < 50) next
    test <- function(alternative, interval = FALSE)
      suppressWarnings(wilcox.test(x, y, alternative, exact = exact, conf.int = interval, conf.level = confidence))
    w <- test("two.sided", TRUE)
    # Where R warns that the level is not achievable there is no interval of it.
    if (exact) withCallingHandlers(
      wilcox.test(x, y, exact = TRUE, conf.int = TRUE, conf.level = confidence),
      warning = function(said) {
        if (grepl("not achievable", conditionMessage(said))) w$conf.int <<- c(NA, NA)
        invokeRestart("muffleWarning")
      })
    middle <- sort(outer(x, y, "-"))[c(ceiling(length(x) * length(y) / 2), floor(length(x) * length(y) / 2) + 1)]
    rows[[length(rows) + 1]] <<- data.frame(
      first = blanks(x), second = blanks(y), confidence, exact = as.integer(exact), w = w$statistic,
      p_value = w$p.value, less = test("less")$p.value, greater = test("greater")$p.value, shift = w$estimate,
      lower = w$conf.int[1], upper = w$conf.int[2], middle_1 = middle[1], middle_2 = middle[2])
  }
}
compare(c(5.8, 6.1, 3.2, 7.7, 4.4, 9, 5.1, 6.6), c(3.9, 2.8, 4.1, 3.3, 5, 1.9))
compare(c(5, 6, 3, 7, 4, 9, 5, 6), c(4, 3, 4, 3, 5, 2))
compare(1, 2)
compare(c(1, 3), 2)
compare(1:3, 4:6)
compare(1:3, 4:6, .9)
compare(c(1, 4, 6), c(2, 3, 5, 7))
compare(c(1, 1, 1), c(1, 1, 2))
with(mtcars, compare(mpg[am == 0], mpg[am == 1]))
with(mtcars, compare(qsec[vs == 0], qsec[vs == 1]))
with(mtcars, compare(hp[am == 0], hp[am == 1], .9))
with(warpbreaks, compare(breaks[wool == "A"], breaks[wool == "B"]))
with(lung, compare(time[sex == 1], time[sex == 2]))
with(lung, compare(wt.loss[sex == 1], wt.loss[sex == 2], .99))
with(lung, compare(age[ph.ecog == 0], age[ph.ecog == 2]))
with(veteran, compare(time[trt == 1], time[trt == 2]))
with(veteran, compare(karno[prior == 0], karno[prior == 10]))
compare(round(rnorm(55), 6), round(rnorm(20, .5), 6))
compare(round(rnorm(49), 6), round(rnorm(49, .5), 6), .8)
for (i in 1:30) {
  n <- sample(1:20, 2)
  digits <- sample(c(0, 1, 6), 1)
  compare(round(rnorm(n[1], .5, 2), digits), round(rnorm(n[2], 0, 2), digits), sample(c(.9, .95, .99), 1))
}
save(rows, "mann_whitney.csv")

# ---- t, on the same samples ----

rows <- list()
for (s in samples) for (pooled in c(FALSE, TRUE)) {
  t <- tryCatch(t.test(s[[1]], s[[2]], var.equal = pooled, conf.level = s[[3]]), error = function(e) NULL)
  if (is.null(t)) next
  less <- t.test(s[[1]], s[[2]], "less", var.equal = pooled)$p.value
  rows[[length(rows) + 1]] <- data.frame(
    first = blanks(s[[1]]), second = blanks(s[[2]]), confidence = s[[3]], pooled = as.integer(pooled),
    difference = t$estimate[[1]] - t$estimate[[2]], standard_error = t$stderr, statistic = t$statistic,
    df = t$parameter, p_value = t$p.value, less, lower = t$conf.int[1], upper = t$conf.int[2])
}
save(rows, "t_test.csv")

# ---- Quantiles of type 7, mean and standard deviation ----

rows <- list()
for (x in c(list(c(5.8, 6.1, 3.2, 7.7, 4.4, 9, 5.1, 6.6), 3, c(1, 2), mtcars$mpg, lung$time, lung$wt.loss),
            lapply(samples, function(s) s[[1]]))) {
  x <- x[!is.na(x)]
  for (p in c(0, .025, .1, .25, .5, 2 / 3, .75, .975, 1)) {
    rows[[length(rows) + 1]] <- data.frame(values = blanks(x), probability = p, quantile = quantile(x, p, type = 7),
                                           mean = mean(x), standard_deviation = sd(x))
  }
}
save(rows, "quantile.csv")

# ---- Paired shares: exact McNemar is binom.test on the pairs that differ; the interval is written out here ----

wilson <- function(x, n, z) {
  p <- x / n
  (p + z^2 / (2 * n) + c(-1, 1) * z * sqrt(p * (1 - p) / n + z^2 / (4 * n^2))) / (1 + z^2 / n)
}
# Newcombe (1998), his method 10; p1 before, p2 after, change p2 - p1.
square_and_add <- function(both, before_only, after_only, neither, z) {
  n <- both + before_only + after_only + neither
  p1 <- (both + before_only) / n
  p2 <- (both + after_only) / n
  margins <- c(both + before_only, after_only + neither, both + after_only, before_only + neither)
  above <- both * neither - before_only * after_only
  phi <- if (any(margins == 0)) 0 else (if (above > 0) max(above - n / 2, 0) else above) / sqrt(prod(margins))
  one <- wilson(both + before_only, n, z)
  two <- wilson(both + after_only, n, z)
  down <- c(p2 - two[1], one[2] - p1)
  up <- c(two[2] - p2, p1 - one[1])
  length_of <- function(d) sqrt(sum(d^2) - 2 * phi * prod(d))
  c(p2 - p1 - length_of(down), p2 - p1 + length_of(up))
}
# Fagerland, Lydersen and Laake (2014), airway hyper-responsiveness before and after transplantation: 2 against 8 of 21.
stopifnot(abs(square_and_add(1, 1, 7, 12, qnorm(.975)) - c(.026, .507)) < 5e-4)
rows <- list()
paired <- function(n, confidence) {
  z <- qnorm(1 - (1 - confidence) / 2)
  limits <- square_and_add(n[1], n[2], n[3], n[4], z)
  change <- (n[3] - n[2]) / sum(n)
  differ <- n[2] + n[3]
  test <- function(alternative) if (differ == 0) 1 else binom.test(n[3], differ, .5, alternative)$p.value
  rows[[length(rows) + 1]] <<- data.frame(
    counts = blanks(n), confidence, change, standard_error = sqrt(differ - (n[3] - n[2])^2 / sum(n)) / sum(n),
    lower = limits[1], upper = limits[2], p_value = test("two.sided"), less = test("less"), greater = test("greater"))
}
for (n in list(c(1, 1, 7, 12), c(16, 0, 11, 1), c(1, 0, 9, 18), c(0, 0, 0, 5), c(5, 0, 0, 0), c(3, 2, 2, 3),
               c(0, 4, 0, 0), c(0, 0, 4, 0), c(10, 1, 0, 0))) paired(n, .95)
paired(as.vector(with(mtcars, table(am, vs)))[c(4, 2, 3, 1)], .9)
for (i in 1:30) paired(as.vector(rmultinom(1, sample(c(5, 28, 37, 200), 1), rexp(4))), sample(c(.9, .95, .99), 1))
save(rows, "paired.csv")
