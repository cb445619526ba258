// Starts the Chromium of this machine, headless and silent, with a fresh profile.
import {createRequire} from "node:module";
import {existsSync} from "node:fs";
import {resolve} from "node:path";

export const paths = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
export const executable = process.env.CHROMIUM ?? paths.find(existsSync);

export async function launch(packages) {
  const {chromium} = createRequire(resolve(packages, "x"))("playwright-core");
  return chromium.launch({
    executablePath: executable,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
      "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}
