/** Binds the judgement of images to admission, one configuration after the other. */
import { canonicalJson } from '../base/canonical-json.ts';
import type { Configuration } from '../config/schema.ts';
import { SECOND } from '../settings/limit.ts';
import { RunningImages, type ImageDependencies, type JudgeImages } from './running-images.ts';

/** The API server waits for 30 seconds at most. */
const RETIRE_MS = 30 * SECOND;

export interface BoundImages {
  /** Absent where the configuration judges no images. */
  readonly judgeImages?: JudgeImages | undefined;
}

type ImageConfiguration = Pick<Configuration, 'images' | 'kubernetes'>;

/** One for each process. */
export class ImageBinder {
  readonly #dependencies: ImageDependencies;
  #running: RunningImages | undefined;
  /** Threads of earlier configurations that may still be asked. */
  readonly #retired = new Set<RunningImages>();
  readonly #closing = new AbortController();

  constructor(dependencies: ImageDependencies) {
    this.#dependencies = dependencies;
  }

  /**
   * Once per configuration. The first thread is tried again where it cannot start, as other policies must be served meanwhile;
   * afterwards, a configuration by which none can start is refused with a `HoldfastError`, and the one before stays in force.
   */
  async bind({ images, kubernetes }: ImageConfiguration): Promise<BoundImages> {
    const before = this.#running;
    const fingerprint = canonicalJson({ images, kubernetes });
    if (before?.fingerprint === fingerprint) return { judgeImages: before.judgeImages };
    if (!judgesImages(images)) {
      this.#running = undefined;
      if (before !== undefined) void this.#retire(before);
      return {};
    }
    const next = new RunningImages({ images, kubernetes }, { ...this.#dependencies, fingerprint });
    await next.start(before === undefined);
    this.#running = next;
    if (before !== undefined) void this.#retire(before);
    return { judgeImages: next.judgeImages };
  }

  /** Begins to verify images ahead of admission; nobody waits for it. */
  prepare(images: readonly string[]): void {
    this.#running?.prepare(images);
  }

  /** What does not work until somebody intervenes; never a reason for being unready. */
  problem(): string | undefined {
    return this.#running?.problem();
  }

  /** Ends the threads. */
  async close(): Promise<void> {
    this.#closing.abort();
    const all = [...this.#retired, ...(this.#running === undefined ? [] : [this.#running])];
    await Promise.all(all.map((running) => running.close()));
  }

  /** Once no request can wait for it any more. */
  async #retire(running: RunningImages): Promise<void> {
    this.#retired.add(running);
    await this.#dependencies.wait(RETIRE_MS, this.#closing.signal);
    if (this.#closing.signal.aborted) return;
    await running.close();
    this.#retired.delete(running);
  }
}

/** Whether any image is judged by its signature. */
export function judgesImages({ rules, requireSignature }: Configuration['images']): boolean {
  return rules.length > 0 || requireSignature;
}
