/** What others take of this machine while something is measured. Source: proc(5), `/proc/stat`. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';

/** USER_HZ is 100 on every Linux that Node supports. */
const TICK_MS = 10;
const US_PER_MS = 1000;

/** A moment. */
export interface MachineLoad {
  readonly atMs: number;
  /** Processor time that the whole machine has spent on anything so far, time that its host has taken included. */
  readonly machineMs: number;
  /** That of all threads of this process. */
  readonly ownMs: number;
}

/** `undefined` where the kernel does not tell. */
export async function readMachineLoad(
  statFile: string = '/proc/stat',
): Promise<MachineLoad | undefined> {
  const text = await readFile(statFile, 'utf8').catch(() => '');
  const fields = /^cpu +(?<times>[\d ]+)$/mu.exec(text)?.groups?.['times']?.split(' ').map(Number);
  if (fields === undefined) return undefined;
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, soft = 0, stolen = 0] = fields;
  const own = process.cpuUsage();
  return {
    atMs: performance.now(),
    machineMs: (user + nice + system + interrupts + soft + stolen) * TICK_MS,
    ownMs: (own.user + own.system) / US_PER_MS,
  };
}

/** The part of the machine's processors that others took between two moments: 0 to 1. `undefined` where it is not known. */
export function disturbanceBetween(
  before: MachineLoad | undefined,
  after: MachineLoad | undefined,
  processors: number = availableParallelism(),
): number | undefined {
  if (before === undefined || after === undefined) return undefined;
  const capacityMs = (after.atMs - before.atMs) * processors;
  const othersMs = after.machineMs - before.machineMs - (after.ownMs - before.ownMs);
  return capacityMs <= 0 ? undefined : Math.min(1, Math.max(0, othersMs) / capacityMs);
}
