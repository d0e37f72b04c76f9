import { parseArgs } from 'node:util';
import { readEnvironment } from './config.ts';
import { examine } from './doctor/examine.ts';
import { exitCodeOf, type Finding } from './doctor/finding.ts';

const USAGE = 'npm run doctor -- [--api N] [--workers N] [--json]';

/** `npm run doctor`: finds what is wrong with an installation. Exits with 2 for errors, 1 for warnings, 0 else. */
try {
  const { values } = parseArgs({
    options: {
      api: { type: 'string', default: '1' },
      workers: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const findings = await examine(readEnvironment(), {
    api: readCount('--api', values.api),
    workers: readCount('--workers', values.workers),
  });
  console.log(values.json ? JSON.stringify({ findings }, null, 2) : report(findings));
  process.exit(exitCodeOf(findings));
} catch (error) {
  console.error(`${(error as Error).message}\n\n${USAGE}`);
  process.exit(2);
}

function readCount(name: string, text: string): number {
  if (!/^\d{1,4}$/.test(text))
    throw new Error(`${name} must be a whole number from 0 to 9999, not "${text}".`);
  return Number(text);
}

function report(findings: readonly Finding[]): string {
  if (findings.length === 0) return 'Nothing is wrong.';
  return findings
    .map(({ severity, what, do: remedy }) => `${severity.padEnd(8)}${what}\n        ${remedy}`)
    .join('\n\n');
}
