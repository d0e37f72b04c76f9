import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';

/** @returns {string} a hash that changes with the contents of the files; a missing one counts as empty */
export function hashOfContents(files) {
  return hash(files.map((file) => [file, existsSync(file) ? readFileSync(file) : '']));
}

/** @returns {string} a hash that changes when one of the files is written, whatever to */
export function hashOfWrites(files) {
  return hash(files.map((file) => [file, String(statSync(file).mtimeMs)]));
}

/** @returns {string[]} every file below the folder, except what `isSkipped` says by name */
export function filesBelow(folder, isSkipped = () => false) {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => !isSkipped(entry.name));
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(path, isSkipped) : [path];
  });
}

function hash(entries) {
  const sum = createHash('sha256');
  for (const [name, content] of entries) sum.update(name).update('\0').update(content).update('\0');
  return sum.digest('hex');
}
