/** What the main thread and the image thread tell each other. */
import type { Configuration } from '../config/schema.ts';
import type { JudgedImage } from '../image/image-conclusion.ts';
import type { ImageKey } from '../image/image-key.ts';
import type { KeptImages } from '../image/image-store.ts';
import type { NoVerdict } from '../verdict/verdict-cache.ts';
import type { ImageQuestion } from './image-judge.ts';
import type { JudgingOrder, JudgingResult } from './judging-supervisor.ts';

/** As plain data that a message can carry. */
export interface ImageThreadStart {
  readonly configuration: Pick<Configuration, 'images' | 'kubernetes'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface ImageThreadQuestion extends ImageQuestion {
  /** Under which the verdict is kept, with the hash of the trust that is asked for. */
  readonly key: ImageKey;
}

export type ImageThreadAnswer = JudgedImage | NoVerdict;

export type ImageThreadOrder = JudgingOrder<ImageThreadQuestion>;

/** What was kept is sent with each trust. */
export type ImageThreadResult = JudgingResult<ImageThreadAnswer, KeptImages>;
