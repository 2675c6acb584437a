/** The machine a benchmark ran on: figures without it mean nothing. */
import { availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';
import { readMachineCpuMs, readTreeCpuMs } from './process-usage.ts';

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

/** A machine, and what others took of it while something was measured. */
export interface WatchedMachine extends Machine {
  /** The part of its processors that neither this process nor those that it started used, but someone did. */
  readonly disturbance: number;
}

/** Counts from its start what others take of the machine. */
export class MachineWatch {
  readonly #machine = describeMachine();
  readonly #startedAtMs = performance.now();
  readonly #othersBeforeMs: number;

  private constructor(othersBeforeMs: number) {
    this.#othersBeforeMs = othersBeforeMs;
  }

  static async start(): Promise<MachineWatch> {
    return new MachineWatch(await readOthersCpuMs());
  }

  /** Once all processes that were started have ended: only then they count as ours. */
  async stop(): Promise<WatchedMachine> {
    const capacityMs = (performance.now() - this.#startedAtMs) * availableParallelism();
    const othersMs = (await readOthersCpuMs()) - this.#othersBeforeMs;
    return { ...this.#machine, disturbance: Math.max(0, othersMs) / capacityMs };
  }
}

async function readOthersCpuMs(): Promise<number> {
  return (await readMachineCpuMs()) - (await readTreeCpuMs(process.pid));
}
