/** The persistent state of incidents: read at startup, changed during planning, written atomically. */
import { z } from 'zod';
import { rateUseSchema, incidentSchema, messageSchema } from './incident.ts';
import type { RateUse, Incident, Message } from './incident.ts';

export interface RememberedState {
  /** The last processed journal entry; absent at the first start. */
  readonly cursor: number | undefined;
  readonly incidents: readonly Incident[];
  readonly messages: readonly Message[];
  readonly rates: ReadonlyMap<string, RateUse>;
  /** The newest change of each subject. */
  readonly changes: ReadonlyMap<string, string>;
  /** What was counted of each replica's reports, by `replica/group`. */
  readonly seen: ReadonlyMap<string, SeenReport>;
  readonly deadLetters: readonly string[];
  /** Keys that could not be read. */
  readonly damaged: readonly string[];
}

/** How far a report of another replica was counted. */
export interface SeenReport {
  /** The attempts of its replica. */
  readonly own: number;
  /** The first attempt of the incident that they belong to; absent where its replica does not say. */
  readonly first?: string | undefined;
}

/** Reads every key of the space; an unreadable key is skipped. */
export function parseState(entries: ReadonlyMap<string, string>): RememberedState {
  const damaged: string[] = [];
  const read = <Value>(prefix: string, schema: z.ZodType<Value>): readonly [string, Value][] =>
    [...entries].flatMap(([key, text]) => {
      if (!key.startsWith(prefix)) return [];
      const parsed = schema.safeParse(parseJson(text));
      if (parsed.success) return [[key.slice(prefix.length), parsed.data]];
      damaged.push(key);
      return [];
    });
  const [cursor] = read('cursor', z.int().min(0));
  const firsts = new Map(read('seen-first/', z.string()));
  return {
    cursor: cursor?.[1],
    incidents: read('incident/', incidentSchema).map(([, incident]) => incident),
    messages: read('message/', messageSchema)
      .map(([, message]) => message)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    rates: new Map(read('rate/', rateUseSchema)),
    changes: new Map(read('change/', z.string())),
    seen: new Map(
      read('seen/', z.int()).map(([place, own]) => [place, { own, first: firsts.get(place) }]),
    ),
    deadLetters: [...entries.keys()].filter((key) => key.startsWith('dead/')).toSorted(),
    damaged,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The latest change of each key; `undefined` deletes it. */
export class StateChanges {
  #changes = new Map<string, string | undefined>();

  set(key: string, value: unknown): void {
    this.#changes.set(key, JSON.stringify(value));
  }

  remove(key: string): void {
    this.#changes.set(key, undefined);
  }

  /** Returns the pending changes; `undefined` if there are none. */
  take(): Readonly<Record<string, string | undefined>> | undefined {
    if (this.#changes.size === 0) return undefined;
    const taken = Object.fromEntries(this.#changes);
    this.#changes = new Map();
    return taken;
  }

  /** Restores changes that could not be written; newer changes win. */
  putBack(changes: Readonly<Record<string, string | undefined>>): void {
    this.#changes = new Map([...Object.entries(changes), ...this.#changes]);
  }
}
