/** The intake thread: takes what other programs have seen, beside admission. */
import { parentPort } from 'node:worker_threads';
import { systemClock } from '../base/clock.ts';
import { systemTimers } from '../base/timers.ts';
import { FindingIntake } from '../drift/intake/finding-intake.ts';
import type { ObservedFinding } from '../drift/intake/observed-finding.ts';
import { ReportIntake } from '../drift/intake/report-intake.ts';
import { HoldfastError } from '../errors.ts';
import type { RecordedFinding } from './drift-messages.ts';
import { followAuditFile } from './follow-audit-file.ts';
import { bindAuditIntake } from './bind-audit-intake.ts';
import type { FoundByOthers, IntakeStart } from './intake-messages.ts';
import { bindOwners } from './intake-owners.ts';
import { listenForReports } from './listen-for-reports.ts';
import { IntakeTokens } from './intake-tokens.ts';
import { RecordedFindings } from './recorded-findings.ts';
import { serveThread, type ThreadTools, type ThreadWork } from './serve-thread.ts';

/** What was counted in a minute is recorded no later than this. */
const TICK_MS = 1000;

/** What was started, the last first. */
type Stops = (() => Promise<void> | void)[];

/** Rejects where it cannot listen, or has no certificate yet: the thread ends then, and is started again. */
export async function beginIntake(
  start: IntakeStart,
  tools: ThreadTools<FoundByOthers>,
): Promise<ThreadWork<RecordedFinding>> {
  const stops: Stops = [];
  try {
    return await startParts(start, tools, stops);
  } catch (fault) {
    await stopAll(stops);
    throw fault;
  }
}

async function startParts(
  { configuration, environment }: IntakeStart,
  tools: ThreadTools<FoundByOthers>,
  stops: Stops,
): Promise<ThreadWork<RecordedFinding>> {
  const { intake: settings } = configuration;
  if (settings === undefined) {
    throw new HoldfastError('lookup_not_configured', 'Nothing is to be taken');
  }
  const recording = new RecordedFindings<ObservedFinding>(tools.send);
  const findings = new FindingIntake({
    ...tools,
    recordsPerMinuteMax: settings.recordsPerMinuteMax,
    clock: systemClock,
    record: (finding) => recording.record(finding),
  });
  stops.push(() => findings.close());
  const owners = await bindOwners(configuration, { clock: systemClock });
  stops.push(() => owners.close());
  const audit = bindAuditIntake(configuration, { ...owners, findings });
  const reports = new ReportIntake({ ...owners, intake: findings });
  const tokens = new IntakeTokens({ environment, logger: tools.logger });
  const server = await listenForReports(configuration, { audit, reports, tokens, ...tools });
  stops.push(() => server?.close());
  const file = await followAuditFile(configuration, { audit, ...tools });
  stops.push(
    () => file?.close(),
    systemTimers.every(TICK_MS, () => {
      void findings.tick();
    }),
    () => {
      recording.close();
    },
  );
  return {
    receive: (recorded) => {
      recording.receive(recorded);
    },
    problem: () => tokens.problem() ?? file?.problem(),
    stop: () => stopAll(stops),
  };
}

async function stopAll(stops: Stops): Promise<void> {
  for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) await stop();
}

// Outside of a worker thread, importing this file does nothing.
if (parentPort) serveThread(parentPort, beginIntake);
