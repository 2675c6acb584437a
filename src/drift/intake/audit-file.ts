/** Takes events of the audit log from a file: each line once, as far as what it means is recorded. */
import type { Wait } from '../../base/wait.ts';
import { errorText } from '../../base/error-details.ts';
import { HoldfastError } from '../../errors.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { Metrics } from '../../telemetry/metrics.ts';
import type { AuditIntake } from './audit-intake.ts';
import { FileTail, type TailPosition, type TailReading } from './file-tail.ts';
import type { AuditFileFormat } from './audit-file-formats.ts';
import { parseAuditLine } from './parse-audit-line.ts';
import { INTAKE_LIMITS } from './settings.ts';

export interface AuditFileOptions {
  readonly path: string;
  readonly format: AuditFileFormat;
  readonly pollMs: number;
  readonly intake: Pick<AuditIntake, 'take'>;
  /** Where the last process has stopped. */
  readonly position: TailPosition | undefined;
  /** Keeps how far all is recorded. Rejects where it cannot. */
  readonly savePosition: (position: TailPosition) => Promise<void>;
  readonly wait: Wait;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

const SOURCE = 'kubernetes-audit';
/** Until what could not be recorded, or read, is tried again. */
const RETRY_MS = 1000;

/** One file, until it is closed. */
export class AuditFile {
  readonly #options: AuditFileOptions;
  readonly #tail: FileTail;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;
  #problem: string | undefined;

  constructor(options: AuditFileOptions) {
    this.#options = options;
    this.#tail = new FileTail({
      ...options,
      chunkBytes: INTAKE_LIMITS['intake.fileChunkBytes'].default,
      lineBytesMax: INTAKE_LIMITS['intake.lineBytesMax'].default,
    });
    this.#running = this.#run();
  }

  /** Why it is not read now. */
  readonly problem = (): string | undefined => this.#problem;

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    await this.#tail.close();
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      let isAtEnd = true;
      await this.#untilDone(async () => {
        const reading = await this.#tail.read();
        await this.#take(reading);
        ({ isAtEnd } = reading);
      });
      if (isAtEnd) await this.#options.wait(this.#options.pollMs, signal);
    }
  }

  async #take(reading: TailReading): Promise<void> {
    const { lines, position, isCut, leftOut } = reading;
    const { metrics, logger, path, intake, format, savePosition } = this.#options;
    if (isCut) {
      logger.warn('The audit log was emptied or rotated before it was read to its end', { path });
    }
    const parsed = lines.map((line) => parseAuditLine(line, format));
    const malformed = parsed.reduce((sum, one) => sum + one.malformed, leftOut);
    if (malformed > 0) {
      const labels = { source: SOURCE, outcome: 'malformed' };
      metrics.add('holdfast_intake_events_total', malformed, labels);
    }
    const events = parsed.flatMap((one) => one.events);
    // What is read is in memory alone: it is tried until it is recorded, and the file has the rest meanwhile.
    await this.#untilDone(() => intake.take(events));
    if (lines.length > 0 && position !== undefined) {
      await this.#untilDone(() => savePosition(position));
    }
  }

  /** Resolves when it has succeeded, or the file is closed. */
  async #untilDone(act: () => Promise<void>): Promise<void> {
    const { signal } = this.#closing;
    const { logger, path, wait } = this.#options;
    while (!signal.aborted) {
      try {
        await act();
        this.#problem = undefined;
        return;
      } catch (fault) {
        const reason = `The audit log "${path}" waits: ${errorText(fault)}`;
        if (this.#problem !== reason) {
          const code = fault instanceof HoldfastError ? fault.code : 'intake_unreadable';
          logger.warn('The audit log waits', { code, path, reason: errorText(fault) });
        }
        this.#problem = reason;
        await wait(RETRY_MS, signal);
      }
    }
  }
}
