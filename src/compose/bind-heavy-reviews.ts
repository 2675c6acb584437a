/** Binds the turns of large reviews to the memory of the container. */
import type { Admit } from '../admission/admit.ts';
import { limitHeavyReviews } from '../admission/heavy-reviews.ts';
import { ADMISSION_LIMITS } from '../admission/settings.ts';
import type { Clock } from '../base/clock.ts';
import { readContainerMemory } from '../base/container-memory.ts';
import { WeightedSemaphore } from '../base/weighted-semaphore.ts';
import type { Configuration } from '../config/schema.ts';
import { MIB } from '../settings/limit.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface HeavyReviewDependencies {
  readonly limits: () => Configuration['limits'];
  readonly metrics: Metrics;
  readonly clock: Clock;
  /** The limit of the container, in bytes. @default that of this process */
  readonly containerBytes?: number | undefined;
}

/** The memory that the manifest asks for. */
const SHIPPED_BYTES = 512 * MIB;
const SHARE = ADMISSION_LIMITS['limits.heavyReviewsMemoryShare'].default / 100;

/** The request path, with large reviews in turns. */
export function bindHeavyReviews(
  admit: Admit,
  { limits, metrics, clock, containerBytes = readContainerMemory() }: HeavyReviewDependencies,
): Admit {
  const budget = new WeightedSemaphore({
    weightMax: (containerBytes ?? SHIPPED_BYTES) * SHARE,
    waitingMax: ADMISSION_LIMITS['limits.heavyReviewsWaitingMax'].default,
  });
  metrics.beforeExposition(() => {
    metrics.set('holdfast_heavy_reviews_bytes', budget.weight);
    metrics.set('holdfast_heavy_reviews_waiting', budget.waiting);
  });
  return limitHeavyReviews({
    admit,
    budget,
    jsonValuesMax: () => limits().jsonValuesMax,
    clock,
    metrics,
  });
}
