import { expect, test } from 'vitest';
import { escapeFormula, unescapeFormula } from './plain.ts';

test.each([
  ['-17', "'-17"],
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['@a', "'@a"],
  ['\t1', "'\t1"],
  ['＝1', "'＝1"],
  ['＋1', "'＋1"],
  ['－1', "'－1"],
  ['＠a', "'＠a"],
  ["'-17", "''-17"],
  ["''=x", "'''=x"],
  ['plain', 'plain'],
  ["it's", "it's"],
  ["'quoted'", "'quoted'"],
  ["'", "'"],
  ['１1', '１1'],
  ['', ''],
])('%j is written as %j, and read as it was', (text, written) => {
  expect(escapeFormula(text)).toBe(written);
  expect(unescapeFormula(written)).toBe(text);
});
