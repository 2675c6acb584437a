/**
 * What the stored state must be: the value that was written last, or one whose write had not ended when the process died.
 * Other values mean that a write that resolved was not durable, or that writes changed their order.
 */
import type { StateStore } from '../../../src/audit/journal.ts';

type Value = string | undefined;

/** By `space` and key, the values that may be there; the first one is certain to have been. */
export class StateMirror {
  readonly #spaces = new Map<string, Map<string, readonly Value[]>>();
  /** By `space` and key, what a process may rely on. */
  readonly #kept = new Map<string, Map<string, string>>();

  /** Where a write of the key resolved, its value. */
  valueOf(space: string, key: string): Value {
    return this.#spaces.get(space)?.get(key)?.[0];
  }

  keysOf(space: string): readonly string[] {
    return [...(this.#spaces.get(space) ?? [])].flatMap(([key, [value]]) =>
      value === undefined ? [] : [key],
    );
  }

  /** Values on which the process may rely: their writes resolved, or the process has found them at its start. */
  keptIn(space: string): readonly string[] {
    return [...(this.#kept.get(space)?.values() ?? [])];
  }

  /** The store, with every write noted; `onWritten` hears of those that resolved. */
  observe(
    state: StateStore,
    onWritten: (space: string, changes: Readonly<Record<string, Value>>) => void,
  ): StateStore {
    return {
      list: state.list,
      write: async (space, changes) => {
        for (const [key, value] of Object.entries(changes)) this.#begin(space, key, value);
        await state.write(space, changes);
        for (const [key, value] of Object.entries(changes)) this.#end(space, key, value);
        onWritten(space, changes);
      },
    };
  }

  /** Holds the state that a new process finds against this, and goes on from it. Gives what cannot be. */
  compare(found: ReadonlyMap<string, ReadonlyMap<string, string>>): readonly string[] {
    const wrong: string[] = [];
    const unsettled: (readonly [space: string, key: string, values: readonly Value[]])[] = [];
    for (const [space, keys] of this.#spaces) {
      for (const [key, values] of keys) {
        const value = found.get(space)?.get(key);
        if (!values.includes(value)) {
          wrong.push(`${space} ${key} is ${value}, and was written as ${values.join(' or ')}`);
        } else if (values.length > 1) unsettled.push([space, key, values]);
      }
    }
    this.#spaces.clear();
    this.#kept.clear();
    for (const [space, keys] of found) {
      this.#kept.set(space, new Map(keys));
      for (const [key, value] of keys) this.#set(space, key, [value]);
    }
    // What a write has left whose flush failed is found by us, and not relied on by the process.
    for (const [space, key, values] of unsettled) this.#set(space, key, values);
    return wrong;
  }

  #begin(space: string, key: string, value: Value): void {
    this.#set(space, key, [...this.#valuesOf(space, key), value]);
  }

  #end(space: string, key: string, value: Value): void {
    const values = this.#valuesOf(space, key);
    // What was begun after it is still possible.
    this.#set(space, key, [value, ...values.slice(values.lastIndexOf(value) + 1)]);
    const kept = this.#kept.get(space) ?? new Map<string, string>();
    this.#kept.set(space, kept);
    if (value === undefined) kept.delete(key);
    else kept.set(key, value);
  }

  #valuesOf(space: string, key: string): readonly Value[] {
    return this.#spaces.get(space)?.get(key) ?? [undefined];
  }

  #set(space: string, key: string, values: readonly Value[]): void {
    const keys = this.#spaces.get(space) ?? new Map<string, readonly Value[]>();
    this.#spaces.set(space, keys);
    keys.set(key, values);
  }
}
