/**
 * Whether an evaluation is alone: nothing else is to be judged at the same time.
 *
 * A worker is faster where several are: the hop to it is then shared, and admission goes on meanwhile. How many requests
 * wait in the sockets cannot be seen; but requests that wait together are read in the same turn of the event loop.
 */

/** Counts the evaluations that begin in one turn of the event loop. */
export class EvaluationTurns {
  #inTurn = 0;
  #isBusy = false;

  /** Called once for each evaluation, when it begins; whether it is alone. */
  enter(): boolean {
    this.#inTurn += 1;
    if (this.#inTurn > 1) return false;
    setImmediate(() => {
      this.#isBusy = this.#inTurn > 1;
      this.#inTurn = 0;
    });
    // What came together comes together again: under constant load no turn begins with an evaluation on this thread.
    return !this.#isBusy;
  }
}
