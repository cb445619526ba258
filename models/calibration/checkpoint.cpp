#include "models/calibration/checkpoint.hpp"

#include <charconv>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <string_view>

#include "engine/io/number.hpp"

namespace oligosim {
namespace {

const std::string title = "oligosim calibration, not for reading: ";

/// Numbers one after the other, each with a blank behind it.
class Writer {
 public:
  void number(double x) { text += shortest(x) + ' '; }
  void count(std::size_t n) { text += std::to_string(n) + ' '; }
  void matrix(const Eigen::MatrixXd& m) {
    count(static_cast<std::size_t>(m.rows()));
    count(static_cast<std::size_t>(m.cols()));
    for (Eigen::Index r = 0; r < m.rows(); ++r)
      for (Eigen::Index c = 0; c < m.cols(); ++c) number(m(r, c));
  }
  /// The lower triangle.
  void symmetric(const Eigen::MatrixXd& m) {
    for (Eigen::Index r = 0; r < m.rows(); ++r)
      for (Eigen::Index c = 0; c <= r; ++c) number(m(r, c));
  }
  std::string text;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  double number() {
    const std::string_view word = next();
    if (word == "NA") return std::numeric_limits<double>::quiet_NaN();
    if (word == "Inf") return std::numeric_limits<double>::infinity();
    if (word == "-Inf") return -std::numeric_limits<double>::infinity();
    double x = 0;
    const auto read = std::from_chars(word.data(), word.data() + word.size(), x);
    if (read.ec != std::errc{} || read.ptr != word.data() + word.size()) torn();
    return x;
  }
  std::size_t count() {
    const double x = number();
    if (!(x >= 0 && x < 1e9)) torn();
    return static_cast<std::size_t>(x);
  }
  Eigen::MatrixXd matrix() {
    const auto rows = static_cast<Eigen::Index>(count()), columns = static_cast<Eigen::Index>(count());
    if (rows * columns > 100000000) torn();
    Eigen::MatrixXd m(rows, columns);
    for (Eigen::Index r = 0; r < rows; ++r)
      for (Eigen::Index c = 0; c < columns; ++c) m(r, c) = number();
    return m;
  }
  Eigen::MatrixXd symmetric(Eigen::Index n) {
    Eigen::MatrixXd m(n, n);
    for (Eigen::Index r = 0; r < n; ++r)
      for (Eigen::Index c = 0; c <= r; ++c) m(r, c) = m(c, r) = number();
    return m;
  }
  bool at_end() const { return text_.find_first_not_of(" \n") == std::string_view::npos; }

 private:
  [[noreturn]] static void torn() { throw std::runtime_error("the checkpoint of the calibration is torn"); }
  std::string_view next() {
    const std::size_t first = text_.find_first_not_of(" \n");
    if (first == std::string_view::npos) torn();
    text_.remove_prefix(first);
    const std::size_t end = text_.find_first_of(" \n");
    const std::string_view word = text_.substr(0, end);
    text_.remove_prefix(word.size());
    return word;
  }
  std::string_view text_;
};

void write(Writer& out, const PointFit& fit) {
  for (const Eigen::MatrixXd& m : {Eigen::MatrixXd(fit.coordinates), Eigen::MatrixXd(fit.fitted),
                                   Eigen::MatrixXd(fit.sampling_sd), fit.covariance, fit.jacobian})
    out.matrix(m);
  for (const double x : {fit.distance, fit.penalty, fit.gradient, fit.condition}) out.number(x);
  out.count(fit.converged);
  out.count(fit.starts.size());
  for (const PointFit::Start& s : fit.starts) {
    out.number(s.distance);
    out.matrix(
        Eigen::Map<const Eigen::VectorXd>(s.coordinates.data(), static_cast<Eigen::Index>(s.coordinates.size())));
  }
}

PointFit read_fit(Reader& in) {
  PointFit fit;
  fit.coordinates = in.matrix(), fit.fitted = in.matrix(), fit.sampling_sd = in.matrix();
  fit.covariance = in.matrix(), fit.jacobian = in.matrix();
  for (double* x : {&fit.distance, &fit.penalty, &fit.gradient, &fit.condition}) *x = in.number();
  fit.converged = in.count() == 1;
  fit.starts.resize(in.count());
  for (PointFit::Start& s : fit.starts) {
    s.distance = in.number();
    const Eigen::VectorXd u = in.matrix();
    s.coordinates.assign(u.begin(), u.end());
  }
  return fit;
}

}  // namespace

std::string Checkpoint::text(const std::string& identity) const {
  Writer out;
  out.text = title + identity + "\n";
  out.count(fit.has_value());
  if (fit) write(out, *fit);
  out.text += '\n';
  out.count(bank.size());
  for (std::size_t k = 0; k < bank.size(); ++k) {
    if (!bank[k]) continue;
    for (const std::size_t n : {k, bank[k]->complete, bank[k]->simulated}) out.count(n);
    out.matrix(bank[k]->mean);
    out.symmetric(bank[k]->covariance);
    out.text += '\n';
  }
  out.count(bank.size());  // the end
  return out.text;
}

std::optional<Checkpoint> Checkpoint::read(const std::string& text, const std::string& identity) {
  const std::string first = title + identity + "\n";
  if (!text.starts_with(first)) return {};
  Reader in(std::string_view(text).substr(first.size()));
  Checkpoint checkpoint;
  if (in.count() == 1) checkpoint.fit = read_fit(in);
  checkpoint.bank.resize(in.count());
  for (std::size_t k = in.count(); k < checkpoint.bank.size(); k = in.count()) {
    CohortMoments m;
    m.complete = in.count(), m.simulated = in.count();
    m.mean = in.matrix();
    m.covariance = in.symmetric(m.mean.size());
    checkpoint.bank[k] = m;
  }
  if (!in.at_end()) throw std::runtime_error("the checkpoint of the calibration is torn");
  return checkpoint;
}

}  // namespace oligosim
