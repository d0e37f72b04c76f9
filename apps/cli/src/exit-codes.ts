/** What scripts go by; `bulk --help` lists them. */
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
  0    done; where an outcome is known: all succeeded, or it is still processing
  1    finished with failures, or cancelled; for a dry run: some would fail
  2    bad usage, or refused by validation; each field is named
  3    there is no such registration, or it is not in a state for that
  4    the service could not be reached, or could not answer
  70   a defect of this program
  130  interrupted; the registration itself goes on
`;
