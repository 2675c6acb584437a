/** Runs the image thread from the main thread, and asks it. */
import { extname } from 'node:path';
import type { KeptImages } from '../image/image-store.ts';
import type { ImageThreadAnswer, ImageThreadQuestion, ImageThreadStart } from './image-messages.ts';
import { JudgingSupervisor } from './judging-supervisor.ts';
import type { SupervisionDependencies } from './supervised-thread.ts';

export interface ImageSupervisorOptions extends ImageThreadStart {
  /** Other keys count from now on. */
  readonly onTrust?: (() => void) | undefined;
  readonly onKept: (kept: KeptImages) => void;
  /** The script of the thread. @default image-thread.ts beside this file */
  readonly entry?: URL | undefined;
}

/** The source tree and a compiled package have the same file name with different extensions. */
const EXTENSION = extname(import.meta.url);
const ENTRY = new URL(`./image-thread${EXTENSION}`, import.meta.url);
/** Layers of 32 MiB for each of eight images, and ten thousand verdicts. */
const HEAP_MB_MAX = 512;

export type ImageSupervisor = JudgingSupervisor<
  ImageThreadStart,
  ImageThreadQuestion,
  ImageThreadAnswer,
  KeptImages
>;

/** The caller starts it. */
export function createImageSupervisor(
  { configuration, environment, onKept, onTrust, entry = ENTRY }: ImageSupervisorOptions,
  dependencies: SupervisionDependencies,
): ImageSupervisor {
  const { images, kubernetes } = configuration;
  return new JudgingSupervisor<
    ImageThreadStart,
    ImageThreadQuestion,
    ImageThreadAnswer,
    KeptImages
  >(
    {
      description: {
        name: 'image',
        entry,
        heapMbMax: HEAP_MB_MAX,
        endedCode: 'image_thread_ended',
        meanwhile: 'images without a verdict are unavailable',
        runningMetric: 'holdfast_image_thread_running',
        restartsMetric: 'holdfast_image_thread_restarts_total',
      },
      start: { configuration: { images, kubernetes }, environment: { ...environment } },
      environment,
      onTrust,
      onKept,
      unanswered: (answer) => answer,
    },
    dependencies,
  );
}
