/**
 * The disk of a simulated machine: a folder in memory below which `faulty-disk.so` answers for the kernel. A process that is
 * killed leaves what it has written, a power failure what was flushed; the next life begins with that.
 */
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commandDisk } from '../disk/command-disk.ts';

export interface DiskOptions {
  readonly root: string;
  readonly seed: number;
}

const NEVER = 2_000_000_000;
const OWN = 0o600;

export class SimulatedDisk {
  readonly #options: DiskOptions;
  #lives = 0;
  #calm = true;

  constructor(options: DiskOptions) {
    this.#options = options;
  }

  /** The folder of the running process. */
  get folder(): string {
    return join(this.#options.root, `${this.#lives}-live`);
  }

  get #flushed(): string {
    return join(this.#options.root, `${this.#lives}-disk`);
  }

  get hasLostPower(): boolean {
    return existsSync(`${this.#flushed}.off`);
  }

  /** Begins the next life of the machine with what the last one left; the power fails at an operation, or when told. */
  begin(
    left: 'written' | 'flushed',
    {
      powerAt = NEVER,
      isCalm,
    }: { readonly powerAt?: number | undefined; readonly isCalm: boolean },
  ): void {
    const from = left === 'written' ? this.folder : this.#flushed;
    const [live, flushed] = [this.folder, this.#flushed];
    commandDisk('end');
    this.#lives += 1;
    for (const made of [this.folder, this.#flushed]) mkdirSync(made, { recursive: true });
    if (existsSync(from)) this.#copy(from);
    for (const old of [live, flushed, `${flushed}.off`]) {
      rmSync(old, { recursive: true, force: true });
    }
    this.#calm = isCalm;
    const seed = this.#options.seed * 1000 + this.#lives;
    commandDisk(`begin|${seed}|0|${powerAt}|${this.folder}|${this.#flushed}`);
    commandDisk(isCalm ? 'calm' : 'trouble');
  }

  losePower(): void {
    commandDisk('off');
  }

  /** No call fails from now on, but for a power failure. */
  calm(): void {
    this.#calm = true;
    commandDisk('calm');
  }

  /** For who looks on: its own calls do not fail. */
  observe<Result>(work: () => Result): Result {
    if (!this.#calm) commandDisk('calm');
    try {
      return work();
    } finally {
      if (!this.#calm) commandDisk('trouble');
    }
  }

  end(): void {
    commandDisk('end');
  }

  #copy(from: string): void {
    for (const name of readdirSync(from)) {
      // The index of the log is memory, and dies with the process.
      if (name.endsWith('-shm')) continue;
      copyFileSync(join(from, name), join(this.folder, name));
      copyFileSync(join(from, name), join(this.#flushed, name));
      chmodSync(join(this.#flushed, name), OWN);
    }
  }
}
