# Sample sizes of trials with a survival endpoint from rpact: events at the end, and patients where the dates are given.
# From the repository root:
#   Rscript scripts/reference/size.R
suppressMessages(library(rpact))
source("scripts/reference/csv.R")

# `ratio`: patients of the second arm for one of the first. The hazard ratio is the second's to the first's. `loss`: share of
# the patients of each that are lost in 12 months; rpact's first group is our second.
case <- function(name, hazard_ratio, alpha, power, sides = 1, ratio = 1, information = 1, median = 10, accrual = 20,
                 follow_up = 12, loss = c(0, 0))
  list(name = name, hazard_ratio = hazard_ratio, alpha = alpha, power = power, sides = sides, ratio = ratio,
       information = information, median = median, accrual = accrual, follow_up = follow_up,
       loss = loss)
cases <- list(
  case("two_looks", .6, .025, .8, information = c(.5, 1)), case("two_looks", .75, .025, .9, information = c(.5, 1)),
  case("fixed", .7, .025, .9), case("fixed", .6, .05, .8),
  case("loss", .7, .025, .9, loss = c(.1, .3)), case("loss", .65, .025, .8, ratio = 2, follow_up = 18, loss = c(.4, 0)),
  case("sabr_comet", .6, .2, .8, sides = 2, ratio = 2, median = 9, accrual = 48),
  case("celestial", 1 / 1.32, .05, .9, sides = 2, ratio = 2, information = c(.5, .75, 1), median = 8, accrual = 48))

rows <- lapply(cases, function(x) {
  looks <- length(x$information)
  design <- if (looks == 1) getDesignGroupSequential(kMax = 1, alpha = x$alpha, beta = 1 - x$power, sided = x$sides) else
    getDesignGroupSequential(kMax = looks, alpha = x$alpha, beta = 1 - x$power, sided = x$sides,
                             informationRates = x$information, typeOfDesign = "asOF")
  size <- getSampleSizeSurvival(design, hazardRatio = x$hazard_ratio, lambda2 = log(2) / x$median,
                                accrualTime = c(0, x$accrual), followUpTime = x$follow_up,
                                allocationRatioPlanned = x$ratio, dropoutRate1 = x$loss[2], dropoutRate2 = x$loss[1],
                                dropoutTime = 12)
  data.frame(case = x$name, hazard_ratio = x$hazard_ratio, alpha = x$alpha, power = x$power, sides = x$sides,
             ratio = x$ratio, looks = looks, median = x$median, accrual = x$accrual, follow_up = x$follow_up,
             loss_first = x$loss[1], loss_second = x$loss[2],
             events = as.numeric(size$maxNumberOfEvents), patients = as.numeric(size$maxNumberOfSubjects))
})
write_reference(do.call(rbind, rows), "tests/reference/size.csv", "scripts/reference/size.R")
