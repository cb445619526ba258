# Variances over many case bootstrap resamples of the veteran data, by base R on weights: Kaplan-Meier at two times and
# the log hazard ratio of x1 (Efron's ties, Newton's method on all resamples of a batch at once). From the root:
#   Rscript scripts/reference/bootstrap_variance.R
suppressMessages(library(survival))
source("scripts/reference/csv.R")
script <- "scripts/reference/bootstrap_variance.R"
set.seed(1979)
to_the_end <- coxph.control(eps = 1e-14, iter.max = 50, toler.chol = 1e-15)
batches <- 20
size <- 5000

d <- read.csv("tests/reference/data/veteran.csv", comment.char = "#")
n <- nrow(d)
times <- sort(unique(d$time[d$event == 1]))
at_risk <- outer(d$time, times, ">=") + 0
dying <- outer(d$time, times, "==") * d$event

survival_at <- function(w, t) {
  known <- times <= t
  y <- w %*% at_risk[, known]
  exp(rowSums(log(ifelse(y > 0, 1 - (w %*% dying[, known]) / pmax(y, 1), 1))))
}

# Weights stand for rows written out: a time with deaths D in a resample has the factors k / D, k = 0 ... D - 1.
log_ratio <- function(w, x) {
  deaths <- w %*% dying
  beta <- numeric(nrow(w))
  for (iteration in 1:50) {
    r <- w * exp(outer(beta, x))
    rx <- t(t(r) * x)
    rxx <- t(t(rx) * x)
    score <- drop(w %*% (x * d$event))
    information <- numeric(nrow(w))
    all <- list(r %*% at_risk, rx %*% at_risk, rxx %*% at_risk)
    own <- list(r %*% dying, rx %*% dying, rxx %*% dying)
    for (k in 0:(max(deaths) - 1)) {
      there <- which(deaths > k)
      share <- k / deaths[there]
      s <- lapply(1:3, function(j) all[[j]][there] - share * own[[j]][there])
      mean <- s[[2]] / s[[1]]
      of <- (there - 1) %% nrow(w) + 1
      score <- score - drop(rowsum(c(mean, numeric(nrow(w))), c(of, seq_len(nrow(w)))))
      information <- information + drop(rowsum(c(s[[3]] / s[[1]] - mean^2, numeric(nrow(w))), c(of, seq_len(nrow(w)))))
    }
    beta <- beta + score / information
    if (max(abs(score / information)) < 1e-12) break
  }
  unname(beta)
}

# Everybody once: what survival says.
one <- matrix(1, 1, n)
fit <- coxph(Surv(time, event) ~ x1, d, control = to_the_end)
robust <- coxph(Surv(time, event) ~ x1, d, control = to_the_end, robust = TRUE)
curve <- summary(survfit(Surv(time, event) ~ 1, d), times = c(20, 80))
stopifnot(abs(log_ratio(one, d$x1) - coef(fit)) < 1e-10, abs(survival_at(one, 80) - curve$surv[2]) < 1e-12)

values <- list()
for (b in seq_len(batches)) {
  w <- t(rmultinom(size, n, rep(1, n)))
  values[[b]] <- cbind(survival_at(w, 20), survival_at(w, 80), log_ratio(w, d$x1))
}
values <- do.call(rbind, values)
spread <- function(x) c(mean(x), var(x), mean((x - mean(x))^4) / var(x)^2)
all <- t(apply(values, 2, spread))
write_reference(data.frame(quantity = c("survival", "survival", "log_hazard_ratio"), at = c(20, 80, NA),
                           resamples = batches * size, mean = all[, 1], variance = all[, 2], kurtosis = all[, 3],
                           estimate = c(curve$surv, coef(fit)),
                           large_sample_variance = c(curve$std.err^2, fit$var[1, 1]),
                           robust_variance = c(NA, NA, robust$var[1, 1])),
                "tests/reference/bootstrap_variance.csv", script)
