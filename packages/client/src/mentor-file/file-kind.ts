/** What a file is by its first bytes: a zip, as `.xlsx` is, an old Excel file (`.xls`), or something else. */
export function fileKindOf(bytes: Uint8Array): 'xlsx' | 'xls' | 'text' {
  const startsWith = (...start: number[]) => start.every((byte, index) => bytes[index] === byte);
  if (startsWith(0x50, 0x4b)) return bytes[2] === 3 || bytes[2] === 5 ? 'xlsx' : 'text';
  return startsWith(0xd0, 0xcf, 0x11, 0xe0) ? 'xls' : 'text';
}
