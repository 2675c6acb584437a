/** `holdfast policy explain`: what each policy made of a review, and why. */
import { isAbsolute, join } from 'node:path';
import type { ExplainedFileItem } from '../../authoring/explain/explain-file.ts';
import type { PolicyTrace } from '../../authoring/explain/trace-policy.ts';
import type { StartedOffline } from '../../authoring/start-decider.ts';
import { readBounded, type BoundedRead } from '../../base/read-bounded.ts';
import type { ExplainedReview } from '../../compose/explain/explain-review.ts';
import { readObjects } from '../../compose/evaluate/judge-files.ts';
import { HoldfastError } from '../../errors.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';
import { formatProblem } from '../format-problem.ts';
import { createAnswerPrinter, outputOption } from '../output-option.ts';
import { readRoute, routeOption } from '../route-option.ts';
import { INPUT_BYTES_MAX } from '../process-context.ts';
import { candidateOptions, readCandidate } from './candidate-options.ts';
import { formatExplained, formatExplainedJson, type ShownExplanation } from './format-explained.ts';
import { findReplayFiles } from './replay-sources.ts';

/** Explains every review of a file. */
export const policyExplainCommand: CommandDefinition = {
  name: 'policy explain',
  summary: 'Tell what each policy made of a review, and why',
  description: [
    'REVIEW is a file with an AdmissionReview, recorded cases, manifests, or the reviews that holdfast policy test runs; "-" is standard',
    'input. For each policy: whether it matched, else the first condition that was not met; the facts that it reads; what its rules found;',
    'its mode and failure mode; how long it took. --trace asks OPA besides which condition of which rule did not hold, and for the values of',
    'the other rules. --decision explains a record of REVIEW, which is a journal or a file of records then, by what its policies were given.',
    'Ends with 0 whatever the decision is, with 2 if the file cannot be used.',
  ].join('\n'),
  arguments: [
    {
      name: 'REVIEW',
      summary: 'what to explain; with --decision, journals (default: that of the configuration)',
      variadic: true,
    },
  ],
  options: [
    ...candidateOptions,
    configOption,
    {
      name: 'cluster-state',
      value: 'FILE',
      summary: 'objects that a live cluster would know',
      repeatable: true,
    },
    {
      name: 'decision',
      value: 'ID',
      summary: 'the record of this decision, where audit.journal.input has kept what was judged',
    },
    { name: 'case', value: 'NAME', summary: 'only this one of the reviews of the file' },
    {
      name: 'policy',
      value: 'NAME',
      summary: 'only what this policy made of it',
      repeatable: true,
    },
    { name: 'trace', summary: 'let OPA trace the rules of what matched' },
    routeOption,
    outputOption(['table', 'json', 'jsonl', 'yaml']),
  ],
  examples: [
    { line: 'policy explain review.json --trace', note: 'why was this review denied?' },
    {
      line: 'policy explain policies/owner/reviews/labels.yaml --policies policies --policy owner',
      note: 'why does this case fail?',
    },
    {
      line: 'policy explain --decision 01JD3V9K2M8Q4W6X0Y2Z4A6B8C',
      note: 'what a denial in the journal was about',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const candidate = readCandidate(input);
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return 'configuration';
  const asked = await readAsked(context, input);
  if (asked === undefined) return 'configuration';
  const readFile = (file: string) => readInput(context, file);
  const state = await readObjects(input.texts('cluster-state'), readFile);
  const faults = [
    ...asked.faults,
    ...state.faults.map(({ source, reason }) => `${source}: ${reason}`),
  ];
  if (faults.length > 0) return reportFaults(context, faults);
  const { startOffline } = await import('../../authoring/start-decider.ts');
  const { environment, workingDirectory, report } = context;
  const offline = await startOffline(loaded.configuration, {
    environment,
    workingDirectory,
    progress: report,
    clusterStateObjects: state.objects,
    ...candidate,
  });
  try {
    checkPolicies(
      input,
      offline.runtime.engine.descriptors.map(({ name }) => name),
    );
    return await printExplained(context, input, { items: asked.explain(offline), offline });
  } finally {
    await offline.close();
  }
}

/** What is explained, and how. */
interface Asked {
  readonly faults: readonly string[];
  readonly explain: (offline: StartedOffline) => AsyncIterable<ExplainedFileItem>;
}

/** `undefined` if the configuration is invalid, which was reported. */
async function readAsked(context: CommandContext, input: CommandInput): Promise<Asked | undefined> {
  const decisionId = input.text('decision');
  if (decisionId === undefined) return readReview(context, input);
  const sources = await findReplayFiles(context, input);
  if (sources === undefined) return undefined;
  return {
    faults: [],
    explain: async function* explain(offline) {
      const { explainDecision } = await import('../../authoring/explain/explain-decision.ts');
      yield await explainDecision({ decisionId, sources, offline });
    },
  };
}

async function readReview(context: CommandContext, input: CommandInput): Promise<Asked> {
  const [shown, another] = input.arguments;
  if (shown === undefined || another !== undefined) {
    throw new HoldfastError('argument_invalid', 'One REVIEW is explained at a time', {
      remedy: 'Name one file, or a decision with --decision',
    });
  }
  const read = await readInput(context, shown);
  const faults = read.ok ? [] : [`${shown}: Cannot read the file: ${read.reason}`];
  return {
    faults,
    explain: async function* explain(offline) {
      const { explainFile } = await import('../../authoring/explain/explain-file.ts');
      yield* explainFile({
        file: shown,
        folder: context.workingDirectory,
        bytes: read.ok ? read.bytes : Buffer.of(),
        route: readRoute(input),
        offline,
        isConfigured: input.text('config') !== undefined,
        only: input.text('case'),
      });
    },
  };
}

interface Explaining {
  readonly items: AsyncIterable<ExplainedFileItem>;
  readonly offline: StartedOffline;
}

async function printExplained(
  context: CommandContext,
  input: CommandInput,
  { items, offline }: Explaining,
): Promise<ExitStatus> {
  const printer = createAnswerPrinter(context, input);
  const faults: string[] = [];
  let count = 0;
  for await (const item of items) {
    const { source } = item;
    if (item.kind === 'fault') {
      faults.push(`${source}: ${item.reason}`);
      continue;
    }
    count += 1;
    const { review, recorded } = item;
    const traces = input.flag('trace')
      ? await traceAll(context, input, { review, bundle: offline.bundle })
      : new Map<string, PolicyTrace>();
    const selected = input.texts('policy');
    const shown: ShownExplanation = { source, review, recorded, traces, selected };
    printer.add({
      table: () => `${formatExplained(shown, { color: context.color })}\n`,
      json: () => formatExplainedJson(shown),
    });
  }
  printer.end();
  if (count === 0 && faults.length === 0) {
    const [file = ''] = input.arguments;
    faults.push(`${file}: it has no review of the name "${input.text('case') ?? ''}"`);
  }
  return faults.length > 0 ? reportFaults(context, faults) : 'ok';
}

async function traceAll(
  { environment, report }: CommandContext,
  input: CommandInput,
  { review, bundle }: { readonly review: ExplainedReview; readonly bundle: string },
): Promise<ReadonlyMap<string, PolicyTrace>> {
  const traces = new Map<string, PolicyTrace>();
  if (review.status === 'rejected') return traces;
  const { createTracer } = await import('../../authoring/explain/trace-policy.ts');
  const trace = await createTracer({ bundle, environment, progress: report });
  const only = input.texts('policy');
  for (const { policy, matching, isConstraint } of review.policies) {
    if (!matching.matched || (only.length > 0 && !only.includes(policy))) continue;
    traces.set(policy, await trace({ name: policy, isConstraint }, review));
  }
  return traces;
}

/** A misspelt name would explain nothing. */
function checkPolicies(input: CommandInput, known: readonly string[]): void {
  const unknown = input.texts('policy').find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw new HoldfastError('argument_invalid', `--policy "${unknown}" is none of the bundle`, {
    remedy: `Name one of ${known.join(', ')}`,
  });
}

function readInput(context: CommandContext, file: string): Promise<BoundedRead> {
  if (file === '-') return context.readStdin();
  const path = isAbsolute(file) ? file : join(context.workingDirectory, file);
  return readBounded(path, INPUT_BYTES_MAX);
}

function reportFaults(context: CommandContext, faults: readonly string[]): ExitStatus {
  for (const fault of faults) context.report(formatProblem(fault));
  context.report('Name a file with an AdmissionReview, recorded cases or Kubernetes objects');
  return 'usage';
}
