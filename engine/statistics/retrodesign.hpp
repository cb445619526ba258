#pragma once

namespace oligosim {

/// What significant results of a study would look like, if an effect were this large. The estimate is normal with this
/// standard error, the test two-sided at alpha (Gelman and Carlin 2014).
struct Retrodesign {
  double power;         // P(significant)
  double wrong_sign;    // type S: P(estimate of the wrong sign | significant)
  double exaggeration;  // type M: E(|estimate| | significant) / |effect|; infinity at effect 0
};

/// In closed form. standard_error above 0, alpha in (0, 1).
Retrodesign retrodesign(double effect, double standard_error, double alpha);

/// P(significant, with the sign of `observed`) of a study like it, if an effect were this large: replication.
double replication_probability(double effect, double observed, double standard_error, double alpha);

/// The same, if all that is known of the effect is the estimate: N(observed, standard_error^2), the posterior under a
/// flat prior, hence the predictive distribution N(observed, 2 standard_error^2) of the next estimate.
double predictive_replication(double observed, double standard_error, double alpha);

/// The effect above 0 at which the two-sided power is `power`, in (alpha, 1).
double detectable_effect(double standard_error, double alpha, double power);

}  // namespace oligosim
