/** What a running process takes from the machine, read from /proc (proc(5): status and stat). */
import { readdir, readFile } from 'node:fs/promises';

/** USER_HZ is 100 on every Linux that Node supports. */
const TICK_MS = 10;
const NS_PER_MS = 1e6;

/** Memory of a process: what it holds now, and the most it ever held. */
export interface MemoryUse {
  readonly rssKib: number;
  readonly peakKib: number;
}

/** Reads VmRSS and VmHWM; zeros where the kernel offers no such file. */
export async function readMemory(pid: number): Promise<MemoryUse> {
  const text = await readProcFile(pid, 'status');
  return { rssKib: readField(text, 'VmRSS'), peakKib: readField(text, 'VmHWM') };
}

/** Processor time of all threads so far, in milliseconds. */
export async function readCpuMs(pid: number): Promise<number> {
  const { own } = await readTimes(pid);
  return own;
}

/** Processor time of the threads of a Node process, in milliseconds. */
export interface ThreadCpu {
  readonly mainMs: number;
  /** V8's own threads: they compile and collect. */
  readonly v8Ms: number;
  /** All others: worker threads, and the pool of libuv. */
  readonly workersMs: number;
}

/** The names that Node gives to the threads of V8's platform; the kernel cuts a name to 15 bytes. */
const V8_THREADS: ReadonlySet<string> = new Set(['V8Worker', 'DelayedTaskSche']);

/** Reads the time of each living thread (kernel documentation: sched-stats, /proc/PID/task/TID/schedstat); one that has ended counts no more. */
export async function readThreadCpu(pid: number): Promise<ThreadCpu> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const cpu = { mainMs: 0, v8Ms: 0, workersMs: 0 };
  for (const thread of threads) {
    const name = (await readProcFile(pid, `task/${thread}/comm`)).trim();
    const [runNs = '0'] = (await readProcFile(pid, `task/${thread}/schedstat`)).split(' ');
    const ms = Number(runNs) / NS_PER_MS;
    if (thread === String(pid)) cpu.mainMs += ms;
    else if (V8_THREADS.has(name)) cpu.v8Ms += ms;
    else cpu.workersMs += ms;
  }
  return cpu;
}

/** Processor time of a process, and of all that it started and that ended, in milliseconds. */
export async function readTreeCpuMs(pid: number): Promise<number> {
  const { own, ended } = await readTimes(pid);
  return own + ended;
}

/** Processor time that the whole machine has spent on anything so far, stolen time included, in milliseconds (proc(5): stat). */
export async function readMachineCpuMs(): Promise<number> {
  const text = await readFile('/proc/stat', 'utf8').catch(() => '');
  const fields = (text.split('\n')[0] ?? '').trim().split(/\s+/).slice(1).map(Number);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields;
  return (user + nice + system + irq + softirq + steal) * TICK_MS;
}

async function readTimes(pid: number): Promise<{ readonly own: number; readonly ended: number }> {
  const text = await readProcFile(pid, 'stat');
  // The command's name is in brackets and may itself hold spaces and brackets: count fields from the last bracket.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11, 15);
  return { own: (user + system) * TICK_MS, ended: (endedUser + endedSystem) * TICK_MS };
}

function readField(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0);
}

function readProcFile(pid: number, name: string): Promise<string> {
  return readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => '');
}
