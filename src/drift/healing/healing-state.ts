/** What the healing keeps beside the journal, so that a restart neither begins a deadline anew nor forgets a budget. */
import { z } from 'zod';
import type { StateStore } from '../../audit/journal.ts';
import { parseJsonAs } from '../../base/parse-json-as.ts';
import { findingSubjectSchema } from '../open-finding-schema.ts';

const rowSchema = z
  .object({
    /** What drifted: it is told when it is no longer open, too. */
    subject: findingSubjectSchema,
    /** The decision id of the finding. */
    found: z.string(),
    /** The finding that somebody asked to have healed by hand. */
    requested: z.string().optional(),
    progress: z
      .object({
        firstAtMs: z.number().optional(),
        attempts: z.number(),
        nextAtMs: z.number(),
        gaveUp: z.literal(true).optional(),
      })
      .readonly(),
  })
  .readonly();

/** One object whose drift is being healed, or was given up; kept until it is what it should be. */
export type HealingRow = z.output<typeof rowSchema>;

export interface RememberedHealing {
  /** By object key. */
  readonly rows: ReadonlyMap<string, HealingRow>;
  /** By application, when it was asked. */
  readonly asked: ReadonlyMap<string, readonly number[]>;
}

const ROWS = 'drift-healing';
const ASKED = 'drift-healing-asked';

/** Rejects where the state store does. */
export class HealingState {
  readonly #store: StateStore;

  constructor(store: StateStore) {
    this.#store = store;
  }

  /** What cannot be read is begun anew. */
  async load(): Promise<RememberedHealing> {
    const read = async <Value>(space: string, schema: z.ZodType<Value>) => {
      const values = new Map<string, Value>();
      for (const [key, text] of await this.#store.list(space)) {
        const value = parseJsonAs(schema, text);
        if (value !== undefined) values.set(key, value);
      }
      return values;
    };
    return { rows: await read(ROWS, rowSchema), asked: await read(ASKED, z.array(z.number())) };
  }

  /** An absent row is removed. */
  async writeRow(key: string, row: HealingRow | undefined): Promise<void> {
    await this.#store.write(ROWS, { [key]: row && JSON.stringify(row) });
  }

  /** An empty list is removed. */
  async writeAsked(application: string, timesMs: readonly number[]): Promise<void> {
    const text = timesMs.length === 0 ? undefined : JSON.stringify(timesMs);
    await this.#store.write(ASKED, { [application]: text });
  }
}
