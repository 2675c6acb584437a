/** What sources declare, ready to be compared with: at most so much in memory, what was read longest ago goes first. */
import type { KeptVerdict, VerdictStore } from '../../verdict/verdict-cache.ts';
import type { SourceType } from '../render/rendered-source.ts';
import type { SourceIndex } from './source-index.ts';

export type PreparedSource =
  | {
      readonly status: 'indexed';
      readonly index: SourceIndex;
      readonly type: SourceType | undefined;
      readonly chars: number;
      readonly retryAfterMs?: undefined;
    }
  | {
      readonly status: 'not-comparable';
      readonly reason: string;
      readonly retryAfterMs?: number | undefined;
    };

/** A reason and its key. */
const REFUSAL_CHARS = 1024;

/** Gives back a source by its key, and keeps the most recently read ones. */
export class ManifestCache implements VerdictStore<PreparedSource> {
  readonly #charsMax: number;
  readonly #onSize: (chars: number) => void;
  // A Map keeps the order of insertion.
  readonly #sources = new Map<string, KeptVerdict<PreparedSource>>();
  #chars = 0;

  constructor(charsMax: number, onSize: (chars: number) => void) {
    this.#charsMax = charsMax;
    this.#onSize = onSize;
  }

  get chars(): number {
    return this.#chars;
  }

  get(key: string): KeptVerdict<PreparedSource> | undefined {
    const kept = this.#sources.get(key);
    if (kept === undefined) return undefined;
    this.#sources.delete(key);
    this.#sources.set(key, kept);
    return kept;
  }

  set(key: string, kept: KeptVerdict<PreparedSource>): void {
    this.delete(key);
    this.#sources.set(key, kept);
    this.#chars += charsOf(kept.verdict);
    for (const [oldest] of this.#sources) {
      // The newest one stays, whatever its size: it is waited for.
      if (this.#chars <= this.#charsMax || oldest === key) break;
      this.delete(oldest);
    }
    this.#onSize(this.#chars);
  }

  delete(key: string): void {
    const kept = this.#sources.get(key);
    if (kept === undefined) return;
    this.#sources.delete(key);
    this.#chars -= charsOf(kept.verdict);
    this.#onSize(this.#chars);
  }
}

function charsOf(source: PreparedSource): number {
  return source.status === 'indexed' ? source.chars : REFUSAL_CHARS;
}
