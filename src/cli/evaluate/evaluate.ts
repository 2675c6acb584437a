/** `holdfast evaluate`: decides offline, on the same path as the webhook, and explains. */
import { isAbsolute, join } from 'node:path';
import type { AdmissionRoute } from '../../admission/decide.ts';
import { readBounded, type BoundedRead } from '../../base/read-bounded.ts';
import type { OfflineDecider } from '../../compose/offline.ts';
import type { KubernetesObject } from '../../kubernetes/object.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import {
  formatExplanation,
  formatVerdictJson,
  isAllowed,
  type JudgedReview,
} from './format-verdict.ts';
import {
  parseEvaluationInput,
  parseObjects,
  type EvaluationInputOptions,
} from './parse-evaluation-input.ts';
import type { ManifestOperation } from './plan-review.ts';
import type { startDecider } from './start-decider.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';
import { formatProblem } from '../format-problem.ts';
import { INPUT_BYTES_MAX } from '../process-context.ts';

const OPERATIONS: readonly ManifestOperation[] = ['CREATE', 'UPDATE', 'DELETE'];
const ROUTES: readonly AdmissionRoute[] = ['validate', 'mutate'];

export interface EvaluateDependencies {
  readonly startDecider: typeof startDecider;
}

/** Creates the command; the function that starts a decider is passed in. */
export function createEvaluateCommand(dependencies: EvaluateDependencies): CommandDefinition {
  return {
    name: 'evaluate',
    summary: 'Decide offline on reviews or manifests, and explain',
    description: [
      'A FILE holds admission reviews (one, a list, JSON lines, recorded cases) or manifests, as JSON or YAML;',
      '"-" is standard input. A manifest is judged as if it were applied: an UPDATE where the object is stored',
      '(--old, --cluster-state), else a CREATE. Ends with 1 if anything is denied, with 2 if a file cannot be used.',
    ].join('\n'),
    arguments: [{ name: 'FILE', summary: 'what to judge', required: true, variadic: true }],
    options: [
      configOption,
      {
        name: 'policies',
        value: 'SOURCES',
        summary: 'a folder of Rego that judges instead of policies.bundle; built first',
      },
      {
        name: 'cluster-state',
        value: 'FILE',
        summary: 'objects that a live cluster would know',
        repeatable: true,
      },
      { name: 'as', value: 'USER', summary: 'who applies the manifests', default: 'developer' },
      {
        name: 'operation',
        value: 'OPERATION',
        summary: 'what is done with the manifests',
        choices: OPERATIONS,
      },
      { name: 'old', value: 'FILE', summary: 'the manifests as they are stored', repeatable: true },
      {
        name: 'route',
        value: 'ROUTE',
        summary: 'which webhook is asked',
        default: 'validate',
        choices: ROUTES,
      },
      { name: 'json', summary: 'print one JSON object for each review, one on a line' },
    ],
    examples: [
      { line: 'evaluate review.json', note: 'why was this review denied?' },
      {
        line: 'evaluate deploy.yaml --as alice --cluster-state live.yaml',
        note: 'could alice apply this?',
      },
      { line: 'evaluate --json recorded.json', note: 'for scripts' },
    ],
    run: (context, input) => evaluate(context, input, dependencies),
  };
}

async function evaluate(
  context: CommandContext,
  input: CommandInput,
  dependencies: EvaluateDependencies,
): Promise<ExitStatus> {
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return 'configuration';
  const clusterState = await readObjects(context, input.texts('cluster-state'));
  const old = await readObjects(context, input.texts('old'));
  // With an incomplete cluster state, the answers would be silently wrong.
  const unknown = [...clusterState.faults, ...old.faults];
  if (unknown.length > 0) return reportFaults(context, unknown);

  const decider = await dependencies.startDecider(context, loaded.configuration, {
    policySources: input.text('policies'),
    clusterStateObjects: clusterState.objects,
  });
  try {
    return await judgeFiles(context, input, {
      decider,
      stored: [...old.objects, ...clusterState.objects],
    });
  } finally {
    await decider.close();
  }
}

interface Judging {
  readonly decider: OfflineDecider;
  readonly stored: readonly KubernetesObject[];
}

async function judgeFiles(
  context: CommandContext,
  input: CommandInput,
  { decider, stored }: Judging,
): Promise<ExitStatus> {
  const route = ROUTES.find((known) => known === input.text('route')) ?? 'validate';
  const operation = OPERATIONS.find((known) => known === input.text('operation'));
  const username = input.text('as') ?? '';
  const faults: Fault[] = [];
  let judged = 0;
  let denied = 0;
  for (const file of input.arguments) {
    const found = await readReviews(context, { file, username, operation, stored });
    faults.push(...found.faults);
    for (const { source, bytes } of found.reviews) {
      const review: JudgedReview = { source, verdict: await decider.decide(bytes, route) };
      judged += 1;
      if (!isAllowed(review)) denied += 1;
      if (input.flag('json')) context.print(formatVerdictJson(review));
      else context.print(`${formatExplanation(review, { color: context.color })}\n`);
    }
  }
  if (!input.flag('json')) context.print(`${judged} judged, ${denied} denied`);
  if (faults.length > 0) return reportFaults(context, faults);
  return denied > 0 ? 'failed' : 'ok';
}

interface Fault {
  readonly source: string;
  readonly reason: string;
}

async function readReviews(context: CommandContext, options: EvaluationInputOptions) {
  const read = await readInput(context, options.file);
  return read.ok
    ? parseEvaluationInput(read.bytes, options)
    : { reviews: [], faults: [unreadable(options.file, read.reason)] };
}

async function readObjects(context: CommandContext, files: readonly string[]) {
  const objects: KubernetesObject[] = [];
  const faults: Fault[] = [];
  for (const file of files) {
    const read = await readInput(context, file);
    if (!read.ok) {
      faults.push(unreadable(file, read.reason));
      continue;
    }
    const found = parseObjects(read.bytes, file);
    objects.push(...found.objects);
    faults.push(...found.faults);
  }
  return { objects, faults };
}

function readInput(context: CommandContext, file: string): Promise<BoundedRead> {
  if (file === '-') return context.readStdin();
  const path = isAbsolute(file) ? file : join(context.workingDirectory, file);
  return readBounded(path, INPUT_BYTES_MAX);
}

function unreadable(file: string, reason: string): Fault {
  return { source: file, reason: `Cannot read the file: ${reason}` };
}

function reportFaults(context: CommandContext, faults: readonly Fault[]): ExitStatus {
  for (const { source, reason } of faults) context.report(formatProblem(`${source}: ${reason}`));
  return 'usage';
}
