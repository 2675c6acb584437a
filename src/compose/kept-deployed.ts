/**
 * Keeps the verified commits of applications in a file, so that a restart forgets neither promotions nor what to verify again.
 *
 * Whoever can write this file decides what counts as deployed: its folder belongs to this process alone (mode 0700).
 */
import { join } from 'node:path';
import { z } from 'zod';
import { errorText } from '../base/error-details.ts';
import { parseJsonAs } from '../base/parse-json-as.ts';
import { isAbsent, readBounded } from '../base/read-bounded.ts';
import type { Wait } from '../base/wait.ts';
import { writeWholeFile } from '../base/write-whole-file.ts';
import { DeployedCommits, formatApplication } from '../source/commits/deployed-commits.ts';
import { APPLICATION_KINDS } from '../source/commits/settings.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { SourceQuestion } from './source-supplement.ts';

/** One line for each application. */
const NAME = 'deployed.jsonl';
/** Ten thousand applications with two sources each take 30 MB. */
const FILE_BYTES_MAX = 256 * 1024 * 1024;
/** A wave of deployments is written at once; so much is lost where the process is killed. */
const SAVE_MS = 2000;

const accessSchema = z.discriminatedUnion('tool', [
  z.object({ tool: z.literal('argocd'), project: z.string() }),
  z.object({
    tool: z.literal('flux'),
    secret: z.object({ namespace: z.string(), name: z.string() }).optional(),
  }),
]);

const deployedSchema = z.object({
  application: z.object({
    kind: z.enum(APPLICATION_KINDS),
    namespace: z.string(),
    name: z.string(),
  }),
  sources: z.array(
    z.object({
      repository: z.string(),
      objectIds: z.array(z.string()),
      writtenObjectId: z.string().optional(),
      question: z.object({
        repository: z.string(),
        tracked: z.string(),
        path: z.string(),
        access: accessSchema,
      }),
    }),
  ),
});

export interface KeptDeployedOptions {
  /** Absolute. */
  readonly folder: string;
  readonly logger: Logger;
  readonly wait: Wait;
}

export interface KeptDeployed {
  readonly deployed: DeployedCommits<SourceQuestion>;
  /** Writes what is not on disk yet. Never rejects. */
  readonly close: () => Promise<void>;
}

/** Reads what an earlier process kept; what cannot be read is logged and begun anew. Never rejects. */
export async function openKeptDeployed(options: KeptDeployedOptions): Promise<KeptDeployed> {
  const { folder, logger } = options;
  const file = new DeployedFile(options);
  const deployed = new DeployedCommits<SourceQuestion>({
    onChange: (key, value) => file.put(key, value && JSON.stringify(value)),
  });
  const read = await readBounded(join(folder, NAME), FILE_BYTES_MAX);
  let damaged = 0;
  for (const line of read.ok ? Buffer.from(read.bytes).toString('utf8').split('\n') : []) {
    if (line === '') continue;
    const parsed = parseJsonAs(deployedSchema, line);
    if (parsed === undefined) {
      damaged += 1;
      continue;
    }
    deployed.restore(parsed);
    file.restore(formatApplication(parsed.application), line);
  }
  const isDamaged = damaged > 0 || (!read.ok && !isAbsent(read));
  if (isDamaged) {
    logger.warn('Deployed commits cannot be read and are forgotten', {
      folder,
      applications: damaged,
      ...(!read.ok && { reason: read.reason }),
    });
  }
  return { deployed, close: () => file.close() };
}

/** The lines in memory, so that a change formats one of them. */
class DeployedFile {
  readonly #options: KeptDeployedOptions;
  readonly #lines = new Map<string, string>();
  readonly #closing = new AbortController();
  #isChanged = false;
  #isFailing = false;
  #saving: Promise<void> | undefined;

  constructor(options: KeptDeployedOptions) {
    this.#options = options;
  }

  restore(key: string, line: string): void {
    this.#lines.set(key, line);
  }

  put(key: string, line: string | undefined): void {
    if (line === undefined) this.#lines.delete(key);
    else this.#lines.set(key, line);
    this.#isChanged = true;
    this.#saving ??= this.#saveSoon();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#saving;
  }

  async #saveSoon(): Promise<void> {
    await this.#options.wait(SAVE_MS, this.#closing.signal);
    this.#isChanged = false;
    await this.#save();
    this.#saving = undefined;
    // While it was written, or because it could not be.
    if (this.#isChanged && !this.#closing.signal.aborted) this.#saving = this.#saveSoon();
  }

  async #save(): Promise<void> {
    const { folder, logger } = this.#options;
    try {
      await writeWholeFile(folder, NAME, [...this.#lines.values(), ''].join('\n'));
      this.#isFailing = false;
    } catch (error) {
      this.#isChanged = true;
      if (this.#isFailing) return;
      this.#isFailing = true;
      logger.warn('The deployed commits cannot be written and are kept in memory', {
        folder,
        reason: errorText(error),
        remedy: 'Mount a volume and set commits.folder, or XDG_CACHE_HOME',
      });
    }
  }
}
