/** `holdfast report`: what would have been refused, had every policy been enforced. */
import type { EntryFilter } from '../../audit/query/match-entry.ts';
import {
  planSuggestion,
  suggestOperator,
  suggestPlatform,
  suggestWriter,
  type Suggest,
} from '../../audit/report/plan-suggestion.ts';
import type { WriterWrite } from '../../audit/report/writer-writes.ts';
import type { Report } from '../../audit/report/collect-report.ts';
import { systemClock } from '../../base/clock.ts';
import { planPresetSuggestion } from '../../compose/plan-preset-suggestion.ts';
import type { Configuration } from '../../config/schema.ts';
import { filterOptions, readFilter } from '../audit/filter-options.ts';
import { connectCluster, clusterOptions } from '../connect-cluster.ts';
import { findJournalFolders, foldersArgument, readWholeNumber } from '../audit/journal-folders.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import {
  configOption,
  findConfigurationFile,
  requireConfiguration,
} from '../find-configuration.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { showProgress } from '../show-progress.ts';
import { describeReplay, type ShownReplay } from './describe-replay.ts';
import { formatTime, formatVerdict, listNotKnown } from './describe-report.ts';
import {
  formatReportJson,
  formatReportMarkdown,
  formatReportTable,
  type ShownReport,
} from './format-report.ts';

/** Of the options that find records, those by which a part of a cluster is chosen. */
const CHOSEN = new Set(['since', 'until', 'user', 'object', 'code', 'policy']);
/** More than there can be groups. */
const LINES_MAX = 100_000;

/** Ends with `failed` if anything would have been refused, or nothing is known. */
export const reportCommand: CommandDefinition = {
  name: 'report',
  summary: 'Say what would have been refused, had every policy been enforced',
  description:
    'Reads journals, also running ones, and groups what the modes warn and audit let pass: by user, application, resource, fields,\n' +
    'code and policies, with what to do about it, what breaks most first. Says what it does not know. Ends with 0 if nothing would\n' +
    'have been refused, with 1 if something would, or if nothing was recorded.',
  arguments: [foldersArgument],
  options: [
    ...filterOptions
      .filter(({ name }) => CHOSEN.has(name))
      .map((option) => (option.name === 'since' ? { ...option, default: '7d' } : option)),
    ...clusterOptions('only requests in this namespace'),
    { name: 'limit', value: 'N', summary: 'how many lines a table has', default: '50' },
    outputOption(['table', 'json', 'yaml', 'markdown']),
    {
      name: 'replay',
      summary:
        'judge the last writes of the GitOps controllers again, by the configuration of now and the live objects',
    },
    configOption,
  ],
  examples: [
    { line: 'report --since 7d', note: 'before you enforce' },
    { line: 'report --namespace shop r0/journal r1/journal', note: 'one namespace, two replicas' },
    {
      line: 'report --replay --config holdfast.yaml r0/journal',
      note: 'would enforcing stop Argo CD or Flux?',
    },
    { line: 'report --since 30d -o markdown', note: 'for a ticket' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const nowMs = systemClock.wallMs();
  const filter = readFilter(context, input, nowMs);
  const limit = readWholeNumber(context, input, { name: 'limit', min: 1, max: LINES_MAX });
  if (filter === undefined || limit === undefined) return 'usage';
  const folders = await findJournalFolders(context, input);
  const configuration = await readConfiguration(context, input);
  if (folders === undefined || configuration === 'invalid') return 'configuration';
  const { collectReport } = await import('../../audit/report/collect-report.ts');
  const reading = { doing: 'reading journals', counted: ['entry', 'entries'] } as const;
  const report = await showProgress(context, reading, (onProgress) =>
    collectReport(folders, { filter, onProgress }),
  );
  const replay = input.flag('replay') ? await replayWrites(context, input, report) : undefined;
  if (replay === 'invalid') return 'configuration';
  const shown = describe(report, { filter, nowMs, configuration, replay });
  printAnswer(context, input, {
    table: () => formatReportTable(shown, limit),
    json: () => formatReportJson(shown),
    markdown: () => formatReportMarkdown(shown, limit),
  });
  const isKnown = report.requests > 0 && report.undecided === 0;
  const isRefused = report.wouldDeny > 0 || (replay?.refused.length ?? 0) > 0;
  return isKnown && !isRefused ? 'ok' : 'failed';
}

/** Where there is one: the journals alone answer, too. */
async function readConfiguration(
  context: CommandContext,
  input: CommandInput,
): Promise<Configuration | undefined | 'invalid'> {
  if (findConfigurationFile(context, input.text('config')) === undefined) return undefined;
  const loaded = await requireConfiguration(context, input.text('config'));
  return loaded?.configuration ?? 'invalid';
}

interface Asked {
  readonly filter: EntryFilter;
  readonly nowMs: number;
  readonly configuration: Configuration | undefined;
  readonly replay: ShownReplay | undefined;
}

function describe(report: Report, { filter, nowMs, configuration, replay }: Asked): ShownReport {
  const { writes: _writes, writesLeftOut: _left, ...collected } = report;
  const period = { sinceMs: filter.sinceMs ?? 0, untilMs: filter.untilMs ?? nowMs };
  // In this order; the remedy of the denial where none of them applies.
  const ways: readonly Suggest[] = [
    suggestWriter,
    suggestPlatform,
    planPresetSuggestion(report.groups),
    suggestOperator,
  ];
  return {
    verdict: formatVerdict(report, period, replay),
    since: formatTime(period.sinceMs),
    until: formatTime(period.untilMs),
    ...collected,
    groups: report.groups.map((group) => ({ ...group, suggestion: planSuggestion(group, ways) })),
    replay,
    notKnown: listNotKnown(report, period, { configuration, replay }),
  };
}

/** Beside the cluster of the kubeconfig, whose objects are read, and nothing else. */
async function replayWrites(
  context: CommandContext,
  input: CommandInput,
  {
    writes,
    writesLeftOut,
  }: { readonly writes: readonly WriterWrite[]; readonly writesLeftOut: number },
): Promise<ShownReplay | 'invalid'> {
  const connected = await connectCluster(context, input);
  if (connected === undefined) return 'invalid';
  const { startDecider } = await import('../../authoring/start-decider.ts');
  const { replayInCluster } = await import('../../compose/replay-in-cluster.ts');
  const { client, configuration } = connected;
  const { environment, workingDirectory, report: progress } = context;
  try {
    const judging = { doing: 'judging again', counted: ['write', 'writes'] } as const;
    const replayed = await showProgress(context, judging, (onReplayed) =>
      replayInCluster(writes, {
        configuration,
        client,
        startDecider: (lookup) =>
          startDecider(configuration, {
            environment,
            workingDirectory,
            progress,
            clusterStateObjects: [],
            lookup,
          }),
        onReplayed,
      }),
    );
    return describeReplay(replayed, writesLeftOut);
  } finally {
    client.close();
  }
}
