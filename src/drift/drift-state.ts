/**
 * What must outlive the process: how far each kind was followed, what each managed object was when its writer wrote it last, and
 * which differences are open. In the state of the journal: no evidence, and not part of its chain.
 *
 * What an object was is read when it has changed: for a hundred thousand objects, memory holds a row for each and nothing of their
 * content.
 */
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { z } from 'zod';
import type { StateStore } from '../audit/journal.ts';
import { parseJsonAs } from '../base/parse-json-as.ts';
import type { KubernetesObject } from '../kubernetes/object.ts';
import { parseObject } from '../kubernetes/lookup/parse-object.ts';
import type { DriftFinding } from './drift-finding.ts';
import { openFindingSchema, toolSchema } from './open-finding-schema.ts';

const rowSchema = z
  .object({
    uid: z.string(),
    /** The resource version that was compared last. */
    version: z.string(),
    /** Of the metadata and generation: equal where nothing that is compared has changed. */
    print: z.string(),
    tool: toolSchema,
    app: z.string(),
    /** When its state was taken last. */
    atMs: z.number(),
    /** It was deleted, and that is open. */
    gone: z.literal(true).optional(),
    /** It is new, nobody accounts for that, and it is open. */
    added: z.literal(true).optional(),
  })
  .readonly();

/** One managed object, without its content. */
export type ObjectRow = z.output<typeof rowSchema>;

/** A difference that was found, and how far it was told. */
export interface OpenFinding {
  readonly finding: DriftFinding;
  /** The decision id of its record; empty until it is durable. */
  readonly decisionId: string;
  /** Its end is to be recorded. */
  readonly reverted: boolean;
  /** Paths that were allowed while others were open. */
  readonly passed: readonly string[];
}

export interface RememberedDrift {
  /** By object key. */
  readonly rows: ReadonlyMap<string, ObjectRow>;
  readonly open: ReadonlyMap<string, OpenFinding>;
  /** By resource. */
  readonly watermarks: ReadonlyMap<string, string>;
  /** The entry of the journal through which decisions were read. */
  readonly cursor: number | undefined;
  /** Keys that could not be read, and are forgotten. */
  readonly damaged: readonly string[];
}

const ROWS = 'drift-objects';
const OPEN = 'drift-open';
const WATERMARKS = 'drift-watermarks';
const CURSOR = 'cursor';
const STATE_KEY = 'state';
/** etcd stores at most 1.5 MiB; hidden values may be longer than what they hide. */
const STATE_BYTES_MAX = 16 * 1024 * 1024;

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** Reads and writes the state of the scanner. Rejects where the state store does. */
export class DriftState {
  readonly #store: StateStore;

  constructor(store: StateStore) {
    this.#store = store;
  }

  async load(): Promise<RememberedDrift> {
    const damaged: string[] = [];
    const read = async <Value>(space: string, schema: z.ZodType<Value>) => {
      const values = new Map<string, Value>();
      for (const [key, text] of await this.#store.list(space)) {
        const value = parseJsonAs(schema, text);
        if (value === undefined) damaged.push(`${space} ${key}`);
        else values.set(key, value);
      }
      return values;
    };
    const watermarks = await read(WATERMARKS, z.union([z.string(), z.number()]));
    const cursor = watermarks.get(CURSOR);
    watermarks.delete(CURSOR);
    return {
      rows: await read(ROWS, rowSchema),
      open: await read(OPEN, openFindingSchema),
      watermarks: new Map([...watermarks].map(([key, version]) => [key, String(version)])),
      cursor: typeof cursor === 'number' ? cursor : undefined,
      damaged,
    };
  }

  /** What the object was; `undefined` where it is not known or cannot be read. */
  async readObject(key: string): Promise<KubernetesObject | undefined> {
    const text = (await this.#store.list(spaceOf(key))).get(STATE_KEY);
    if (text === undefined) return undefined;
    try {
      const bytes = await inflate(Buffer.from(text, 'base64'), {
        maxOutputLength: STATE_BYTES_MAX,
      });
      return parseObject(JSON.parse(bytes.toString('utf8')));
    } catch {
      return undefined;
    }
  }

  /** An absent object stays as it was. */
  async writeRow(key: string, row: ObjectRow, object?: KubernetesObject): Promise<void> {
    const text = object && (await deflate(JSON.stringify(object))).toString('base64');
    // In one turn, so that both share a flush, in this order.
    const content =
      text === undefined ? undefined : this.#store.write(spaceOf(key), { [STATE_KEY]: text });
    await Promise.all([content, this.#store.write(ROWS, { [key]: JSON.stringify(row) })]);
  }

  async removeRow(key: string): Promise<void> {
    await Promise.all([
      this.#store.write(ROWS, { [key]: undefined }),
      this.#store.write(spaceOf(key), { [STATE_KEY]: undefined }),
    ]);
  }

  /** An absent finding is removed. */
  async writeOpen(key: string, open: OpenFinding | undefined): Promise<void> {
    await this.#store.write(OPEN, { [key]: open && JSON.stringify(open) });
  }

  /** Everything up to these versions was compared, with the decisions up to this entry. */
  async writeWatermarks(versions: ReadonlyMap<string, string>, cursor: number): Promise<void> {
    const written = Object.fromEntries(
      [...versions].map(([resource, version]) => [resource, JSON.stringify(version)]),
    );
    await this.#store.write(WATERMARKS, { ...written, [CURSOR]: String(cursor) });
  }
}

function spaceOf(key: string): string {
  return `drift-object ${key}`;
}
