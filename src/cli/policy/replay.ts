/** `holdfast policy replay`: what a candidate would decide otherwise. */
import { existsSync } from 'node:fs';
import { rmdir } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import type { StartDeciderOptions } from '../../authoring/start-decider.ts';
import type { EntryFilter } from '../../audit/query/match-entry.ts';
import { describeFileError } from '../../base/describe-file-error.ts';
import { makeFolder } from '../../base/make-folder.ts';
import { parseYaml } from '../../base/parse-yaml.ts';
import { readBounded } from '../../base/read-bounded.ts';
import type { OfflinePath } from '../../compose/offline.ts';
import type { FlipGroup, ReplayReport } from '../../compose/replay/collect-flips.ts';
import type { ReplaySource } from '../../compose/replay/read-replay-items.ts';
import { loadConfiguration, type LoadedConfiguration } from '../../config/load.ts';
import { formatConfigurationProblem } from '../../config/problem.ts';
import { HoldfastError } from '../../errors.ts';
import { filterOptions, readFilter } from '../audit/filter-options.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption, requireConfiguration } from '../find-configuration.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { showProgress } from '../show-progress.ts';
import { candidateOptions, readCandidate, type Candidate } from './candidate-options.ts';
import { formatReplayed, formatReplayedJson } from './format-replayed.ts';
import { findReplaySources } from './replay-sources.ts';

/** Judges recorded requests again. */
export const policyReplayCommand: CommandDefinition = {
  name: 'policy replay',
  summary: 'Tell which recorded decisions a candidate would flip',
  description: [
    'SOURCE is a journal, a file of records as JSON lines (holdfast audit export, a sink), or a file of reviews; --sink reads what a NATS stream',
    'holds. The candidate is --config with',
    '--policies or --bundle. A record is judged again by the facts that it holds, where audit.journal.input has kept them; what cannot be',
    'judged again is counted, with the reason. Of reviews, which hold no decision, what --against decides is what they are compared with.',
    'Ends with 1 if a decision is flipped, or if nothing could be judged.',
  ].join('\n'),
  arguments: [
    {
      name: 'SOURCE',
      summary: 'a journal or a file (default: audit.journal.folder of the configuration)',
      variadic: true,
    },
  ],
  options: [
    ...candidateOptions,
    configOption,
    {
      name: 'against',
      value: 'FILE',
      summary:
        'the configuration that decides on reviews now (default: that of --config, without --policies and --bundle)',
    },
    {
      name: 'sink',
      value: 'NAME',
      summary: 'the stream of this sink of type nats of the configuration, besides SOURCE',
      repeatable: true,
    },
    {
      name: 'cases',
      value: 'FOLDER',
      summary:
        'a new folder: a reduced case for each kind of flip, as holdfast policy test runs it',
    },
    ...filterOptions,
    outputOption(['table', 'json', 'yaml']),
  ],
  examples: [
    {
      line: 'policy replay --bundle next.tar.gz --since 7d --cases flips',
      note: 'before a rollout',
    },
    {
      line: 'policy replay exported.jsonl --config candidate.yaml -o json',
      note: 'a configuration, in a pipeline',
    },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const candidate = readCandidate(input);
  const filter = readFilter(context, input, Date.now());
  if (filter === undefined) return 'usage';
  const cases = makeNewFolder(context, input.text('cases'));
  const loaded = await requireConfiguration(context, input.text('config'));
  if (loaded === undefined) return 'configuration';
  const sources = await findReplaySources(context, input, loaded.configuration);
  if (sources === undefined) return 'configuration';
  const against = await findBaseline(context, input, { loaded, candidate });
  if (against === 'invalid') return 'configuration';
  const { startOffline } = await import('../../authoring/start-decider.ts');
  const options = startOptions(context);
  const judging = await startOffline(loaded.configuration, { ...options, ...candidate });
  const started: OfflinePath[] = [judging];
  const baseline = onlyOnce(async () => {
    if (against === undefined) throw NOTHING_TO_COMPARE;
    const path = await startOffline(against.configuration, options);
    started.push(path);
    return path;
  });
  try {
    const startedAt = performance.now();
    const { read, report } = await replayAll(context, { sources, filter, judging, baseline });
    const durationMs = performance.now() - startedAt;
    const written = await writeAll(report, { folder: cases, candidate: judging, loaded });
    const shown = { ...report, read, durationMs, cases: withFolder(written, input.text('cases')) };
    printAnswer(context, input, {
      table: () => formatReplayed(shown),
      json: () => formatReplayedJson(shown),
    });
    return conclude(context, { read, report });
  } finally {
    for (const path of started) await path.close();
    // Where nothing has flipped.
    if (cases !== undefined) await removeEmptyFolder(cases);
  }
}

/** They hold objects of the cluster. */
const OWN_FOLDER = 0o700;

const NOTHING_TO_COMPARE = new HoldfastError(
  'argument_invalid',
  'A review holds no decision, and no configuration is named that decides on it now',
  { remedy: 'Name it with --against, or a candidate with --policies or --bundle' },
);

function startOptions({ environment, workingDirectory, report }: CommandContext) {
  return {
    environment,
    workingDirectory,
    progress: report,
    clusterStateObjects: [],
  } satisfies StartDeciderOptions;
}

function makeNewFolder(context: CommandContext, named: string | undefined): string | undefined {
  if (named === undefined) return undefined;
  const folder = resolve(context.workingDirectory, named);
  if (existsSync(folder)) {
    throw new HoldfastError('argument_invalid', `"${named}" is there already: name a new folder`);
  }
  try {
    makeFolder(folder, { mode: OWN_FOLDER });
    return folder;
  } catch (error) {
    const reason = describeFileError(error);
    throw new HoldfastError('argument_invalid', `--cases "${named}" cannot be made: ${reason}`, {
      cause: error,
    });
  }
}

/** Leaves one that holds something. */
async function removeEmptyFolder(folder: string): Promise<void> {
  await rmdir(folder).catch(() => undefined);
}

/** `undefined` where there is none that differs from the candidate. */
async function findBaseline(
  context: CommandContext,
  input: CommandInput,
  { loaded, candidate }: { readonly loaded: LoadedConfiguration; readonly candidate: Candidate },
): Promise<LoadedConfiguration | undefined | 'invalid'> {
  const named = input.text('against');
  if (named === undefined) {
    const isOwn = candidate.policySources === undefined && candidate.bundle === undefined;
    return isOwn ? undefined : loaded;
  }
  const file = isAbsolute(named) ? named : join(context.workingDirectory, named);
  const against = await loadConfiguration(file, named);
  if (against.ok) return against;
  for (const problem of against.problems) context.report(formatConfigurationProblem(problem));
  return 'invalid';
}

function onlyOnce<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => (made ??= make());
}

interface Replay {
  readonly sources: readonly ReplaySource[];
  readonly filter: EntryFilter;
  readonly judging: OfflinePath;
  readonly baseline: () => Promise<OfflinePath>;
}

async function replayAll(
  context: CommandContext,
  { sources, filter, judging, baseline }: Replay,
): Promise<{ readonly read: number; readonly report: ReplayReport }> {
  const { readReplayItems } = await import('../../compose/replay/read-replay-items.ts');
  const { replayItem } = await import('../../compose/replay/replay-items.ts');
  const { FlipCollector } = await import('../../compose/replay/collect-flips.ts');
  const flips = new FlipCollector();
  let read = 0;
  const work = { doing: 'judging again', counted: ['record', 'records'] } as const;
  await showProgress(context, work, async (tell) => {
    for await (const item of readReplayItems(sources, filter)) {
      flips.add(await replayItem(item, { candidate: judging, baseline }));
      read += 1;
      tell(read);
    }
  });
  return { read, report: flips.report() };
}

interface Writing {
  readonly folder: string | undefined;
  readonly candidate: OfflinePath;
  readonly loaded: LoadedConfiguration;
}

async function writeAll(
  { groups }: ReplayReport,
  { folder, candidate, loaded }: Writing,
): Promise<ReadonlyMap<FlipGroup, string>> {
  if (folder === undefined || groups.length === 0) return new Map();
  const { writeCases } = await import('../../authoring/replay/write-cases.ts');
  const configuration = await readIdentities(loaded.file);
  return writeCases(groups, { folder, candidate, configuration });
}

/** As they are written: the defaults need not stand in every case. */
const CASE_SECTIONS: ReadonlySet<string> = new Set(['identity', 'ownership']);
/** The file was read before, within its own limit. */
const CONFIGURATION_BYTES_MAX = 16 * 1024 * 1024;

async function readIdentities(
  file: string | undefined,
): Promise<Readonly<Record<string, unknown>>> {
  const read = file === undefined ? undefined : await readBounded(file, CONFIGURATION_BYTES_MAX);
  if (read?.ok !== true) return {};
  const text = new TextDecoder().decode(read.bytes);
  const parsed = parseYaml(text, { dialect: 'strict', aliasesMax: 0 });
  const value = parsed.ok ? parsed.documents[0]?.value : undefined;
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([name]) => CASE_SECTIONS.has(name)));
}

function withFolder(
  written: ReadonlyMap<FlipGroup, string>,
  folder = '',
): ReadonlyMap<FlipGroup, string> {
  return new Map([...written].map(([group, file]) => [group, join(folder, file)]));
}

function conclude(
  context: CommandContext,
  { read, report }: { readonly read: number; readonly report: ReplayReport },
): ExitStatus {
  if (report.judged > 0) return report.flipped > 0 ? 'failed' : 'ok';
  const what = read === 0 ? 'There is nothing to judge' : 'Nothing could be judged again';
  context.report(`holdfast: ${what}: this says nothing about the candidate`);
  return 'failed';
}
