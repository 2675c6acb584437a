/**
 * Watches the configuration file and applies changes. An invalid file changes nothing: the last good
 * configuration stays in force, and the observer is notified.
 */
import { errorText } from '../base/error-details.ts';
import { watchFiles, type FilesWatch } from '../base/watch-files.ts';
import { diffRestartSettings } from './diff-restart-settings.ts';
import { loadConfiguration, type LoadedConfiguration } from './load.ts';
import { createLocator } from './locate-settings.ts';
import type { ConfigurationProblem } from './problem.ts';
import { RefusedConfiguration } from './refused-configuration.ts';

/** Called for every change of the file, for log lines and metrics. It must not throw. */
export interface ReloadObserver {
  readonly applied: (loaded: LoadedConfiguration, restartSettings: readonly string[]) => void;
  /** The last good configuration stays in force. */
  readonly rejected: (problems: readonly ConfigurationProblem[]) => void;
}

type Applied =
  | { readonly ok: true }
  | { readonly ok: false; readonly problems: readonly ConfigurationProblem[] };

export interface ReloadOptions {
  /** Applies a valid configuration atomically. */
  readonly apply: (loaded: LoadedConfiguration) => Promise<void>;
  readonly observer: ReloadObserver;
  /** How long a file must be unchanged before it is read: writers truncate first. @default 200 */
  readonly settleMs?: number;
  /** How often to check without a file system event. @default 10000 */
  readonly pollMs?: number;
}

export interface ConfigurationReloader {
  readonly current: () => LoadedConfiguration;
  /** The current problem of the file; `undefined` if it is in force. */
  readonly lastError: () => readonly ConfigurationProblem[] | undefined;
  /** Checks the file now, and resolves when the content is in force or refused. */
  readonly check: () => Promise<void>;
  readonly close: () => Promise<void>;
}

// Writers truncate before they write; file systems that report no changes are polled.
const SETTLE_MS = 200;
const POLL_MS = 10_000;

/** Starts to watch the file of a loaded configuration; one without a file never changes. */
export async function watchConfiguration(
  loaded: LoadedConfiguration,
  options: ReloadOptions,
): Promise<ConfigurationReloader> {
  const reload = new Reload(loaded, options);
  const watch = await startWatch(loaded, reload, options);
  // A change between loading and watching raised no event.
  await reload.check();
  return {
    current: () => reload.current,
    lastError: () => reload.lastError,
    check: () => reload.check(),
    close: () => {
      watch?.close();
      return reload.close();
    },
  };
}

async function startWatch(
  { file }: LoadedConfiguration,
  reload: Reload,
  { settleMs = SETTLE_MS, pollMs = POLL_MS }: ReloadOptions,
): Promise<FilesWatch | undefined> {
  if (file === undefined) return undefined;
  return watchFiles([file], { settleMs, pollMs, onChange: () => reload.check() });
}

class Reload {
  readonly #options: ReloadOptions;
  /** Settings that are fixed at startup are compared with those of the start. */
  readonly #first: LoadedConfiguration;
  #current: LoadedConfiguration;
  #lastError: readonly ConfigurationProblem[] | undefined;
  #running: Promise<void> = Promise.resolve();
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

  /** Checks run one after the other: two at once could apply the older content last. */
  check(): Promise<void> {
    this.#running = this.#running.then(() => this.#look());
    return this.#running;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #look(): Promise<void> {
    const { file } = this.#current;
    if (file === undefined || this.#closed) return;
    const loaded = await loadConfiguration(file);
    if (!loaded.ok) {
      this.#reject(loaded.problems);
      return;
    }
    if (loaded.hash === this.#current.hash) {
      this.#lastError = undefined;
      return;
    }
    const applied = await this.#apply(loaded, file);
    if (!applied.ok) {
      this.#reject(applied.problems);
      return;
    }
    this.#current = loaded;
    this.#lastError = undefined;
    this.#options.observer.applied(
      loaded,
      diffRestartSettings(this.#first.configuration, loaded.configuration),
    );
  }

  async #apply(loaded: LoadedConfiguration, file: string): Promise<Applied> {
    try {
      await this.#options.apply(loaded);
      return { ok: true };
    } catch (error) {
      if (error instanceof RefusedConfiguration) {
        const locate = await createLocator(file);
        const problems = error.problems.map(({ path, ...told }) => ({ ...locate(path), ...told }));
        return { ok: false, problems };
      }
      const message = `Cannot put the configuration into force: ${errorText(error)}`;
      return { ok: false, problems: [{ file, line: 1, column: 1, path: '', message }] };
    }
  }

  #reject(problems: readonly ConfigurationProblem[]): void {
    // Polling finds the same invalid file repeatedly: it is reported once.
    const isNew = JSON.stringify(problems) !== JSON.stringify(this.#lastError);
    this.#lastError = problems;
    if (isNew) this.#options.observer.rejected(problems);
  }
}
