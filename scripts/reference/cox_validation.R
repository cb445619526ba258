# Bootstrap validation of Cox models by R survival: coxph on the rows of each resample written out, its concordance
# there and on the data, the calibration slope on the data, backward elimination by refits. From the repository root:
#   Rscript scripts/reference/cox_validation.R
# coxph is run to the end (eps = 1e-14), so that every row holds to 1e-8.
suppressMessages(library(survival))
source("scripts/reference/csv.R")
script <- "scripts/reference/cox_validation.R"
set.seed(19961)
to_the_end <- coxph.control(eps = 1e-14, iter.max = 50, toler.chol = 1e-15)
resamples <- 40

read_data <- function(name) read.csv(sprintf("tests/reference/data/%s.csv", name), comment.char = "#")
data <- list(veteran = read_data("veteran"), pbc = read_data("cox_pbc"), ovarian = read_data("ovarian"))

# How often each row is in each resample.
weights <- lapply(data, function(d) t(replicate(resamples, tabulate(sample(nrow(d), replace = TRUE), nrow(d)))))
most <- max(vapply(data, nrow, 0L))
written <- lapply(names(data), function(name) {
  w <- cbind(weights[[name]], matrix(NA, resamples, most - ncol(weights[[name]])))
  cbind(data.frame(data = name, resample = seq_len(resamples)), setNames(as.data.frame(w), sprintf("w%d", seq_len(most))))
})
write_reference(do.call(rbind, written), "tests/reference/cox_validation_weights.csv", script)

# `terms` as the test reads them: terms by space, the columns of one by +, a=2 an indicator, a:b a product.
model <- function(data, terms, p_out = NA, strata = "", ties = "efron") list(data = data, terms = terms, p_out = p_out, strata = strata, ties = ties)
models <- list(
  model("veteran", "group x1 x2 x3 group4=1+group4=2+group4=3", .157),
  model("veteran", "group x1 x2 x3 group4=1+group4=2+group4=3", ties = "breslow"),
  model("veteran", "group x1 x2 group:x1 x2:x3", .05, strata = "stratum"),
  model("veteran", "group x3", .05),
  model("pbc", "trt age bili edema=0.5+edema=1"),
  model("pbc", "trt age bili edema=0.5+edema=1 stage=2+stage=3+stage=4", .157),
  model("pbc", "trt age bili trt:bili", .157, strata = "stage", ties = "breslow"),
  model("ovarian", "group x1 x2 x3", .3),
  model("ovarian", "group x1 x2", strata = "x3"))

column <- function(d, text) {
  one <- function(variable) {
    parts <- strsplit(variable, "=")[[1]]
    if (length(parts) == 2) as.numeric(d[[parts[1]]] == as.numeric(parts[2])) else d[[variable]]
  }
  Reduce(`*`, lapply(strsplit(text, ":")[[1]], one))
}
columns_of <- function(terms) strsplit(strsplit(terms, " ")[[1]], "+", fixed = TRUE)
variables <- function(term) unique(sub("=.*", "", unlist(strsplit(term, ":"))))

fit_of <- function(d, x, stratum, ties) {
  fit <- suppressWarnings(coxph(Surv(d$time, d$event) ~ x + strata(stratum), ties = ties, control = to_the_end))
  # Without a finite maximum, or with columns that are constant or a combination of others, there is no model.
  bad <- anyNA(coef(fit)) || any(sqrt(diag(fit$var)) * apply(x, 2, sd) > 50)
  if (bad) NULL else fit
}

# Terms in the model, and one coefficient a column, 0 where out; NULL where a fit is none.
made <- function(d, x, stratum, m, first) {
  terms <- columns_of(m$terms)
  term_of <- rep(seq_along(terms), lengths(terms))
  kept <- seq_along(terms)
  fit <- first
  while (!is.na(m$p_out) && length(kept) > 0) {
    inside <- term_of %in% kept
    p <- vapply(kept, function(t) {
      larger <- Filter(function(u) u != t && all(variables(terms[[t]]) %in% variables(terms[[u]])), kept)
      if (length(larger)) return(-1)
      at <- which(term_of[inside] == t)
      chi <- drop(coef(fit)[at] %*% solve(fit$var[at, at, drop = FALSE], coef(fit)[at]))
      pchisq(chi, length(at), lower.tail = FALSE)
    }, 0)
    if (max(p) <= m$p_out) break
    kept <- kept[-which.max(p)]
    if (!length(kept)) break
    fit <- fit_of(d, x[, term_of %in% kept, drop = FALSE], stratum, m$ties)
    if (is.null(fit)) return(NULL)
  }
  coefficient <- numeric(length(term_of))
  if (length(kept)) coefficient[term_of %in% kept] <- coef(fit)
  list(kept = kept, coefficient = coefficient)
}

harrell <- function(d, predictor, stratum) {
  unname(concordance(Surv(d$time, d$event) ~ predictor + strata(stratum), reverse = TRUE)$concordance)
}
slope_of <- function(d, predictor, stratum, ties) {
  if (length(unique(predictor)) == 1) return(NA)
  fit <- fit_of(d, matrix(predictor), stratum, ties)
  if (is.null(fit)) NA else unname(coef(fit))
}
bits <- function(yes) paste(as.integer(yes), collapse = "")

validate <- function(m) {
  d <- data[[m$data]]
  x <- vapply(unlist(columns_of(m$terms)), function(text) column(d, text), numeric(nrow(d)))
  stratum <- if (m$strata == "") rep(0, nrow(d)) else d[[m$strata]]
  terms <- length(columns_of(m$terms))
  whole <- fit_of(d, x, stratum, m$ties)
  one <- function(b) {
    rows <- if (b == 0) seq_len(nrow(d)) else rep(seq_len(nrow(d)), weights[[m$data]][b, ])
    own <- d[rows, ]
    first <- fit_of(own, x[rows, , drop = FALSE], stratum[rows], m$ties)
    result <- if (!is.null(first)) made(own, x[rows, , drop = FALSE], stratum[rows], m, first)
    base <- data.frame(data = m$data, terms = m$terms, strata = m$strata, ties = m$ties, p_out = m$p_out, resample = b)
    if (is.null(result))
      return(cbind(base, data.frame(used = 0, own_concordance = NA, concordance = NA, slope = NA, kept = "", same_sign = "")))
    predictor <- drop(x %*% result$coefficient)
    cbind(base, data.frame(
      used = 1, own_concordance = harrell(own, predictor[rows], stratum[rows]), concordance = harrell(d, predictor, stratum),
      slope = slope_of(d, predictor, stratum, m$ties), kept = bits(seq_len(terms) %in% result$kept),
      same_sign = bits(sign(coef(first)) == sign(coef(whole)))))
  }
  do.call(rbind, lapply(0:resamples, one))
}

means <- function(rows) {
  drawn <- subset(rows, resample > 0 & used == 1)
  split_bits <- function(text) do.call(rbind, lapply(strsplit(text, ""), as.numeric))
  kept <- split_bits(drawn$kept)
  same <- split_bits(drawn$same_sign)
  values <- c(list(optimism = drawn$own_concordance - drawn$concordance, calibration_slope = drawn$slope),
              setNames(lapply(seq_len(ncol(kept)), function(t) kept[, t]), sprintf("selection_frequency_%d", seq_len(ncol(kept)))),
              setNames(lapply(seq_len(ncol(same)), function(j) same[, j]), sprintf("sign_frequency_%d", seq_len(ncol(same)))))
  one <- function(name) {
    x <- values[[name]][!is.na(values[[name]])]
    cbind(rows[1, c("data", "terms", "strata", "ties", "p_out")],
          data.frame(parameter = name, estimate = mean(x), monte_carlo_error = sd(x) / sqrt(length(x)),
                     degenerate = 1 - length(x) / resamples))
  }
  do.call(rbind, lapply(names(values), one))
}

results <- lapply(models, validate)
write_reference(do.call(rbind, results), "tests/reference/cox_validation.csv", script)
write_reference(do.call(rbind, lapply(results, means)), "tests/reference/cox_validation_means.csv", script)
