# One-sided alpha-spending boundaries from rpact, at its smallest tolerance. From the repository root:
#   Rscript scripts/reference/group_sequential.R
suppressMessages(library(rpact))
source("scripts/reference/csv.R")

# rpact integrates over a fixed grid: for looks as close as .95 and 1 it is off by up to 1e-5, and for asOF at .1 with
# alpha .01 it gives Inf. Such designs are tested by other means.
looks <- list(c(.5, 1), c(.6, 1), c(.67, 1), c(1, 2, 3) / 3, c(.2, .5, 1), c(.3, .9, 1), (1:4) / 4, c(.25, .4, .8, 1),
              (1:5) / 5, c(.2, .3, .55, .8, 1))
drift <- 2.5
rows <- list()
for (alpha in c(.01, .025, .05)) for (information in looks) for (spending in c("obrien_fleming", "pocock")) {
  kind <- c(obrien_fleming = "asOF", pocock = "asP")[[spending]]
  k <- length(information)
  design <- getDesignGroupSequential(kMax = k, alpha = alpha, sided = 1, informationRates = information,
                                     typeOfDesign = kind, tolerance = 1e-10)
  # rpact: reject probabilities at maximum sample size n and effect theta have drift theta sqrt(n information).
  power <- getPowerAndAverageSampleNumber(design, theta = drift, nMax = 1)
  rows[[length(rows) + 1]] <- data.frame(
    spending, alpha, design = length(rows), look = seq_len(k), information, boundary = design$criticalValues,
    spent = design$alphaSpent, drift, crossing = diff(c(0, cumsum(as.vector(power$rejectPerStage)))))
}
write_reference(do.call(rbind, rows), "tests/reference/group_sequential.csv", "scripts/reference/group_sequential.R")
