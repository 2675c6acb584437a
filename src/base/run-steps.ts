/**
 * Work in steps, so that what takes long lets other work of the thread be done in between: a generator yields where it may be interrupted,
 * and is run at once or in turns. It is the same code in both cases, so that the result is the same.
 */

/** Work that may be interrupted at each `yield`. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** Runs all steps at once. */
export function runSteps<Result>(steps: Steps<Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Runs one step in each turn of the event loop. Rejects with what a step throws. */
export async function runStepsInTurns<Result>(steps: Steps<Result>): Promise<Result> {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await nextTurn();
  }
}

/** Resolves once what is ready has been served: sockets are read before. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
