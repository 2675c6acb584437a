/** Lines that are written together: one system call for all of a turn of the event loop. */
import { setImmediate } from 'node:timers/promises';

/** Collects lines until the turn ends. */
export class LineBatch {
  readonly #write: (text: string) => void;
  #text = '';
  #written: Promise<void> | undefined;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Resolves when the line is written; rejects with what `write` throws. */
  add(line: string): Promise<void> {
    this.#text += line;
    this.#written ??= this.#flush();
    return this.#written;
  }

  async #flush(): Promise<void> {
    await setImmediate();
    const text = this.#text;
    // Whatever becomes of these lines, later ones are not written with them again.
    this.#text = '';
    this.#written = undefined;
    this.#write(text);
  }
}
