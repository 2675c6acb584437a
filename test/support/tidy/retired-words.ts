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
  /** The only files in which the word is retired. @default all */
  readonly within?: RegExp;
}

/** The history says by which name people know what has another one now. */
const HISTORY = 'CHANGELOG.md';

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
  { pattern: /meeting/i, instead: 'replica status, or leader election' },
  { pattern: /speaker/i, instead: 'leader' },
  { pattern: /(?<!dash|key)board/i, instead: 'replica status' },
  { pattern: /policy-?\s?house/i, instead: 'engine registry' },
  { pattern: /letter-?\s?office|\boffice\b/i, instead: 'dead-letter store' },
  { pattern: /sink-?\s?house/i, instead: 'bound sinks' },
  {
    pattern: /(?:interface|type|readonly|[:<]) Finding\b/,
    within: /^(?:src|test\/unit)\/(?:cli\/)?audit\//,
    instead: 'VerificationFinding: a Finding is what a policy collects',
  },
  {
    pattern: /\b(?:speaks?|told|hears?|heard)\b/i,
    within: /^docs\/reference\/|^deploy\/schemas\//,
    instead: 'what the program does: sends, receives, answers',
  },
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
  return files
    .filter(({ path }) => path !== HISTORY)
    .flatMap((file) =>
      words
        .filter(({ within }) => within?.test(file.path) ?? true)
        .flatMap((word) => findWord(file, word)),
    );
}

function findWord({ path, text }: TextFile, { pattern, instead }: RetiredWord): readonly string[] {
  return [
    ...describe(path, pattern.exec(path)?.[0], instead),
    ...text
      .split('\n')
      .flatMap((line, index) => describe(`${path}:${index + 1}`, pattern.exec(line)?.[0], instead)),
  ];
}

function describe(place: string, found: string | undefined, instead: string): readonly string[] {
  return found === undefined ? [] : [`${place}: "${found}": say ${instead}`];
}
