# Cox reference values from R survival: counting process, strata, factors, interactions; profile-likelihood and score
# intervals; Firth's penalty. From the repository root:
#   Rscript scripts/reference/cox.R
# coxph is run to the end (eps = 1e-14), so that every row holds to 1e-8.
suppressMessages(library(survival))
source("scripts/reference/csv.R")
script <- "scripts/reference/cox.R"
to_the_end <- coxph.control(eps = 1e-14, iter.max = 50, toler.chol = 1e-15)

# ---- Data: aml, veteran, lung and ovarian are those of survival.R ----

read_data <- function(name) read.csv(sprintf("tests/reference/data/%s.csv", name), comment.char = "#")
known <- subset(mgus2, !is.na(mspike) & futime > 0)
data <- list(
  aml = read_data("aml"), veteran = read_data("veteran"), lung = read_data("lung"), ovarian = read_data("ovarian"),
  colon = with(subset(colon, !is.na(node4)),
               data.frame(time, event = status, etype = etype - 1, rx = as.integer(rx) - 1, age, node4, extent)),
  pbc = with(subset(pbc, !is.na(trt)),
             data.frame(time, event = as.integer(status == 2), trt = trt - 1, age, bili, edema, stage)),
  heart = with(heart, data.frame(start, time = stop, event, age, year, surgery,
                                 transplant = as.integer(transplant) - 1)),
  mgus2 = with(known, data.frame(time = futime, event = death, male = as.integer(sex == "M"), age, mspike,
                                 known_from = ifelse(pstat == 1, ptime, NA))),
  separated = data.frame(
    time = c(2, 3, 3, 5, 6, 7, 7, 8, 9, 11, 12, 14, 15, 16, 18, 20),
    event = c(1, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 0, 0, 0),
    x1 = c(1, 1, 0, 0, 1, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0),
    x2 = c(0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0),
    x3 = c(5, 3, 8, 2, 9, 1, 4, 7, 7, 3, 6, 2, 8, 5, 1, 4)))
for (name in c("colon", "pbc", "heart", "mgus2", "separated"))
  write_reference(data[[name]], sprintf("tests/reference/data/cox_%s.csv", name), script)

# The time-dependent covariate of mgus2: progression to a plasma cell malignancy.
data$mgus2$id <- seq_len(nrow(data$mgus2))
expanded <- tmerge(data$mgus2, data$mgus2, id = id, death = event(time, event), pcm = tdc(known_from))

# ---- Models: the terms as the test reads them (a=2 an indicator, a:b a product), and the formula ----

model <- function(data, terms, formula, strata = "", frame = NULL) {
  list(data = data, terms = terms, formula = formula, strata = strata, frame = frame)
}
models <- list(
  model("aml", "group", Surv(time, event) ~ group),
  model("veteran", "group+x1+group4=1+group4=2+group4=3", Surv(time, event) ~ group + x1 + factor(group4)),
  model("veteran", "group+x1+x2+group:x1", Surv(time, event) ~ group * x1 + x2 + strata(stratum), "stratum"),
  model("ovarian", "group+x1+x2+x3", Surv(time, event) ~ group + x1 + x2 + x3),
  model("ovarian", "group+x1", Surv(time, event) ~ group + x1 + strata(stratum), "stratum"),
  model("lung", "group+x1+x2=1+x2=2+x2=3", Surv(time, event) ~ group + x1 + factor(x2)),
  model("lung", "group+x1+group:x1", Surv(time, event) ~ group * x1 + strata(stratum), "stratum"),
  model("colon", "rx=1+rx=2+age+node4", Surv(time, event) ~ factor(rx) + age + node4 + strata(etype), "etype"),
  model("colon", "rx=1+rx=2+extent=2+extent=3+extent=4+node4",
        Surv(time, event) ~ factor(rx) + factor(extent) + node4),
  model("colon", "rx=1+rx=2+node4+rx=1:node4+rx=2:node4", Surv(time, event) ~ factor(rx) * node4 + strata(etype),
        "etype"),
  model("pbc", "trt+age+bili+edema=0.5+edema=1", Surv(time, event) ~ trt + age + bili + factor(edema)),
  model("pbc", "trt+age+bili+trt:bili", Surv(time, event) ~ trt + age + bili + trt:bili + strata(stage), "stage"),
  model("mgus2", "male+age+mspike", Surv(time, event) ~ male + age + mspike),
  model("mgus2", "pcm", Surv(tstart, tstop, death) ~ pcm, frame = expanded),
  model("mgus2", "male+age+pcm", Surv(tstart, tstop, death) ~ male + age + pcm, frame = expanded),
  model("mgus2", "age+pcm+age:pcm", Surv(tstart, tstop, death) ~ age * pcm + strata(male), "male", expanded),
  model("heart", "transplant", Surv(start, time, event) ~ transplant),
  model("heart", "age+year+surgery+transplant", Surv(start, time, event) ~ age + year + surgery + transplant),
  model("heart", "age+year+transplant+age:transplant",
        Surv(start, time, event) ~ age + year + transplant + age:transplant + strata(surgery), "surgery"))

# coxph keeps fit$means' formula order with interactions last, as `terms` does.
coefficient_rows <- function(m, ties) {
  frame <- if (is.null(m$frame)) data[[m$data]] else m$frame
  fit <- coxph(m$formula, frame, ties = ties, control = to_the_end)
  data.frame(data = m$data, terms = m$terms, ties, strata = m$strata, term = seq_along(coef(fit)) - 1,
             coefficient = unname(coef(fit)), standard_error = sqrt(diag(fit$var)),
             covariance_with_first = fit$var[1, ], null_log_likelihood = fit$loglik[1], log_likelihood = fit$loglik[2],
             score_test = fit$score, wald_test = unname(fit$wald.test), likelihood_ratio_test = 2 * diff(fit$loglik),
             n = fit$n, n_events = fit$nevent)
}
rows <- list()
for (m in models) for (ties in c("efron", "breslow")) rows <- c(rows, list(coefficient_rows(m, ties)))
write_reference(do.call(rbind, rows), "tests/reference/cox_models.csv", script)

# ---- Models in which columns are combinations of others ----
# coxph leaves out the last of a combination. Estimable is what does not change where it leaves out the first.

combined <- list(
  model("lung", "group+x2=1+x2=2+x2=3+x2=8+x1", Surv(time, event) ~ group + factor(x2, c(0:3, 8)) + x1),
  model("lung", "x1+x2=0+x2=1+x2=2+x2=3+group",
        Surv(time, event) ~ x1 + I(x2 == 0) + I(x2 == 1) + I(x2 == 2) + I(x2 == 3) + group),
  model("veteran", "x1+group+x2", Surv(time, event) ~ x1 + group + x2 + strata(group), "group"),
  model("veteran", "x1+group4=0+group4=1+group4=2+group4=3+group4=7",
        Surv(time, event) ~ x1 + I(group4 == 0) + I(group4 == 1) + I(group4 == 2) + I(group4 == 3) + I(group4 == 7)))
combined_rows <- function(m) {
  fit <- coxph(m$formula, data[[m$data]], control = to_the_end, x = TRUE, y = TRUE)
  test <- summary(fit)
  group <- if (m$strata == "") rep(1, fit$n) else fit$strata
  other <- coxph(fit$y ~ fit$x[, ncol(fit$x):1] + strata(group), control = to_the_end)
  data.frame(data = m$data, terms = m$terms, strata = m$strata, term = seq_along(coef(fit)) - 1,
             estimable = as.integer((abs(coef(fit) - rev(coef(other))) < 1e-9) %in% TRUE),
             coefficient = unname(coef(fit)), standard_error = ifelse(is.na(coef(fit)), NA, sqrt(diag(fit$var))),
             log_likelihood = fit$loglik[2], df = unname(test$logtest["df"]),
             likelihood_ratio_test = unname(test$logtest["test"]), score_test = unname(test$sctest["test"]))
}
write_reference(do.call(rbind, lapply(combined, combined_rows)), "tests/reference/cox_combined.csv", script)

# ---- Intervals ----
# A likelihood to profile: value(beta, free), its maximum over the free coefficients with the others held at beta.

# By coxph with an offset; also where it warns that a coefficient may be infinite: its log likelihood has levelled off.
plain_profile <- function(d, x, ties) function(beta, free) {
  d$held <- drop(x[, !free, drop = FALSE] %*% beta[!free])
  if (!any(free)) {
    fit <- coxph(Surv(start, time, event) ~ offset(held) + strata(stratum), d, ties = ties, control = to_the_end)
    return(fit$loglik[1])
  }
  d$x <- x[, free, drop = FALSE]
  fit <- suppressWarnings(coxph(Surv(start, time, event) ~ x + offset(held) + strata(stratum), d, ties = ties,
                                control = to_the_end))
  fit$loglik[2]
}

# Firth's: the log likelihood and its information written out; the determinant by elimination, so that the gradient is
# exact by a complex step; then Newton's method with differences of the gradient.
determinant_of <- function(m) {
  product <- 1
  for (c in seq_len(nrow(m))) {
    product <- product * m[c, c]
    for (r in seq_len(nrow(m))[seq_len(nrow(m)) > c]) m[r, ] <- m[r, ] - m[c, ] * (m[r, c] / m[c, c])
  }
  product
}
penalized_likelihood <- function(d, x, ties) function(beta) {
  eta <- drop(x %*% beta)
  p <- ncol(x)
  total <- 0
  information <- matrix(0, p, p)
  for (s in unique(d$stratum)) for (t in unique(d$time[d$event == 1 & d$stratum == s])) {
    at_risk <- d$stratum == s & d$start < t & d$time >= t
    dying <- at_risk & d$time == t & d$event == 1
    deaths <- sum(dying)
    total <- total + sum(eta[dying])
    for (k in seq_len(deaths) - 1) {
      w <- exp(eta) * (at_risk - (if (ties == "efron") k / deaths else 0) * dying)
      share <- w / sum(w)
      mean <- colSums(x * share)
      total <- total - log(sum(w))
      information <- information + t(x) %*% (x * share) - mean %o% mean
    }
  }
  total + log(determinant_of(information)) / 2
}
firth_profile <- function(d, x, ties) {
  value <- penalized_likelihood(d, x, ties)
  p <- ncol(x)
  gradient <- function(beta) vapply(seq_len(p), function(r) {
    at <- as.complex(beta)
    at[r] <- at[r] + 1e-50i
    Im(value(at)) / 1e-50
  }, 0)
  maximum <- function(beta, free) {
    for (i in 1:200) {
      g <- gradient(beta)[free]
      if (!length(g) || max(abs(g)) < 1e-11) break
      jacobian <- vapply(which(free), function(r) {
        h <- replace(numeric(p), r, 1e-5)
        (gradient(beta + h) - gradient(beta - h))[free] / 2e-5
      }, g)
      step <- solve(matrix(jacobian, sum(free)), g)
      if (sum(step * g) > 0) step <- -g  # far out it is not concave
      here <- Re(value(beta))
      while (!isTRUE(Re(value(replace(beta, free, beta[free] - step))) >= here - 1e-10)) step <- step / 2
      beta[free] <- beta[free] - step
    }
    if (length(g) && max(abs(g)) > 1e-8) stop("no maximum found")
    beta
  }
  structure(function(beta, free) Re(value(maximum(beta, free))), maximum = maximum, value = value)
}

# The limit on one side of `centre`, where twice the profile is `quantile` below `top`.
profile_limit <- function(profile, top, j, p, centre, side, quantile) {
  free <- seq_len(p) != j
  beyond <- function(b) 2 * (top - profile(replace(numeric(p), j, b), free)) - quantile
  outer <- 1
  while (beyond(centre + side * outer) < 0) {
    outer <- 2 * outer
    if (outer > 20) return(side * Inf)
  }
  uniroot(beyond, sort(c(centre, centre + side * outer)), tol = 1e-13, maxiter = 200)$root
}
with_start <- function(d) {
  if (is.null(d$start)) d$start <- min(d$time) - 1
  d
}
interval_rows <- function(name, terms, ties, strata, penalty, confidence) {
  d <- with_start(data[[name]])
  d$stratum <- if (strata == "") 0 else d[[strata]]
  x <- as.matrix(d[terms])
  p <- ncol(x)
  all <- rep(TRUE, p)
  quantile <- qchisq(confidence, 1)
  label <- data.frame(data = name, terms = paste(terms, collapse = "+"), ties, strata, penalty, confidence)
  estimate <- standard_error <- rep(NA, p)
  if (penalty == "firth") {
    profile <- firth_profile(d, x, ties)
    estimate <- attr(profile, "maximum")(numeric(p), all)
    d$x <- x
    at <- coxph(Surv(start, time, event) ~ x + strata(stratum), d, ties = ties, init = estimate, iter.max = 0)
    standard_error <- sqrt(diag(at$var))
    top <- Re(attr(profile, "value")(estimate))
    centre <- estimate
  } else {
    profile <- plain_profile(d, x, ties)
    top <- profile(numeric(p), all)
    # Any place inside the interval will do; under separation the penalized estimate is one.
    centre <- attr(firth_profile(d, x, ties), "maximum")(numeric(p), all)
  }
  null <- profile(numeric(p), !all)
  rows <- lapply(seq_len(p), function(j) {
    limit <- function(side) profile_limit(profile, top, j, p, centre[j], side, quantile)
    cbind(label, term = j - 1, interval = "profile", estimate = estimate[j], standard_error = standard_error[j],
          lower = limit(-1), upper = limit(1), statistic = 2 * (top - profile(numeric(p), seq_len(p) != j)),
          null_log_likelihood = null, log_likelihood = top)
  })
  if (p == 1 && penalty == "none") {
    d$x <- x
    score <- function(b) {
      fit <- suppressWarnings(coxph(Surv(start, time, event) ~ x + strata(stratum), d, ties = ties, init = b,
                                    iter.max = 0))
      fit$score
    }
    limit <- function(side) {
      outer <- 1
      while (score(centre + side * outer) < quantile) {
        outer <- 2 * outer
        if (outer > 20) return(side * Inf)
      }
      uniroot(function(b) score(b) - quantile, sort(c(centre, centre + side * outer)), tol = 1e-13,
              maxiter = 200)$root
    }
    rows <- c(rows, list(cbind(label, term = 0, interval = "score", estimate = NA, standard_error = NA,
                               lower = limit(-1), upper = limit(1), statistic = score(0),
                               null_log_likelihood = null, log_likelihood = top)))
  }
  do.call(rbind, rows)
}
interval_models <- list(
  list("aml", "group", ""), list("ovarian", "x1", ""), list("ovarian", c("group", "x1", "x2"), ""),
  list("ovarian", c("group", "x1"), "stratum"), list("separated", "x2", ""), list("separated", c("x1", "x2"), ""),
  list("separated", c("x1", "x2", "x3"), ""), list("heart", "transplant", ""),
  list("heart", c("age", "transplant"), "surgery"))
rows <- list()
for (m in interval_models) for (ties in c("efron", "breslow")) for (penalty in c("none", "firth"))
  rows <- c(rows, list(interval_rows(m[[1]], m[[2]], ties, m[[3]], penalty, if (ties == "efron") .95 else .8)))
write_reference(do.call(rbind, rows), "tests/reference/cox_intervals.csv", script)
