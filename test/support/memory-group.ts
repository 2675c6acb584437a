/** A group of processes with a limit of memory that the kernel keeps, as that of a container. */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Version 2 of control groups has one tree, version 1 one for each resource. */
const VERSION_2 = '/sys/fs/cgroup';
const VERSION_1 = '/sys/fs/cgroup/memory';

export interface MemoryGroup {
  /** Words before a command that let it run in the group. */
  readonly prefix: readonly string[];
  /** The most that was used so far, page cache included, in bytes. */
  readonly peakBytes: () => number;
  /** How often the kernel ended a process of it. */
  readonly kills: () => number;
  /** Whether no process is in it: an occupied group cannot be removed. */
  readonly isEmpty: () => boolean;
  readonly remove: () => void;
}

/** Makes a group; nothing where control groups cannot be written here. A process has one of each name. */
export function makeMemoryGroup(bytes: number, name = 'test'): MemoryGroup | undefined {
  const isVersion1 = existsSync(join(VERSION_1, 'memory.limit_in_bytes'));
  const folder = join(isVersion1 ? VERSION_1 : VERSION_2, `holdfast-${name}-${process.pid}`);
  try {
    mkdirSync(folder);
    const limits = isVersion1
      ? [
          ['memory.limit_in_bytes', bytes],
          ['memory.memsw.limit_in_bytes', bytes],
        ]
      : [
          ['memory.max', bytes],
          ['memory.swap.max', 0],
        ];
    for (const [file, value] of limits) writeFileSync(join(folder, String(file)), String(value));
  } catch {
    return undefined;
  }
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  const kills = isVersion1 ? 'memory.oom_control' : 'memory.events';
  return {
    prefix: ['/bin/sh', '-c', `echo $$ > ${join(folder, 'cgroup.procs')} && exec "$@"`, 'sh'],
    peakBytes: () => Number(read(isVersion1 ? 'memory.max_usage_in_bytes' : 'memory.peak')),
    kills: () => Number(/^oom_kill (\d+)$/mu.exec(read(kills))?.[1] ?? 0),
    isEmpty: () => read('cgroup.procs') === '',
    remove: () => {
      rmdirSync(folder);
    },
  };
}
