import { expect, test } from 'vitest';
import { escapeFormula, unescapeFormula } from './plain.ts';

test.each(['-17', '=1+1', '+1', '@a', '\t1', '＝1', '＋1', '－1', '＠a', "'-17", "''=x"])(
  '%j gets a quote in front, and loses it again',
  (text) => {
    expect(escapeFormula(text)).toBe(`'${text}`);
    expect(unescapeFormula(`'${text}`)).toBe(text);
  },
);

test.each(['plain', "it's", "'quoted'", "'", '１1', '', ' -1'])('%j stays as it is', (text) => {
  expect([escapeFormula(text), unescapeFormula(text)]).toEqual([text, text]);
});
