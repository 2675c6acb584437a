/** The state of a circuit breaker after one more sample. */
import type { BreakerSettings } from './settings.ts';

/**
 * - `closed`: deployments pass
 * - `open`: they are halted
 * - `half-open`: they pass again, and one bad sample halts them at once
 */
export type BreakerPhase = 'closed' | 'open' | 'half-open';

/** Counts are of samples in a row. */
export interface BreakerState {
  readonly phase: BreakerPhase;
  /** Above `openAbove`. */
  readonly aboveCount: number;
  /** At most `closeBelow`. */
  readonly belowCount: number;
  /** Without an answer. */
  readonly lostCount: number;
}

export type BreakerSample =
  | { readonly status: 'read'; readonly value: number }
  | { readonly status: 'lost'; readonly reason: string };

/** What decides about the state. */
export type BreakerRules = Pick<
  BreakerSettings,
  | 'openAbove'
  | 'closeBelow'
  | 'openSamples'
  | 'halfOpenSamples'
  | 'closeSamples'
  | 'lostSamples'
  | 'onLost'
>;

/** Nothing was sampled yet. */
export function beginBreaker(phase: BreakerPhase): BreakerState {
  return { phase, aboveCount: 0, belowCount: 0, lostCount: 0 };
}

/** The next state. Between both thresholds nothing changes: a rate that wavers does not open and close it in turns. */
export function planBreaker(
  state: BreakerState,
  sample: BreakerSample,
  rules: BreakerRules,
): BreakerState {
  if (sample.status === 'lost') return planLost(state, rules);
  const { value } = sample;
  const counted = {
    ...state,
    aboveCount: value > rules.openAbove ? state.aboveCount + 1 : 0,
    belowCount: value <= rules.closeBelow ? state.belowCount + 1 : 0,
    lostCount: 0,
  };
  switch (state.phase) {
    case 'closed':
      return counted.aboveCount >= rules.openSamples ? beginBreaker('open') : counted;
    case 'open':
      return counted.belowCount >= rules.halfOpenSamples ? beginBreaker('half-open') : counted;
    case 'half-open':
      if (counted.aboveCount > 0) return beginBreaker('open');
      return counted.belowCount >= rules.closeSamples ? beginBreaker('closed') : counted;
  }
}

/** A few answers that do not come are nothing; then the declared meaning holds until one comes. */
function planLost(state: BreakerState, { lostSamples, onLost }: BreakerRules): BreakerState {
  const lostCount = state.lostCount + 1;
  const phase = lostCount >= lostSamples && onLost !== 'keep' ? onLost : state.phase;
  return { ...beginBreaker(phase), lostCount };
}
