#pragma once

namespace oligosim {

/// Standard normal distribution function.
double normal_cdf(double z);

/// Its density.
double normal_density(double z);

/// The inverse of the distribution function, relative error below 1e-15 (Wichura 1988, AS 241). p in (0, 1); 0 and 1
/// give -infinity and infinity.
double normal_quantile(double p);

/// Upper tail of chi-square with df degrees of freedom, as R's pchisq(lower.tail = FALSE); relative error 1e-12.
double chi_square_upper_tail(double x, double df);

}  // namespace oligosim
