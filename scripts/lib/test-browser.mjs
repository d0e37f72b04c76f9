import { findProgram, installProgram } from './system-program.mjs';

const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** @returns {string | null} the path of a Chromium: the one that CHROME_PATH names (empty: none), else one on PATH */
export function findBrowser() {
  const { CHROME_PATH } = process.env;
  return CHROME_PATH === undefined ? findProgram(BROWSERS) : CHROME_PATH || null;
}

/** @returns {string | null} as above, or one that Debian's root may install */
export function provideBrowser() {
  const isLeftToUs = process.env.CHROME_PATH === undefined;
  return findBrowser() ?? (isLeftToUs ? installProgram({ program: 'chromium', package: 'chromium' }) : null);
}
