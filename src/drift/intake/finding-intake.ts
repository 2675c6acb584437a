/** What every source passes: taken once, one record for each cause, and no more records than the journal should bear. */
import type { Clock, MonotonicMs } from '../../base/clock.ts';
import { HoldfastError } from '../../errors.ts';
import type { ObservationSource } from '../../audit/audit-record.ts';
import { MINUTE } from '../../settings/limit.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { ObservedFinding } from './observed-finding.ts';
import { RepeatedCauses } from './repeated-causes.ts';
import { SeenEvents } from './seen-events.ts';
import { INTAKE_LIMITS } from './settings.ts';

export interface FindingIntakeOptions {
  readonly recordsPerMinuteMax: number;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Resolves with the decision id once the record is durable, with `undefined` if it could not be kept. */
  readonly record: (finding: ObservedFinding) => Promise<string | undefined>;
}

/** An event, and what it means: found out only if the event was not taken before. */
export interface TakenEvent {
  readonly source: ObservationSource;
  /** Unique within the source. */
  readonly id: string;
  readonly findings: () => Promise<
    readonly {
      /** The same for findings that one record can stand for. */
      readonly cause: string;
      readonly finding: ObservedFinding;
    }[]
  >;
}

/** Of all sources. */
export class FindingIntake {
  readonly #options: FindingIntakeOptions;
  readonly #seen = new SeenEvents(INTAKE_LIMITS['intake.seenEventsMax'].default);
  readonly #causes = new RepeatedCauses({
    windowMs: INTAKE_LIMITS['intake.repeatedMs'].default,
    causesMax: INTAKE_LIMITS['intake.causesMax'].default,
  });
  #minuteSinceMs: MonotonicMs;
  #records = 0;

  constructor(options: FindingIntakeOptions) {
    this.#options = options;
    this.#minuteSinceMs = options.clock.monotonicMs();
  }

  /** Rejects with a `HoldfastError` where a finding is not recorded: the event then counts as not taken. */
  async take({ source, id, findings }: TakenEvent): Promise<void> {
    const { metrics, clock } = this.#options;
    const key = `${source} ${id}`;
    if (this.#seen.has(key)) {
      metrics.increment('holdfast_intake_events_total', { source, outcome: 'repeated' });
      return;
    }
    const found = await findings();
    for (const { cause, finding } of found) {
      if (this.#causes.count(cause, finding)) continue;
      this.#refuseFlood();
      await this.#record(finding);
      this.#causes.open(cause, finding, clock.monotonicMs());
    }
    this.#seen.add(key);
    const outcome = found.length === 0 ? 'nothing' : 'finding';
    metrics.increment('holdfast_intake_events_total', { source, outcome });
  }

  /** To be called about once a second: records what was counted in windows that are over. Never rejects. */
  async tick(): Promise<void> {
    await this.#recordAll(this.#causes.takeEnded(this.#options.clock.monotonicMs()));
  }

  /** Records what was counted so far. Never rejects. */
  async close(): Promise<void> {
    await this.#recordAll(this.#causes.takeAll());
  }

  #refuseFlood(): void {
    const { recordsPerMinuteMax, clock } = this.#options;
    const nowMs = clock.monotonicMs();
    if (nowMs - this.#minuteSinceMs >= MINUTE) {
      this.#minuteSinceMs = nowMs;
      this.#records = 0;
    }
    if (this.#records < recordsPerMinuteMax) return;
    throw new HoldfastError(
      'intake_overloaded',
      `More than ${recordsPerMinuteMax} findings were reported within a minute`,
    );
  }

  async #record(finding: ObservedFinding): Promise<void> {
    const { metrics, record } = this.#options;
    this.#records += 1;
    if ((await record(finding)) === undefined) {
      throw new HoldfastError('intake_not_recorded', 'What was reported could not be recorded');
    }
    const { code, observed } = finding;
    metrics.increment('holdfast_intake_records_total', { source: observed.source, code });
  }

  async #recordAll(counted: readonly ObservedFinding[]): Promise<void> {
    // The recorder writes what it cannot keep to the log.
    await Promise.allSettled(counted.map((finding) => this.#record(finding)));
  }
}
