/** Whether clocks agree: a grant, a token and a certificate are valid by the clock of whoever asks. */
import type { Finding } from './finding.ts';

export interface ClockFacts {
  /** What is compared with the API server: this machine, or a pod. */
  readonly clocks: readonly {
    readonly name: string;
    /** Ahead of the API server's clock; negative where it is behind. */
    readonly aheadMs: number;
  }[];
  /** breakGlass.limits.clockSkewMs */
  readonly toleratedMs: number;
}

/** HTTP tells times in whole seconds, and an answer takes its time. */
const RESOLUTION_MS = 2000;
const MS_PER_SECOND = 1000;

/** A finding for each clock that differs; `ok` where none does. */
export function classifyClock({ clocks, toleratedMs }: ClockFacts): readonly Finding[] {
  const findings = clocks
    .filter(({ aheadMs }) => Math.abs(aheadMs) > toleratedMs + RESOLUTION_MS)
    .map(({ name, aheadMs }): Finding => {
      const seconds = String(Math.round(Math.abs(aheadMs) / MS_PER_SECOND));
      const direction = aheadMs > 0 ? 'ahead of' : 'behind';
      return {
        code: 'clock_differs',
        status: 'failed',
        message: `The clock of ${name} is ${seconds} s ${direction} that of the API server, and ${String(toleratedMs)} ms are tolerated (breakGlass.limits.clockSkewMs): grants and tokens are refused too early or too late`,
        remedy: 'Synchronize the clock of that machine (chrony, systemd-timesyncd)',
      };
    });
  if (findings.length > 0) return findings;
  const names = clocks.map(({ name }) => name).join(', ');
  return [
    { code: 'clock_agrees', status: 'ok', message: `The API server has the time of ${names}` },
  ];
}
