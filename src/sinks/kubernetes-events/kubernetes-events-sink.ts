/** Writes decisions as Kubernetes Events on the object, which `kubectl describe` shows. */
import { type MonotonicMs, addMs } from '../../base/clock.ts';
import type {
  ApiWriting,
  ClusterClient,
  ClusterWriter,
} from '../../kubernetes/client/cluster-client.ts';
import { ExpiringCache } from '../../base/expiring-cache.ts';
import type { JournalEntry } from '../../audit/journal.ts';
import type { Sink, SinkContext, SinkOutcome } from '../../delivery/sink.ts';
import { Pace } from '../pace.ts';
import { parseEventState, SEQUENCE_ANNOTATION } from './parse-event-state.ts';
import type { EventState } from './parse-event-state.ts';
import { planEvents } from './plan-events.ts';
import type { PlannedEvent } from './plan-events.ts';
import type { KubernetesEventsSinkSettings } from './settings.ts';

export type EventsApi = Pick<ClusterClient, 'read' | 'close'> & ClusterWriter;

// The API server forgets an Event an hour after its last change (--event-ttl).
const REMEMBERED = { lifeMs: 3_600_000, entriesMax: 10_000 };

/** Nothing is written before the first batch. */
export class KubernetesEventsSink implements Sink {
  readonly name: string;
  readonly #settings: KubernetesEventsSinkSettings;
  readonly #clock: SinkContext['clock'];
  readonly #api: EventsApi;
  readonly #pace: Pace;
  // The state of each Event, so that a repeated batch counts nothing twice.
  readonly #written = new ExpiringCache<EventState>(REMEMBERED);

  constructor(
    settings: KubernetesEventsSinkSettings,
    { clock }: Pick<SinkContext, 'clock'>,
    api: EventsApi,
  ) {
    this.name = settings.name;
    this.#settings = settings;
    this.#clock = clock;
    this.#api = api;
    this.#pace = new Pace(settings.eventIntervalMs, clock);
  }

  async send(entries: readonly JournalEntry[], signal: AbortSignal): Promise<SinkOutcome> {
    const refused: number[] = [];
    let because = '';
    for (const plan of planEvents(entries)) {
      if (!(await this.#pace.wait(signal)) || signal.aborted) {
        return { status: 'retry', reason: 'The time for the batch was over' };
      }
      const outcome = await this.#write(plan);
      if (outcome.status === 'retry') return outcome;
      if (outcome.status !== 'refused') continue;
      refused.push(...outcome.sequences);
      because = outcome.reason;
    }
    if (refused.length === 0) return { status: 'delivered' };
    return { status: 'refused', sequences: refused, reason: because };
  }

  async close(): Promise<void> {
    this.#api.close();
  }

  async #write(plan: PlannedEvent): Promise<SinkOutcome> {
    const known = this.#written.get(keyOf(plan), this.#clock.monotonicMs());
    if (known !== undefined) return this.#continue(plan, known);
    const state = afterwards(plan, { count: 0, sequence: 0 });
    const body = { ...formatIdentity(plan, state), ...plan.fixed, ...formatSeries(plan, state) };
    const writing = await this.#call(pathOf(plan), { method: 'POST', body });
    if (writing.status === 'conflict') return this.#find(plan);
    return this.#settle(plan, { writing, state });
  }

  /** It exists already: from before a restart, or from a write whose response was lost. */
  async #find(plan: PlannedEvent): Promise<SinkOutcome> {
    const deadlineAtMs = this.#deadlineAtMs();
    const reading = await this.#api.read(`${pathOf(plan)}/${plan.name}`, { deadlineAtMs });
    if (reading.status === 'unavailable') return { status: 'retry', reason: reading.reason };
    if (reading.status === 'absent') {
      return { status: 'retry', reason: 'The Event has just expired' };
    }
    const state = parseEventState(reading.body);
    if (state !== undefined) return this.#continue(plan, state);
    return refuse(plan, 'An Event of somebody else has the name of ours');
  }

  async #continue(plan: PlannedEvent, known: EventState): Promise<SinkOutcome> {
    const state = afterwards(plan, known);
    if (state.count === known.count) return { status: 'delivered' };
    const { metadata } = formatIdentity(plan, state);
    const writing = await this.#call(`${pathOf(plan)}/${plan.name}`, {
      method: 'PATCH',
      body: { metadata: { annotations: metadata.annotations }, ...formatSeries(plan, state) },
      contentType: 'application/merge-patch+json',
    });
    if (writing.status === 'absent') {
      this.#written.delete(keyOf(plan));
      return { status: 'retry', reason: 'The Event has expired and is written anew' };
    }
    return this.#settle(plan, { writing, state });
  }

  #settle(
    plan: PlannedEvent,
    { writing, state }: { readonly writing: ApiWriting; readonly state: EventState },
  ): SinkOutcome {
    switch (writing.status) {
      case 'written':
        this.#written.set(keyOf(plan), state, this.#clock.monotonicMs());
        return { status: 'delivered' };
      case 'absent':
        return refuse(plan, `There is no namespace "${plan.namespace}" to write the Event in`);
      case 'conflict':
        return { status: 'retry', reason: writing.reason };
      case 'refused':
        return isAboutEvent(writing) ? refuse(plan, writing.reason) : retry(writing);
      case 'unavailable':
        return retry(writing);
    }
  }

  #call(path: string, options: Omit<Parameters<EventsApi['write']>[1], 'deadlineAtMs'>) {
    return this.#api.write(path, { ...options, deadlineAtMs: this.#deadlineAtMs() });
  }

  #deadlineAtMs(): MonotonicMs {
    return addMs(this.#clock.monotonicMs(), this.#settings.delivery.timeoutMs);
  }
}

/** The Event after the plan's new entries are added. */
function afterwards({ sequences }: PlannedEvent, { count, sequence }: EventState): EventState {
  const fresh = sequences.filter((one) => one > sequence);
  return { count: count + fresh.length, sequence: Math.max(sequence, ...fresh) };
}

function formatIdentity({ name, namespace, times }: PlannedEvent, { sequence }: EventState) {
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name, namespace, annotations: { [SEQUENCE_ANNOTATION]: String(sequence) } },
    eventTime: times[0],
  };
}

function formatSeries({ times }: PlannedEvent, { count }: EventState): object {
  // A series begins with the second occurrence.
  return count < 2 ? {} : { series: { count, lastObservedTime: times.at(-1) } };
}

function keyOf({ namespace, name }: PlannedEvent): string {
  return `${namespace}/${name}`;
}

function pathOf({ namespace }: PlannedEvent): string {
  return `/apis/events.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/events`;
}

/**
 * "Invalid" is a fault of the Event; "forbidden" means missing permissions, except in a terminating
 * namespace.
 */
function isAboutEvent({ httpStatus, reason }: Extract<ApiWriting, { status: 'refused' }>): boolean {
  if (httpStatus === 403) return reason.includes('being terminated');
  return httpStatus !== 401;
}

function refuse({ sequences }: PlannedEvent, reason: string): SinkOutcome {
  return { status: 'refused', sequences, reason };
}

function retry(writing: {
  readonly reason: string;
  readonly retryAfterMs?: number | undefined;
}): SinkOutcome {
  return { status: 'retry', reason: writing.reason, retryAfterMs: writing.retryAfterMs };
}
