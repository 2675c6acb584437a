/** Registries as the files of credentials and authorities say now: a token that is renewed counts at once. */
import { errorText } from '../base/error-details.ts';
import { watchFiles, type FilesWatch } from '../base/watch-files.ts';
import type { Logger } from '../telemetry/logger.ts';
import { listRegistryFiles, type OpenRegistry, type RegistryAccess } from './open-registry.ts';

export interface FollowedRegistryOptions {
  readonly access: RegistryAccess;
  readonly open: () => Promise<OpenRegistry>;
  readonly logger: Logger;
  /** @default 10 s */
  readonly pollMs?: number | undefined;
}

/** A file system that tells no changes is asked this often. */
const POLL_MS = 10_000;
/** A file and its authority are written one after the other. */
const SETTLE_MS = 200;

/** The registries of the moment. */
export class FollowedRegistry {
  readonly #options: FollowedRegistryOptions;
  #registry: OpenRegistry;
  /** Requests under way still use it. */
  #before: OpenRegistry | undefined;
  #problem: string | undefined;
  #watch: FilesWatch | undefined;

  /** @throws HoldfastError `input_unreadable`, `input_invalid` if a file cannot be used: there is nothing earlier to keep */
  static async open(options: FollowedRegistryOptions): Promise<FollowedRegistry> {
    const { access, open, pollMs = POLL_MS } = options;
    const followed = new FollowedRegistry(options, await open());
    const files = listRegistryFiles(access);
    if (files.length === 0) return followed;
    followed.#watch = await watchFiles(files, {
      pollMs,
      settleMs: SETTLE_MS,
      onChange: () => followed.#reload(),
    });
    // A change between opening and watching raised no event.
    await followed.#reload();
    return followed;
  }

  constructor(options: FollowedRegistryOptions, registry: OpenRegistry) {
    this.#options = options;
    this.#registry = registry;
  }

  get registry(): OpenRegistry {
    return this.#registry;
  }

  /** For people; `undefined` if the files are in force. */
  problem(): string | undefined {
    return this.#problem;
  }

  close(): void {
    this.#watch?.close();
    this.#before?.close();
    this.#registry.close();
  }

  async #reload(): Promise<void> {
    const { open, logger } = this.#options;
    try {
      const next = await open();
      this.#before?.close();
      this.#before = this.#registry;
      this.#registry = next;
      this.#problem = undefined;
    } catch (error) {
      const reason = errorText(error);
      this.#problem = `the changed credentials of registries are not in force, those before are: ${reason}`;
      logger.error('A changed file of images.registries cannot be used; the last good one stays', {
        code: 'input_invalid',
        reason,
      });
    }
  }
}
