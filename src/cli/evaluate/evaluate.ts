/** `holdfast evaluate`: decides offline, on the same path as the webhook, and explains. */
import { isAbsolute, join } from 'node:path';
import type { startDecider } from '../../authoring/start-decider.ts';
import { readBounded, type BoundedRead } from '../../base/read-bounded.ts';
import {
  judgeFiles,
  readObjects,
  type InputFault,
  type JudgingOptions,
} from '../../compose/evaluate/judge-files.ts';
import type { ManifestOperation } from '../../compose/evaluate/plan-review.ts';
import { isServiceAccount, planUser, SHOWN_PROOFS } from '../../compose/evaluate/plan-user.ts';
import type { UserInfo } from '../../kubernetes/admission-request.ts';
import type {
  CommandContext,
  CommandDefinition,
  CommandInput,
  OptionDefinition,
} from '../command.ts';
import { formatExplanation, formatVerdictJson, isAllowed } from './format-verdict.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';
import { formatProblem } from '../format-problem.ts';
import { createAnswerPrinter, outputOption } from '../output-option.ts';
import { readRoute, routeOption } from '../route-option.ts';
import { INPUT_BYTES_MAX } from '../process-context.ts';

const OPERATIONS: readonly ManifestOperation[] = ['CREATE', 'UPDATE', 'DELETE'];
export interface EvaluateDependencies {
  readonly startDecider: typeof startDecider;
}

/** Who applies the manifests. */
const USER_OPTIONS: readonly OptionDefinition[] = [
  { name: 'as', value: 'USER', summary: 'who applies the manifests', default: 'developer' },
  { name: 'as-uid', value: 'UID', summary: 'the uid of that user' },
  {
    name: 'as-group',
    value: 'GROUP',
    summary: 'a further group of that user',
    repeatable: true,
  },
  {
    name: 'as-extra',
    value: 'KEY=VALUE',
    summary: 'an extra field of that user, as a cloud or a token gives it',
    repeatable: true,
  },
  {
    name: 'proof',
    value: 'PROOF',
    summary: 'the credential that a service account has shown (default: none, as kubectl --as)',
    choices: SHOWN_PROOFS,
  },
];

const INPUT_REMEDY = 'Name a file of admission reviews or Kubernetes objects, as JSON or YAML';

/** Creates the command; the function that starts a decider is passed in. */
export function createEvaluateCommand(dependencies: EvaluateDependencies): CommandDefinition {
  return {
    name: 'evaluate',
    summary: 'Decide offline on reviews or manifests, and explain',
    description: [
      'A FILE holds admission reviews (one, a list, JSON lines, recorded cases) or manifests, as JSON or YAML;',
      '"-" is standard input. A manifest is judged as if it were applied: an UPDATE where the object is stored',
      '(--old, --cluster-state), else a CREATE. A policies.bundle that is not on this machine is replaced by the policies that\ncome with Holdfast. Ends with 1 if anything is denied, with 2 if a file cannot be used.',
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
      ...USER_OPTIONS,
      {
        name: 'operation',
        value: 'OPERATION',
        summary: 'what is done with the manifests',
        choices: OPERATIONS,
      },
      { name: 'old', value: 'FILE', summary: 'the manifests as they are stored', repeatable: true },
      routeOption,
      outputOption(['table', 'json', 'jsonl', 'yaml']),
    ],
    examples: [
      { line: 'evaluate review.json', note: 'why was this review denied?' },
      {
        line: 'evaluate deploy.yaml --as alice --cluster-state live.yaml',
        note: 'could alice apply this?',
      },
      {
        line: 'evaluate deploy.yaml --as system:serviceaccount:argocd:argocd-application-controller --proof pod-bound',
        note: 'could the GitOps controller?',
      },
      { line: 'evaluate -o jsonl recorded.json', note: 'for scripts' },
    ],
    run: (context, input) => evaluate(context, input, dependencies),
  };
}

async function evaluate(
  context: CommandContext,
  input: CommandInput,
  dependencies: EvaluateDependencies,
): Promise<ExitStatus> {
  const user = readUser(context, input);
  if (user === undefined) return 'usage';
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return 'configuration';
  const readFile = (file: string) => readInput(context, file);
  const clusterState = await readObjects(input.texts('cluster-state'), readFile);
  const old = await readObjects(input.texts('old'), readFile);
  // With an incomplete cluster state, the answers would be silently wrong.
  const unknown = [...clusterState.faults, ...old.faults];
  if (unknown.length > 0) return reportFaults(context, unknown);

  const { environment, workingDirectory, report } = context;
  const decider = await dependencies.startDecider(loaded.configuration, {
    environment,
    workingDirectory,
    progress: report,
    policySources: input.text('policies'),
    clusterStateObjects: clusterState.objects,
  });
  try {
    const stored = [...old.objects, ...clusterState.objects];
    return await printJudged(context, input, { decider, readFile, stored, user });
  } finally {
    await decider.close();
  }
}

/** `undefined` if an option cannot be used, which was reported. */
function readUser(context: CommandContext, input: CommandInput): UserInfo | undefined {
  const username = input.text('as') ?? '';
  const uid = input.text('as-uid');
  const proof = SHOWN_PROOFS.find((known) => known === input.text('proof'));
  const groups = input.texts('as-group');
  const planned = planUser({ username, uid, groups, extra: input.texts('as-extra'), proof });
  if (!planned.ok) {
    const remedy = 'See holdfast evaluate --help';
    context.report(formatProblem(`--${planned.option}: ${planned.reason}`, remedy));
    return undefined;
  }
  if (isServiceAccount(username) && uid === undefined && proof === undefined) {
    context.report(
      `note: ${username} counts as impersonated, as with kubectl --as; --proof pod-bound says that it has shown the token of its pod`,
    );
  }
  return planned.user;
}

async function printJudged(
  context: CommandContext,
  input: CommandInput,
  given: Pick<JudgingOptions, 'decider' | 'readFile' | 'stored' | 'user'>,
): Promise<ExitStatus> {
  const judging = judgeFiles(input.arguments, {
    ...given,
    route: readRoute(input),
    operation: OPERATIONS.find((known) => known === input.text('operation')),
  });
  const printer = createAnswerPrinter(context, input);
  const faults: InputFault[] = [];
  let judged = 0;
  let denied = 0;
  for await (const found of judging) {
    if (found.kind === 'fault') {
      faults.push(found.fault);
      continue;
    }
    judged += 1;
    if (!isAllowed(found.review)) denied += 1;
    printer.add({
      table: () => `${formatExplanation(found.review, { color: context.color })}\n`,
      json: () => formatVerdictJson(found.review),
    });
  }
  printer.end(`${judged} judged, ${denied} denied`);
  if (faults.length > 0) return reportFaults(context, faults);
  return denied > 0 ? 'failed' : 'ok';
}

function readInput(context: CommandContext, file: string): Promise<BoundedRead> {
  if (file === '-') return context.readStdin();
  const path = isAbsolute(file) ? file : join(context.workingDirectory, file);
  return readBounded(path, INPUT_BYTES_MAX);
}

function reportFaults(context: CommandContext, faults: readonly InputFault[]): ExitStatus {
  for (const { source, reason } of faults) context.report(formatProblem(`${source}: ${reason}`));
  context.report(INPUT_REMEDY);
  return 'usage';
}
