import { findProgram, installProgram } from './system-program.mjs';

/** @returns {string | null} the path of promtool, which comes with Prometheus */
export function findPromtool() {
  return findProgram(['promtool']);
}

/** @returns {string | null} as above, or one that Debian's root may install */
export function providePromtool() {
  return findPromtool() ?? installProgram({ program: 'promtool', package: 'prometheus' });
}
