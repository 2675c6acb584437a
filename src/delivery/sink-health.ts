/** The health of a sink: consecutive failures, the circuit breaker, and log lines. */
import type { Wait } from '../base/wait.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { SinkOutcome } from './sink.ts';
import type { DeliveryMeter } from './delivery-meter.ts';
import { planRetry } from './plan-retry.ts';
import type { RetrySettings } from './settings.ts';

export interface SinkHealthOptions {
  readonly settings: { readonly name: string; readonly delivery: RetrySettings };
  readonly meter: DeliveryMeter;
  readonly logger: Logger;
  readonly wait: Wait;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Logs each change once: a sink that is down for an hour causes two log lines, not thousands. */
export class SinkHealth {
  readonly #options: SinkHealthOptions;
  #failures = 0;
  #stopReason: string | undefined;

  constructor(options: SinkHealthOptions) {
    this.#options = options;
  }

  /** Whether the breaker is open, so that one entry is sent as a probe. */
  get isDown(): boolean {
    return this.#failures >= this.#options.settings.delivery.breakerFailures;
  }

  get isFailing(): boolean {
    return this.#failures > 0;
  }

  /** Why the target accepts no more records; `undefined` if it does. */
  get stopReason(): string | undefined {
    return this.#stopReason;
  }

  /** Counts a failure, and resolves when it is time to retry. */
  async pause(
    { reason, retryAfterMs }: Extract<SinkOutcome, { status: 'retry' }>,
    signal: AbortSignal,
  ): Promise<void> {
    const { settings, meter, random, wait } = this.#options;
    this.#failures += 1;
    meter.failed();
    const circumstances = { failures: this.#failures, retryAfterMs, random: random() };
    const { waitMs, breaker } = planRetry(circumstances, settings.delivery);
    this.#tellFailure(reason, waitMs);
    meter.breaker(breaker);
    await wait(waitMs, signal);
    if (breaker === 'open') meter.breaker('half-open');
  }

  /** The target has handled what was sent. */
  recover(): void {
    if (this.#failures === 0) return;
    const { settings, meter, logger } = this.#options;
    logger.info('A sink works again', { sink: settings.name, failures: this.#failures });
    this.#failures = 0;
    meter.breaker('closed');
  }

  /** The target permanently accepts no more records. */
  end(reason: string): void {
    const { settings, meter, logger } = this.#options;
    this.#stopReason = reason;
    meter.breaker('stopped');
    logger.error('A sink wants no more records: it rests until the process starts anew', {
      sink: settings.name,
      reason,
    });
  }

  #tellFailure(reason: string, waitMs: number): void {
    const { settings, logger } = this.#options;
    const fields = { sink: settings.name, reason, failures: this.#failures, waitMs };
    if (this.#failures === settings.delivery.breakerFailures) {
      logger.error('A sink is down: it is left alone and probed with one record', fields);
    } else if (this.#failures === 1) {
      logger.warn('A sink failed: its records wait in the journal and are sent again', fields);
    }
  }
}
