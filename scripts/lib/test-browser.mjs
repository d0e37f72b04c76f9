import { findProgram, installProgram } from './system-program.mjs';

/** Without windows: the tests of the page take two thirds of the time. */
const HEADLESS_SHELL = 'chromium-headless-shell';
const BROWSERS = [HEADLESS_SHELL, 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** @returns {string | null} the path of a Chromium: the one that CHROME_PATH names (empty: none), else one on PATH */
export function findBrowser() {
  const { CHROME_PATH } = process.env;
  return CHROME_PATH === undefined ? findProgram(BROWSERS) : CHROME_PATH || null;
}

/** @returns {string | null} as above, or one that Debian's root may install */
export function provideBrowser() {
  const found = findBrowser();
  if (found || process.env.CHROME_PATH !== undefined) return found;
  return (
    installProgram({ program: HEADLESS_SHELL, package: HEADLESS_SHELL }) ??
    installProgram({ program: 'chromium', package: 'chromium' })
  );
}
