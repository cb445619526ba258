# 1000 bootstrap resamples by R boot with survival's low-level fits, on the data of bench/resampling.cpp. Prints
# NAME,CPU SECONDS. Rscript bench/peers/bootstrap.R
suppressMessages({library(boot); library(survival)})
resamples <- 1000

patients <- function(n) {
  i <- seq_len(n) - 1
  data.frame(time = 1 + (i * 7919) %% 1009, event = as.numeric((i * 31) %% 10 < 7), group = as.numeric(i %% 4 == 0))
}
control <- coxph.control()
log_hazard_ratio <- function(d, i) {
  y <- Surv(d$time[i], d$event[i])
  coxph.fit(cbind(d$group[i]), y, NULL, NULL, NULL, control, NULL, "efron", NULL, resid = FALSE)$coefficients
}
one_group <- lapply(c(37, 200), function(n) factor(rep(1, n)))
names(one_group) <- c(37, 200)
median_time <- function(d, i) {
  fit <- survival:::survfitKM(one_group[[as.character(nrow(d))]], Surv(d$time[i], d$event[i]), se.fit = FALSE)
  fit$time[which(fit$surv < .5 + 1e-9)[1]]
}
for (n in c(37, 200)) for (name in c("bootstrap_cox", "bootstrap_median")) {
  d <- patients(n)
  statistic <- if (name == "bootstrap_cox") log_hazard_ratio else median_time
  used <- system.time(suppressWarnings(boot.ci(boot(d, statistic, resamples), type = "perc")))
  cat(sprintf("%s/%d,%.6f\n", name, n, used[["user.self"]] + used[["sys.self"]]))
}
