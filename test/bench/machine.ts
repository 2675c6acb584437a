/** The machine a benchmark ran on: figures without it mean nothing. */
import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** What RESULTS.md says about the machine. */
export interface Machine {
  readonly cpuModel: string;
  readonly cores: number;
  readonly memoryMib: number;
  readonly kernel: string;
  readonly node: string;
  /** Runnable processes, averaged over the last minute, when the bench began. */
  readonly loadAverage: number;
}

/** Describes this machine. */
export function describeMachine(): Machine {
  const processors = cpus();
  return {
    cpuModel: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryMib: Math.round(totalmem() / 1024 / 1024),
    kernel: `${type()} ${release()}`,
    node: process.version,
    loadAverage: loadavg()[0] ?? 0,
  };
}
