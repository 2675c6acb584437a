/** What is closed at the end: a test has its own way, and a program that borrows from tests needs one. */

/** Whoever opens something says how it is closed. The context of a test is one. */
export interface ClosingHooks {
  readonly after: (hook: () => unknown) => void;
}

/** Closes in the opposite order: what was opened last may use what was opened before. */
export class ClosingStack implements ClosingHooks {
  readonly #hooks: (() => unknown)[] = [];

  readonly after = (hook: () => unknown): void => {
    this.#hooks.push(hook);
  };

  /** All hooks run, whichever fails; the first failure is thrown at the end. */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (let hook = this.#hooks.pop(); hook !== undefined; hook = this.#hooks.pop()) {
      try {
        await hook();
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
