/** `holdfast policy bench`. */
import { resolve } from 'node:path';
import { readBounded } from '../../base/read-bounded.ts';
import { HoldfastError } from '../../errors.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { INPUT_BYTES_MAX } from '../process-context.ts';
import { formatBench } from './format-bench.ts';

const SECOND_MS = 1000;
/** Ten minutes: more is a load test. */
const SECONDS_MAX = 600;
const ROUNDS_MAX = 100;
/** Ten times as long. */
const TOLERANCE_MAX = 900;

/** Measures policies on recorded reviews, and compares them with an earlier measurement. */
export const policyBenchCommand: CommandDefinition = {
  name: 'policy bench',
  summary: 'Measure time and memory of policies on recorded reviews',
  description: [
    'Evaluates each policy alone on the reviews of NAME/reviews/*.yaml and of --reviews, in the module as the admission thread runs it, with no',
    'more of the request and the facts than it is given there. Prints the median and the 99th percentile, the WASM memory of the largest review,',
    'and the JavaScript heap of an evaluation. Facts are gathered before, and not measured. Rounds that other processes disturb are measured',
    'again. With --compare, ends with 1 where a median is longer than before by more than --tolerance.',
  ].join('\n'),
  arguments: [{ name: 'NAME', summary: 'the policies to measure (default: all)', variadic: true }],
  options: [
    {
      name: 'policies',
      value: 'SOURCES',
      summary: 'the folder of the policies',
      default: 'policies',
    },
    {
      name: 'reviews',
      value: 'FILE',
      summary: 'also the reviews of a file or folder, as holdfast evaluate reads them',
      repeatable: true,
    },
    configOption,
    { name: 'rounds', value: 'COUNT', summary: 'how many rounds count', default: '5' },
    {
      name: 'seconds',
      value: 'SECONDS',
      summary: 'how long they take together; twice as long where others disturb',
      default: '10',
    },
    { name: 'compare', value: 'FILE', summary: 'an earlier answer of --output json' },
    {
      name: 'tolerance',
      value: 'PERCENT',
      summary: 'by how much a median may be longer than before',
      default: '20',
    },
    outputOption(['table', 'json', 'yaml']),
  ],
  examples: [
    { line: 'policy bench -o json > baseline.json', note: 'before a change' },
    { line: 'policy bench --compare baseline.json', note: 'after it' },
    {
      line: 'policy bench deployment_owner --reviews recorded.json',
      note: 'on what holdfast record has written',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const rounds = readNumber(input, 'rounds', { min: 1, max: ROUNDS_MAX, isWhole: true });
  const seconds = readNumber(input, 'seconds', { min: 0.1, max: SECONDS_MAX });
  const tolerance = readNumber(input, 'tolerance', { min: 0, max: TOLERANCE_MAX });
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return 'configuration';
  const { cacheFolder } = await import('../../base/cache-folder.ts');
  const { benchPolicies } = await import('../../authoring/bench/bench-policies.ts');
  const { diffBench } = await import('../../authoring/bench/diff-bench.ts');
  const { listGivenFiles } = await import('../../authoring/bench/list-given-files.ts');
  const { readBaseline } = await import('../../authoring/bench/read-baseline.ts');
  const { environment, workingDirectory, report, showsProgress } = context;
  const resolvePath = (name: string): string => resolve(workingDirectory, name);
  const compared = input.text('compare');
  // Before minutes are spent.
  const baseline =
    compared === undefined ? undefined : await readBaseline(resolvePath(compared), compared);
  const now = await benchPolicies({
    sourceFolder: resolvePath(input.text('policies') ?? ''),
    names: input.arguments,
    given: {
      files: await listGivenFiles(input.texts('reviews'), resolvePath),
      readFile: (file) => readBounded(resolvePath(file), INPUT_BYTES_MAX),
      configuration: loaded.configuration,
      clusterStateObjects: [],
    },
    rounds,
    durationMs: seconds * SECOND_MS,
    environment,
    cacheFolder: cacheFolder(environment),
    progress: showsProgress ? report : () => undefined,
  });
  const difference = baseline && diffBench(now, baseline, tolerance);
  printAnswer(context, input, {
    table: () => formatBench(now, difference),
    json: () => JSON.stringify(difference === undefined ? now : { ...now, comparison: difference }),
  });
  if (now.policies.length === 0) return 'failed';
  const isSlower = difference?.policies.some(({ verdict }) => verdict === 'slower') === true;
  return isSlower ? 'failed' : 'ok';
}

interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly isWhole?: boolean;
}

function readNumber(
  input: CommandInput,
  name: string,
  { min, max, isWhole = false }: NumberRange,
): number {
  const text = input.text(name) ?? '';
  const value = Number(text);
  const isRight = text.trim() !== '' && value >= min && value <= max;
  if (isRight && (!isWhole || Number.isInteger(value))) return value;
  const what = isWhole ? 'a whole number' : 'a number';
  throw new HoldfastError(
    'argument_invalid',
    `--${name} wants ${what} from ${String(min)} to ${String(max)}, found "${text}"`,
  );
}
