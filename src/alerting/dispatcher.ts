/** Sends queued messages: one at a time per target, with retries, and never again after a rejection. */
import type { Clock } from '../base/clock.ts';
import { planBackoff } from '../base/plan-backoff.ts';
import { RETRY_AFTER_MS_MAX } from '../base/parse-retry-after.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { AlertTarget, SendOutcome } from './alert-target.ts';
import type { Message } from './incident.ts';
import type { Outbox } from './outbox.ts';
import { planDispatch } from './plan-dispatch.ts';

export interface DispatcherDependencies {
  readonly targets: readonly AlertTarget[];
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** 0 to 1. */
  readonly random: () => number;
  /** Called for a permanently rejected message. */
  readonly onRefused: (message: Message, reason: string) => void;
  /** Called after each message that was sent, postponed or rejected. */
  readonly onSettled: () => void;
}

export interface Leadership {
  readonly leads: boolean;
  /** Whether the end of an incident may be told. */
  readonly mayResolve: boolean;
  readonly notifiedElsewhere: ReadonlySet<string>;
}

const MS_PER_SECOND = 1000;
/** A failed connection is retried sooner than an error response. */
const UNANSWERED_MS = 2000;

/** The sender of all targets. */
export class Dispatcher {
  readonly #dependencies: DispatcherDependencies;
  readonly #abort = new AbortController();
  readonly #busy = new Map<string, Promise<void>>();

  constructor(dependencies: DispatcherDependencies) {
    this.#dependencies = dependencies;
  }

  /** Starts all sends that can start now. */
  run(leadership: Leadership): void {
    if (this.#abort.signal.aborted) return;
    for (const target of this.#dependencies.targets) {
      if (this.#busy.has(target.name)) continue;
      const message = this.#next(target, leadership);
      if (message === undefined) continue;
      const sending = this.#send(target, message).finally(() => {
        this.#busy.delete(target.name);
        this.#dependencies.onSettled();
      });
      this.#busy.set(target.name, sending);
    }
  }

  /** Resolves when no send is in flight. */
  async settled(): Promise<void> {
    while (this.#busy.size > 0) await Promise.all(this.#busy.values());
  }

  /** Aborts sends in flight: they are repeated after the next start. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.settled();
    for (const target of this.#dependencies.targets) target.close();
  }

  #next(target: AlertTarget, leadership: Leadership): Message | undefined {
    const { outbox, clock, metrics } = this.#dependencies;
    const waitMsMax = Math.max(target.backoffMaxMs, RETRY_AFTER_MS_MAX) * 2;
    for (;;) {
      const nowMs = clock.wallMs();
      const queue = outbox.waitingFor(target.name);
      const dispatch = planDispatch(queue, { ...leadership, nowMs, waitMsMax });
      if (dispatch.what === 'wait') return undefined;
      if (dispatch.what === 'send') return dispatch.message;
      outbox.remove(dispatch.message);
      metrics.increment('holdfast_alert_events_total', { target: target.name, outcome: 'handed' });
    }
  }

  async #send(target: AlertTarget, message: Message): Promise<void> {
    const { outbox } = this.#dependencies;
    outbox.begin(message);
    const outcome = await target.send(message, this.#abort.signal);
    if (this.#abort.signal.aborted && outcome.status === 'retry') outbox.release(message);
    else this.#settle(target, message, outcome);
  }

  #settle(target: AlertTarget, message: Message, outcome: SendOutcome): void {
    const { outbox, clock, metrics, logger } = this.#dependencies;
    const count = (what: 'accepted' | 'retried' | 'refused'): void => {
      metrics.increment('holdfast_alert_events_total', { target: target.name, outcome: what });
    };
    const place = { target: target.name, kind: message.kind, incident: message.key };
    switch (outcome.status) {
      case 'accepted':
        count('accepted');
        this.#measure(target, message);
        outbox.remove(message);
        return;
      case 'refused':
        count('refused');
        logger.error('A message about an incident was refused for good', {
          ...place,
          reason: outcome.reason,
          summary: message.notice.summary,
        });
        this.#dependencies.onRefused(message, outcome.reason);
        outbox.remove(message);
        return;
      case 'retry': {
        count('retried');
        const attempts = message.attempts + 1;
        const random = this.#dependencies.random();
        const waitMs = planWait(target, outcome, { attempts, random });
        logger.warn('A message about an incident is sent again later', {
          ...place,
          attempts,
          waitMs,
          reason: outcome.reason,
        });
        outbox.postpone(message, clock.wallMs() + waitMs);
      }
    }
  }

  #measure(target: AlertTarget, { decidedAtMs }: Message): void {
    const { clock, metrics } = this.#dependencies;
    if (decidedAtMs === undefined) return;
    const seconds = Math.max(0, clock.wallMs() - decidedAtMs) / MS_PER_SECOND;
    metrics.observe('holdfast_alert_accept_duration_seconds', seconds, { target: target.name });
  }
}

function planWait(
  { backoffMs, backoffMaxMs }: AlertTarget,
  { answered, retryAfterMs }: Extract<SendOutcome, { status: 'retry' }>,
  { attempts, random }: { readonly attempts: number; readonly random: number },
): number {
  return planBackoff(
    { failures: attempts, retryAfterMs, random },
    {
      backoffMs: answered ? backoffMs : Math.min(UNANSWERED_MS, backoffMs),
      backoffMaxMs,
      retryAfterMaxMs: RETRY_AFTER_MS_MAX,
    },
  );
}
