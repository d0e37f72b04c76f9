import { readFileSync } from 'node:fs';

/**
 * The totals of a JSON report of Vitest.
 *
 * @param {string} file
 * @param {number} exitCode a run that failed has at least one failure, whatever the report says
 * @returns {{ passed: number, failed: number, skipped: number, failures: string[] }} one line a failure
 */
export function readTotals(file, exitCode) {
  const report = readReport(file);
  // A file that could not even be loaded has no tests, and failed.
  const unloaded = report.testResults.filter(
    (result) => result.status === 'failed' && result.assertionResults.length === 0,
  );
  const failed = report.numFailedTests + unloaded.length;
  return {
    passed: report.numPassedTests,
    failed: exitCode === 0 ? failed : Math.max(failed, 1),
    skipped: report.numPendingTests + report.numTodoTests,
    failures: report.testResults.flatMap(describeFailures),
  };
}

/** `file > test: the first line of its message`. */
function describeFailures({ name: file, message, status, assertionResults }) {
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (failed.length === 0) return status === 'failed' ? [`${file}: ${firstLine(message)}`] : [];
  return failed.map((test) => `${file} > ${test.fullName}: ${firstLine(test.failureMessages[0])}`);
}

function firstLine(text = '') {
  return text.split('\n', 1)[0].slice(0, 300);
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
  }
}
