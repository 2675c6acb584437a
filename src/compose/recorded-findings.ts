/** Findings of a thread that are on their way to the journal, which the main thread writes. */

/** A finding, and the number by which its answer finds it. */
export interface NumberedFinding<Finding> {
  readonly number: number;
  readonly finding: Finding;
}

/** A record on its way is on disk within milliseconds; the thread is ended after ten seconds. */
const ANSWER_MS = 5000;

/** Sends findings, and waits for their decision ids. */
export class RecordedFindings<Finding> {
  readonly #send: (found: NumberedFinding<Finding>) => void;
  readonly #waiting = new Map<number, (decisionId: string | undefined) => void>();
  #number = 0;

  constructor(send: (found: NumberedFinding<Finding>) => void) {
    this.#send = send;
  }

  /** Resolves with `undefined` where it could not be kept. */
  record(finding: Finding): Promise<string | undefined> {
    this.#number += 1;
    const number = this.#number;
    return new Promise((resolve) => {
      this.#waiting.set(number, resolve);
      this.#send({ number, finding });
    });
  }

  receive({
    number,
    decisionId,
  }: {
    readonly number: number;
    readonly decisionId?: string | undefined;
  }): void {
    this.#waiting.get(number)?.(decisionId);
    this.#waiting.delete(number);
  }

  /** What is not answered in time counts as not recorded. */
  close(): void {
    setTimeout(() => {
      for (const resolve of this.#waiting.values()) resolve(undefined);
      this.#waiting.clear();
    }, ANSWER_MS).unref();
  }
}
