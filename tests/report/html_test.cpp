#include "engine/report/html.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include "engine/report/charts.hpp"

namespace oligosim {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Html, OracleNothingOfATextIsMarkup) {
  EXPECT_EQ(html_escaped("</script><img src=\"x\" onerror='y'> & z"),
            "&lt;/script&gt;&lt;img src=&quot;x&quot; onerror=&#39;y&#39;&gt; &amp; z");
  EXPECT_EQ(html_escaped("Überleben ≥ 2 Jahre"), "Überleben ≥ 2 Jahre");
}

TEST(Html, OracleTable) {
  const HtmlTable table{.caption = "a & b", .header = {"x", "<y>"}, .rows = {{"1", "2"}}, .text_columns = 1};
  EXPECT_EQ(
      to_html(table),
      "<div class=\"wide\" role=\"region\" tabindex=\"0\" aria-label=\"a &amp; b\"><table><caption><span>a &amp; "
      "b</span></caption><thead><tr><th scope=\"col\" class=\"w\">x</th><th scope=\"col\">&lt;y&gt;</th></tr></thead>"
      "<tbody>\n<tr><td class=\"w\">1</td><td>2</td></tr>\n</tbody></table></div>\n");
}

/// Base64 of SHA-256, by OpenSSL.
std::string digest(std::string_view text) {
  unsigned char hash[32];
  EVP_Digest(text.data(), text.size(), hash, nullptr, EVP_sha256(), nullptr);
  unsigned char base64[48];
  EVP_EncodeBlock(base64, hash, sizeof hash);
  return reinterpret_cast<const char*>(base64);
}

TEST(Html, PropertyThePolicyNamesTheOneScript) {
  const std::string page = html_page("t", "<p>body</p>");
  EXPECT_THAT(page, HasSubstr("default-src 'none'; base-uri 'none'; form-action 'none'"));
  EXPECT_THAT(page, Not(HasSubstr("unsafe-eval")));
  const std::size_t begin = page.find("<script>");
  if (charts_script().empty()) {
    EXPECT_EQ(begin, std::string::npos);
    EXPECT_THAT(page, Not(HasSubstr("script-src")));
    return;
  }
  const std::size_t end = page.find("</script>", begin);
  const std::string_view script = std::string_view(page).substr(begin + 8, end - begin - 8);
  EXPECT_EQ(script, charts_script());  // nothing in it ends it early
  EXPECT_THAT(page, HasSubstr("script-src 'sha256-" + digest(script) + "'"));
  EXPECT_EQ(page.find("<script", end), std::string::npos);
}

TEST(Html, OracleTitleIsEscaped) {
  EXPECT_THAT(html_page("</title><script>", ""), HasSubstr("<title>&lt;/title&gt;&lt;script&gt;</title>"));
}

}  // namespace
}  // namespace oligosim
