/** The exit codes, which scripts use; `bulk --help` lists them. */
export const EXIT = {
  ok: 0,
  notAllSucceeded: 1,
  refused: 2,
  notPossible: 3,
  unreachable: 4,
  defect: 70,
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_CODES_HELP = `
Exit codes:
  0    success: no mentor failed, all are undone, or the registration is still processing
  1    some mentors failed (dry run: would fail), an undo kept some, the registration was cancelled, or counts differ
  2    wrong usage, or refused: by validation, which names each field, or because of your key
  3    the registration does not exist, or its status does not allow the command
  4    the service could not be reached, or could not answer
  70   an error in this program
  130  interrupted; the registration continues
`;
