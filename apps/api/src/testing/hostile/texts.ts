import fc from 'fast-check';

/** Texts that have hurt someone: names of the language, other people's syntax, looks that deceive. */
export const ODD_TEXTS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'NaN',
  'true',
  '0',
  '-1',
  '1e309',
  '{}',
  '[]',
  '*',
  '%',
  '%00',
  '%zz',
  '$1',
  '{{7*7}}',
  "' or 1=1--",
  "Robert'); drop table activities;--",
  '../../etc/passwd',
  '<script>alert(1)</script>',
  '=cmd|calc!A1',
  'bulk-001',
  'pa-001',
  '\u00e9',
  'e\u0301',
  'ﬁ',
  'İ',
  'ß',
  '\u202egnp.exe',
  '\u200b',
  '\ufffe',
  '\uffff',
  '👩‍👩‍👧‍👦',
  '\u{10ffff}',
  'a\u0300\u0301\u0302\u0303',
];

// The contract's rules in words of their own, so that the schemas are held against something else.

/** No control characters, and no half of a surrogate pair. */
function isPlainText(text: string): boolean {
  return Array.from(text, (char) => char.codePointAt(0) ?? 0).every(
    (code) => code >= 0x20 && (code < 0x7f || code > 0x9f) && (code < 0xd800 || code > 0xdfff),
  );
}

export function isId(text: string): boolean {
  return isPlainText(text) && text.trim() !== '' && Array.from(text).length <= 64;
}

const anyText = (maxLength: number) =>
  fc.oneof(
    fc.constantFrom(...ODD_TEXTS),
    fc.string({ unit: 'binary', maxLength }),
    fc.string({ unit: 'grapheme', maxLength: maxLength / 4 }),
  );

export const goodId = anyText(64).filter(isId);

export const goodNotes = anyText(400).map((text) => (isPlainText(text) ? `${text}\r\n\t${text}` : ''));

const spoiler = fc.constantFrom(
  '\u0000',
  '\u0007',
  '\n',
  '\u007f',
  '\u0085',
  '\ud800',
  '\udc00',
  '\udfff\ud800',
);

const spoiled = fc
  .tuple(goodId, spoiler, fc.nat(64))
  .map(([text, bad, at]) => text.slice(0, at) + bad + text.slice(at))
  .filter((text) => !isId(text));

export const badId = fc.oneof(
  spoiled,
  fc.constantFrom('', ' ', '\u00a0\u2003', '\ufeff', '\u3000', 'm'.repeat(65), '😀'.repeat(65)),
);

export const badNotes = fc.oneof(
  fc.constantFrom(
    '\u0000',
    'a\u0008b',
    '\u001b[31m',
    '\u009f',
    '\ud83d',
    'n'.repeat(2_001),
    '😀'.repeat(2_001),
  ),
);
