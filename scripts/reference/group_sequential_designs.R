# Group-sequential designs from rpact: boundaries, futility by beta spending, exit probabilities, inflation factor and
# average sample number. From the repository root:
#   Rscript scripts/reference/group_sequential_designs.R
suppressMessages(library(rpact))
source("scripts/reference/csv.R")

thirds <- (1:3) / 3
fifths <- (1:5) / 5
d <- function(efficacy, parameter = 0, information = thirds, sides = 1, alpha = .025, beta = .2, futility = "none",
              parameter_b = 0, binding = FALSE)
  list(efficacy = efficacy, parameter = parameter, information = information, sides = sides, alpha = alpha, beta = beta,
       futility = futility, parameter_b = parameter_b, binding = binding)
designs <- list(
  d("wang_tsiatis", 0), d("wang_tsiatis", .5), d("wang_tsiatis", .25), d("wang_tsiatis", .1, c(.4, .7, 1)),
  d("wang_tsiatis", .4, fifths, alpha = .05), d("wang_tsiatis", -.1, c(.5, 1)), d("haybittle_peto", 3),
  d("haybittle_peto", 3, fifths), d("haybittle_peto", 2.8, c(.3, .6, 1), alpha = .05),
  d("wang_tsiatis", 0, fifths, 2, .05), d("wang_tsiatis", .5, fifths, 2, .05), d("wang_tsiatis", .25, (1:4) / 4, 2, .05),
  d("haybittle_peto", 3, thirds, 2, .05), d("obrien_fleming", 0, thirds, 2, .05), d("pocock", 0, fifths, 2, .05),
  d("hwang_shih_decani", -4, thirds, 2, .05),
  d("hwang_shih_decani", -4), d("hwang_shih_decani", -2), d("hwang_shih_decani", 1),
  d("hwang_shih_decani", -8, c(.3, .65, 1)), d("kim_demets", 1), d("kim_demets", 3), d("kim_demets", 2, fifths, alpha = .05),
  d("obrien_fleming", 0, c(.67, 1)), d("obrien_fleming", 0, c(.6, 1), alpha = .05, beta = .1), d("pocock", 0, c(.5, 1)),
  d("obrien_fleming", 0, c(.5, .75, 1), beta = .1, futility = "obrien_fleming"),
  d("obrien_fleming", 0, c(.5, .75, 1), beta = .1, futility = "obrien_fleming", binding = TRUE),
  d("hwang_shih_decani", -4, c(.5, .75, 1), beta = .1, futility = "hwang_shih_decani", parameter_b = -2, binding = TRUE),
  d("hwang_shih_decani", -4, c(.5, .75, 1), beta = .1, futility = "hwang_shih_decani", parameter_b = -2),
  d("pocock", 0, thirds, futility = "pocock"), d("pocock", 0, thirds, futility = "pocock", binding = TRUE),
  d("obrien_fleming", 0, fifths, futility = "kim_demets", parameter_b = 2),
  d("kim_demets", 3, c(.3, .6, 1), alpha = .05, beta = .1, futility = "kim_demets", parameter_b = 1, binding = TRUE),
  d("obrien_fleming", 0, c(.4, 1), alpha = .1, futility = "pocock"),
  d("obrien_fleming", 0, c(.5, 1), futility = "hwang_shih_decani", parameter_b = -4),
  d("hwang_shih_decani", 1, c(.25, .5, 1), futility = "obrien_fleming", binding = TRUE))

spending <- c(obrien_fleming = "OF", pocock = "P", kim_demets = "KD", hwang_shih_decani = "HSD")
type <- function(x) {
  if (x$efficacy == "wang_tsiatis") return("WT")
  if (x$efficacy == "haybittle_peto") return("HP")
  paste0("as", spending[[x$efficacy]])
}
made <- function(x) {
  arguments <- list(kMax = length(x$information), alpha = x$alpha, beta = x$beta, sided = x$sides,
                    informationRates = x$information, typeOfDesign = type(x), tolerance = 1e-10)
  if (x$efficacy == "wang_tsiatis") arguments$deltaWT <- x$parameter
  if (x$efficacy == "haybittle_peto") arguments$constantBoundsHP <- x$parameter
  if (x$efficacy %in% c("hwang_shih_decani", "kim_demets")) arguments$gammaA <- x$parameter
  if (x$futility != "none") {
    arguments$typeBetaSpending <- paste0("bs", spending[[x$futility]])
    arguments$bindingFutility <- x$binding
    if (x$futility %in% c("hwang_shih_decani", "kim_demets")) arguments$gammaB <- x$parameter_b
  }
  do.call(getDesignGroupSequential, arguments)
}

rows <- list()
for (k in seq_along(designs)) {
  x <- designs[[k]]
  design <- made(x)
  character <- suppressWarnings(getDesignCharacteristics(design))
  looks <- length(x$information)
  futility <- if (x$futility == "none") rep(NA_real_, looks) else c(design$futilityBounds, NA)
  stops <- c(as.vector(character$futilityProbabilities), rep(0, looks))[seq_len(looks)]
  rows[[k]] <- data.frame(
    design = k, efficacy = x$efficacy, parameter = x$parameter, sides = x$sides, alpha = x$alpha, beta = x$beta,
    futility = x$futility, parameter_b = x$parameter_b, binding = as.numeric(x$binding), look = seq_len(looks),
    information = x$information, boundary = design$criticalValues, futility_boundary = futility,
    inflation = character$inflationFactor, expected_h1 = character$averageSampleNumber1,
    expected_h0 = character$averageSampleNumber0, rejection = as.vector(character$rejectionProbabilities),
    futility_stop = stops)
}
write_reference(do.call(rbind, rows), "tests/reference/group_sequential_designs.csv",
                "scripts/reference/group_sequential_designs.R")
