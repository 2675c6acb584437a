/**
 * Watches the configuration file and applies what it becomes. A bad file changes nothing: the last good
 * configuration stays in force, and whoever observes is told.
 *
 * Kubernetes mounts a ConfigMap as a symlink into a folder that it swaps, and editors replace files
 * instead of writing them; so the folder is watched, events only say "look again", and what counts is
 * the content. Because no file system promises to report every change, there is a slow look as well.
 */
import { watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';
import { diffRestartSettings } from './diff-restart-settings.ts';
import { loadConfiguration, type LoadedConfiguration } from './load.ts';
import type { ConfigurationProblem } from './problem.ts';

/** Hears of every change of the file: log lines and metrics. It must not throw. */
export interface ReloadObserver {
  readonly applied: (loaded: LoadedConfiguration, restartSettings: readonly string[]) => void;
  /** The last good configuration stays in force. */
  readonly rejected: (problems: readonly ConfigurationProblem[]) => void;
}

export type AppliedConfiguration =
  { readonly ok: true } | { readonly ok: false; readonly reason: string };

export interface ReloadOptions {
  /** Puts a valid configuration into force, wholly or not at all. */
  readonly apply: (loaded: LoadedConfiguration) => Promise<AppliedConfiguration>;
  readonly observer: ReloadObserver;
  /** How long a file must be left alone before it is read: writers truncate first. @default 200 */
  readonly settleMs?: number;
  /** How often to look without being told. @default 10000 */
  readonly pollMs?: number;
}

export interface ConfigurationReloader {
  readonly current: () => LoadedConfiguration;
  /** What is wrong with the file now; `undefined` where it is in force. */
  readonly lastError: () => readonly ConfigurationProblem[] | undefined;
  /** Looks at the file now, and resolves when what was found is in force or refused. */
  readonly check: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const SETTLE_MS = 200;
const POLL_MS = 10_000;

/** Begins to watch the file of a loaded configuration; one without a file never changes. */
export function watchConfiguration(
  loaded: LoadedConfiguration,
  options: ReloadOptions,
): ConfigurationReloader {
  const reload = new Reload(loaded, options);
  reload.start();
  return {
    current: () => reload.current,
    lastError: () => reload.lastError,
    check: () => reload.check(),
    close: () => reload.close(),
  };
}

class Reload {
  readonly #options: ReloadOptions;
  /** Restart-bound settings are compared with what the process began with. */
  readonly #first: LoadedConfiguration;
  #current: LoadedConfiguration;
  #lastError: readonly ConfigurationProblem[] | undefined;
  /** The problems last told, so that a slow look does not repeat them every time. */
  #told = '';
  #running: Promise<void> = Promise.resolve();
  #watcher: FSWatcher | undefined;
  #poll: NodeJS.Timeout | undefined;
  #settle: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(loaded: LoadedConfiguration, options: ReloadOptions) {
    this.#first = loaded;
    this.#current = loaded;
    this.#options = options;
  }

  get current(): LoadedConfiguration {
    return this.#current;
  }

  get lastError(): readonly ConfigurationProblem[] | undefined {
    return this.#lastError;
  }

  start(): void {
    const { file } = this.#current;
    if (file === undefined) return;
    try {
      this.#watcher = watch(dirname(file), { persistent: false }, () => this.#changed());
      // A folder that is removed and made again is found by the slow look.
      this.#watcher.on('error', () => this.#watcher?.close());
    } catch {
      // No watches left (ENOSPC): the slow look is enough to be right, only later.
    }
    this.#poll = setInterval(() => void this.check(), this.#options.pollMs ?? POLL_MS);
    this.#poll.unref();
  }

  /** One look after another: two at once could put the older one into force last. */
  check(): Promise<void> {
    this.#running = this.#running.then(() => this.#look());
    return this.#running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#watcher?.close();
    clearInterval(this.#poll);
    clearTimeout(this.#settle);
    await this.#running;
  }

  #changed(): void {
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => void this.check(), this.#options.settleMs ?? SETTLE_MS);
    this.#settle.unref();
  }

  async #look(): Promise<void> {
    const { file } = this.#current;
    if (file === undefined || this.#closed) return;
    const loaded = await loadConfiguration(file);
    if (!loaded.ok) return this.#reject(loaded.problems);
    if (loaded.hash === this.#current.hash) {
      this.#lastError = undefined;
      this.#told = '';
      return;
    }
    const applied = await this.#apply(loaded);
    if (!applied.ok) {
      const path = '';
      return this.#reject([{ file, line: 1, column: 1, path, message: applied.reason }]);
    }
    this.#current = loaded;
    this.#lastError = undefined;
    this.#told = '';
    this.#options.observer.applied(
      loaded,
      diffRestartSettings(this.#first.configuration, loaded.configuration),
    );
  }

  async #apply(loaded: LoadedConfiguration): Promise<AppliedConfiguration> {
    try {
      return await this.#options.apply(loaded);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { ok: false, reason: `Cannot put the configuration into force: ${reason}` };
    }
  }

  #reject(problems: readonly ConfigurationProblem[]): void {
    this.#lastError = problems;
    const told = JSON.stringify(problems);
    if (told === this.#told) return;
    this.#told = told;
    this.#options.observer.rejected(problems);
  }
}
