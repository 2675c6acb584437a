/** Names that were replaced must not come back: one idea has one word, and it is the word that people search for. */

export interface TextFile {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly text: string;
}

export interface RetiredWord {
  /** Matched anywhere in file names, code, comments and documents. */
  readonly pattern: RegExp;
  /** The word to use. */
  readonly instead: string;
}

/** Each old name with its replacement. Add a row with each renaming. */
export const RETIRED_WORDS: readonly RetiredWord[] = [
  { pattern: /turnstile/i, instead: 'semaphore (base/semaphore.ts)' },
  { pattern: /classify-?disturbance|disturbance-?fault/i, instead: 'chain break' },
  { pattern: /\bResourceFollower\b|\bfollowResource\b|follow-resource/, instead: 'reflector' },
  {
    pattern: /\bResourceSink\b|\bSettingsSink\b|resource-sink|settings-sink/,
    instead: 'store: a sink is where records are sent to',
  },
  { pattern: /entry-?budget/i, instead: 'entry quota' },
  { pattern: /metadata-?keeper|keep-metadata/i, instead: 'metadata reducer' },
  { pattern: /walk-?chain|chain-?walk/i, instead: 'chain verifier' },
  { pattern: /verify-?evidence|journal-?evidence|package-?evidence/i, instead: 'stored journal' },
  { pattern: /\bFINDING_KINDS\b|\bFindingKind\b/, instead: 'VerificationFindingKind' },
  {
    pattern: /\b(?:Server|Drain|Webhook)Parts\b|\b(?:Page|Watch|Call)Means\b|\bTlsShell\b/,
    instead: 'Options for what a caller chooses, Dependencies for what it is given',
  },
  { pattern: /\b(?:Retention|Workload)Question\b/, instead: 'the name of the value itself' },
  { pattern: /tls-material\.ts|\breadTlsMaterial\b/, instead: 'base/tls-files.ts' },
  { pattern: /\bisJsonRecord\b/, instead: 'isRecord (base/is-record.ts)' },
  {
    pattern: /\bDESIGN \d|\bgitops\.md\b/,
    instead: 'a document of this repository, or a public specification',
  },
];

/** Every place where a retired word stands: `src/a.ts:3: "turnstile": say semaphore`. */
export function findRetiredWords(
  files: readonly TextFile[],
  words: readonly RetiredWord[],
): readonly string[] {
  return files.flatMap(({ path, text }) => [
    ...words.flatMap(({ pattern, instead }) => describe(path, pattern.exec(path)?.[0], instead)),
    ...text
      .split('\n')
      .flatMap((line, index) =>
        words.flatMap(({ pattern, instead }) =>
          describe(`${path}:${index + 1}`, pattern.exec(line)?.[0], instead),
        ),
      ),
  ]);
}

function describe(place: string, found: string | undefined, instead: string): readonly string[] {
  return found === undefined ? [] : [`${place}: "${found}": say ${instead}`];
}
