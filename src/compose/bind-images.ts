/** Binds the judgement of images to admission, one configuration after the other. */
import { canonicalJson } from '../base/canonical-json.ts';
import type { Configuration } from '../config/schema.ts';
import { RetiredThreads } from './retired-threads.ts';
import { RunningImages, type ImageDependencies, type JudgeImages } from './running-images.ts';

export interface BoundImages {
  /** Absent where the configuration judges no images. */
  readonly judgeImages?: JudgeImages | undefined;
}

type ImageConfiguration = Pick<Configuration, 'images' | 'kubernetes'>;

/** One for each process. */
export class ImageBinder {
  readonly #dependencies: ImageDependencies;
  #running: RunningImages | undefined;
  readonly #retired: RetiredThreads;

  constructor(dependencies: ImageDependencies) {
    this.#dependencies = dependencies;
    this.#retired = new RetiredThreads(dependencies.wait);
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
      if (before !== undefined) void this.#retired.retire(before);
      return {};
    }
    const next = new RunningImages({ images, kubernetes }, { ...this.#dependencies, fingerprint });
    await next.start(before === undefined);
    this.#running = next;
    if (before !== undefined) void this.#retired.retire(before);
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
    await Promise.all([this.#retired.close(), this.#running?.close()]);
  }
}

/** Whether any image is judged by its signature. */
export function judgesImages({ rules, requireSignature }: Configuration['images']): boolean {
  return rules.length > 0 || requireSignature;
}
