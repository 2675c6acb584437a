/** The exit codes of `holdfast`. Scripts rely on them, so a number never changes its meaning. */

export const EXIT_CODES = {
  ok: { code: 0, meaning: 'Success: everything that was asked holds' },
  failed: {
    code: 1,
    meaning: 'A review was denied, a check found a fault, or --diff found a difference',
  },
  usage: {
    code: 2,
    meaning: 'The command line is wrong: an unknown option, a missing or unreadable input',
  },
  changed: {
    code: 2,
    meaning: 'Of `drift terraform`: something differs, as of `terraform plan -detailed-exitcode`',
  },
  configuration: { code: 3, meaning: 'The configuration is invalid or unreadable' },
  unavailable: {
    code: 4,
    meaning: 'Something outside Holdfast is missing: a file, a port, OPA, a cluster',
  },
  internal: { code: 70, meaning: 'A fault inside Holdfast; please report it' },
} as const satisfies Readonly<Record<string, { readonly code: number; readonly meaning: string }>>;

/** The result of a command; `main.ts` converts it into the number. */
export type ExitStatus = keyof typeof EXIT_CODES;

/** The number the process ends with. */
export type ExitCode = (typeof EXIT_CODES)[ExitStatus]['code'];
