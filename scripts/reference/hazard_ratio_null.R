# Tests of two groups against a hazard ratio other than 1, from R survival: the score test of Cox' likelihood at that
# ratio (an offset) and Wald's. Tied times are told apart by their row, since R's score of ties is another. From the
# repository root:
#   Rscript scripts/reference/hazard_ratio_null.R
suppressMessages(library(survival))
source("scripts/reference/csv.R")

rows <- list()
for (name in c("aml", "veteran", "ovarian", "lung")) for (stratified in c(FALSE, TRUE)) for (ratio in c(.6, 1, 1.3, 2)) {
  d <- read.csv(sprintf("tests/reference/data/%s.csv", name), comment.char = "#")
  if (stratified && length(unique(d$stratum)) == 1) next
  d$time <- d$time + seq_len(nrow(d)) / 1024
  d$shift <- log(ratio) * d$group
  strata <- if (stratified) "+ strata(stratum)" else ""
  against <- coxph(as.formula(paste("Surv(time, event) ~ group + offset(shift)", strata)), d)
  fit <- coxph(as.formula(paste("Surv(time, event) ~ group", strata)), d,
               control = coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 50))
  wald <- (coef(fit) - log(ratio)) / sqrt(vcov(fit)[1, 1])
  rows[[length(rows) + 1]] <- data.frame(
    data = name, stratified = as.numeric(stratified), ratio, score = against$score,
    side = unname(-sign(coef(against))), wald = unname(wald), wald_p = unname(2 * pnorm(-abs(wald))))
}
write_reference(do.call(rbind, rows), "tests/reference/hazard_ratio_null.csv", "scripts/reference/hazard_ratio_null.R")
