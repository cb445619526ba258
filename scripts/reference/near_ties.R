# Times that differ by rounding alone, as R survival joins them. From the repository root:
#   Rscript scripts/reference/near_ties.R
suppressMessages(library(survival))
source("scripts/reference/csv.R")

set.seed(20250611)
years <- round(runif(60, 0, 3), 1)
sets <- list(
  differences = round(years + round(rexp(60), 1), 1) - years,
  chain = c(10, 10 + 1e-8, 10 + 2e-8, 10 + 2e-7, 11, 10 + 3e-8),
  large = c(1e6, 1e6 + 1e-3, 1e6 + 0.02, 5e6, 1e6 + 0.5),
  small = c(1e-9, 2e-9, 1e-3, 1e-3 + 1e-8, 5),
  apart = c(3, 1, 2, 2, 5))
rows <- lapply(names(sets), function(name)
  data.frame(set = name, time = sets[[name]], joined = aeqSurv(Surv(sets[[name]], rep(1, length(sets[[name]]))))[, 1]))
write_reference(do.call(rbind, rows), "tests/reference/near_ties.csv", "scripts/reference/near_ties.R")
