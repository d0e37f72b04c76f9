import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DCLinter } from 'dclint';
import { expect, inject, test } from 'vitest';

const COMPOSE = fileURLToPath(new URL('../../docker-compose.yml', import.meta.url));

// The API is published for callers on other machines, and asks them for keys.
const linter = new DCLinter({
  rules: { 'no-unbound-port-interfaces': 0 },
  quiet: true,
  debug: false,
  exclude: [],
});

/** Its types do not reach its own files. */
interface Finding {
  messages: Array<{ type: string; message: string }>;
}

/** What breaks the published schema of Compose files, or a rule that is no matter of taste. */
function errorsOf(file: string): string[] {
  const findings: Finding[] = linter.lintFiles([file], false);
  return findings
    .flatMap(({ messages }) => messages)
    .filter(({ type }) => type === 'error')
    .map(({ message }) => message);
}

test('docker-compose.yml is as the published schema says', () => {
  expect(errorsOf(COMPOSE)).toEqual([]);
});

test('a field that Compose does not know is found', async () => {
  const wrong = join(inject('tempDir'), 'docker-compose.yml');
  await writeFile(wrong, (await readFile(COMPOSE, 'utf8')).replace('  api:\n', '  api:\n    replica: 2\n'));
  expect(errorsOf(wrong)).toEqual([
    expect.stringContaining('"/services/api", schemaPath="#/additionalProperties"'),
  ]);
});
