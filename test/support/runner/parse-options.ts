/** The command line of the test runner. */

/** Every stage, in the order in which they run: the cheap ones first. */
export const STAGES = [
  'types',
  'lint',
  'format',
  'dead-code',
  'tidy',
  'docs',
  'unit',
  'conformance',
  'integration',
  'coverage',
  'rego',
  'cluster',
  'attack',
  'e2e',
] as const;

export type StageName = (typeof STAGES)[number];

const CHECK_STAGES: readonly StageName[] = ['types', 'lint', 'format', 'dead-code', 'tidy', 'docs'];
/** Coverage is only worth judging where all of these ran whole. */
const COVERED_STAGES: readonly StageName[] = ['unit', 'conformance', 'integration'];

export interface RunOptions {
  readonly stages: readonly StageName[];
  /** Parts of file names; empty: every file. */
  readonly filters: readonly string[];
}

export type ParsedOptions =
  | { readonly status: 'parsed'; readonly options: RunOptions }
  | { readonly status: 'refused'; readonly message: string };

/** Reads `--only a,b`, `--check-only` and file filters; anything else is refused, so that a typing error runs nothing. */
export function parseOptions(argv: readonly string[]): ParsedOptions {
  const filters: string[] = [];
  let stages: readonly string[] | undefined;
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    if (argument === '--check-only') stages = CHECK_STAGES;
    else if (argument === '--only') {
      index += 1;
      stages = (argv[index] ?? '').split(',');
    } else if (argument.startsWith('--only=')) stages = argument.slice('--only='.length).split(',');
    else if (argument.startsWith('-')) return refuse(argument);
    else filters.push(argument);
  }
  const unknown = stages?.find((stage) => !isStageName(stage));
  if (unknown !== undefined) {
    return {
      status: 'refused',
      message: `Stage must be one of ${STAGES.join(', ')}: found "${unknown}"`,
    };
  }
  return { status: 'parsed', options: { stages: planStages(stages, filters), filters } };
}

function refuse(argument: string): ParsedOptions {
  return {
    status: 'refused',
    message: `Option must be --only STAGES or --check-only: found "${argument}"`,
  };
}

function planStages(
  wanted: readonly string[] | undefined,
  filters: readonly string[],
): readonly StageName[] {
  const filtered = filters.length > 0;
  return STAGES.filter((stage) => {
    if (stage === 'coverage') {
      return !filtered && COVERED_STAGES.every((name) => wanted?.includes(name) ?? true);
    }
    if (wanted !== undefined) return wanted.includes(stage);
    // With a file filter only the stages that run test files make sense.
    return !filtered || isFileStage(stage);
  });
}

/** Whether a stage runs test files, and so heeds file filters. */
export function isFileStage(stage: StageName): boolean {
  return stage === 'tidy' || stage === 'docs' || isClusterStage(stage) || isCovered(stage);
}

/** Whether a stage's tests run against a real cluster, whose programs are built first. */
export function isClusterStage(stage: StageName): boolean {
  return stage === 'cluster' || stage === 'attack' || stage === 'e2e';
}

/** Whether a stage's tests count towards coverage. */
export function isCovered(stage: StageName): boolean {
  return COVERED_STAGES.includes(stage);
}

function isStageName(text: string): text is StageName {
  return STAGES.some((stage) => stage === text);
}
