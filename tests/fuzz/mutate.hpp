#pragma once

#include <cctype>
#include <random>
#include <string>
#include <vector>

namespace oligosim {

/// Texts of a corpus changed at random: bytes flipped, parts cut, repeated, moved between texts, or replaced by what
/// has a meaning somewhere. The same seed gives the same texts.
class Mutator {
 public:
  Mutator(std::vector<std::string> corpus, std::vector<std::string> words, std::uint32_t seed)
      : corpus_(std::move(corpus)), words_(std::move(words)), random_(seed) {}

  std::string next() {
    std::string text = corpus_[below(corpus_.size())];
    for (std::size_t changes = 1 + below(3); changes > 0; --changes) change(text);
    return text;
  }

 private:
  std::size_t below(std::size_t bound) { return bound == 0 ? 0 : random_() % bound; }

  void change(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    const std::size_t length = below(std::min<std::size_t>(text.size() - at, below(4) == 0 ? 40 : 4) + 1);
    switch (below(25)) {
      case 0:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        break;
      case 1:
        if (at < text.size()) text[at] = static_cast<char>(below(256));
        break;
      case 2:
        text.erase(at, length);
        break;
      case 3:
        text.insert(at, text.substr(at, length));
        break;
      case 4: {
        const std::string& other = corpus_[below(corpus_.size())];
        text.insert(at, other.substr(below(other.size() + 1), below(60)));
        break;
      }
      case 5:
        text.resize(at);
        break;
      case 6:
      case 7:
      case 8:
      case 9:
        if (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])))
          text[at] = static_cast<char>('0' + below(10));
        break;
      default:
        text.replace(at, length, words_[below(words_.size())]);
    }
  }

  std::vector<std::string> corpus_, words_;
  std::mt19937 random_;
};

}  // namespace oligosim
