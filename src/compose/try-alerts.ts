/** Sends a test incident to configured targets and resolves it, for `holdfast alert test`. */
import type { AlertTarget, SendOutcome } from '../alerting/alert-target.ts';
import { formatKey } from '../alerting/format-key.ts';
import type { Notice } from '../alerting/incident.ts';
import type { Clock, WallMs } from '../base/clock.ts';
import { createIdentifierGenerator } from '../base/identifier.ts';
import type { Configuration } from '../config/schema.ts';
import { constructAlertTarget } from './bind-alerts.ts';

export interface TriedAlert {
  readonly target: string;
  /** The deduplication key of the test incident. */
  readonly key: string;
  readonly trigger: SendOutcome;
  /** Absent if the trigger was not accepted: then there is nothing to resolve. */
  readonly resolve?: SendOutcome | undefined;
  /** Milliseconds until the trigger was answered. */
  readonly durationMs: number;
}

export interface TryAlertsDependencies {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** Tries the targets one after the other, without retries: a test must show the current state. */
export async function tryAlerts(
  { alerts, cluster }: Pick<Configuration, 'alerts' | 'cluster'>,
  names: readonly string[],
  dependencies: TryAlertsDependencies,
): Promise<readonly TriedAlert[]> {
  const chosen = alerts.targets.filter(({ name }) => names.length === 0 || names.includes(name));
  const tried: TriedAlert[] = [];
  for (const settings of chosen) {
    const target = constructAlertTarget(settings, dependencies);
    tried.push(await tryOne(target, cluster.name, dependencies));
    target.close();
  }
  return tried;
}

async function tryOne(
  target: AlertTarget,
  cluster: string,
  { clock, signal }: TryAlertsDependencies,
): Promise<TriedAlert> {
  const startedAtMs = clock.wallMs();
  // Each test is an incident of its own: joining an open incident would prove less.
  const object = `test/${createIdentifierGenerator()(startedAtMs)}`;
  const key = formatKey({ cluster, object, actor: '', class: 'test' });
  const notice = describeTest(cluster, object, startedAtMs);
  const sendingAtMs = clock.monotonicMs();
  const trigger = await target.send({ kind: 'trigger', key, notice }, signal);
  const durationMs = clock.monotonicMs() - sendingAtMs;
  const about = { target: target.name, key, trigger, durationMs };
  if (trigger.status !== 'accepted') return about;
  return { ...about, resolve: await target.send({ kind: 'resolve', key, notice }, signal) };
}

function describeTest(cluster: string, component: string, startedAtMs: WallMs): Notice {
  return {
    severity: 'info',
    class: 'test',
    rule: 'test',
    summary: `[${cluster}] Test incident of holdfast alert test: nothing happened, it is resolved at once`,
    source: cluster,
    component,
    group: 'test',
    namespace: '',
    time: new Date(startedAtMs).toISOString(),
    startedAtMs,
    details: { note: 'Somebody tries whether incidents arrive' },
    links: [],
  };
}
