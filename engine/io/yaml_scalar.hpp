#pragma once

#include <string>

namespace oligosim {

/// Whether `text` can be written without quotes as a block-style value and be read back as the same scalar. Narrower
/// than YAML, so that reader and writer agree on what is plain.
bool may_stand_plain(const std::string& text);

/// The same inside [ ].
bool may_stand_plain_in_flow(const std::string& text);

/// Whether a YAML reader could take the text, unquoted, for something other than text: a number, a date, true, no,
/// null.
bool looks_typed(const std::string& text);

/// What YAML 1.2 reads as null.
bool is_null_word(const std::string& text);

}  // namespace oligosim
