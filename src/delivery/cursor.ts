/** The cursor of a sink, stored in the journal's state, so that a restart continues from it. */
import type { StateStore } from '../audit/journal.ts';

export interface Cursor {
  /** The last entry that the sink has finished. */
  readonly sequence: number;
  /** Its hash: the same number in another journal is another entry. Absent if no entry was read. */
  readonly hash?: string | undefined;
}

const SPACE = 'delivery';

/** `undefined` if the sink has none, or an unreadable one. */
export async function readCursor(
  state: Pick<StateStore, 'list'>,
  sink: string,
): Promise<Cursor | undefined> {
  const text = (await state.list(SPACE)).get(keyOf(sink));
  return text === undefined ? undefined : parse(text);
}

/** Resolves when it is durable. */
export async function writeCursor(state: StateStore, sink: string, cursor: Cursor): Promise<void> {
  await state.write(SPACE, { [keyOf(sink)]: JSON.stringify(cursor) });
}

function keyOf(sink: string): string {
  return `cursor/${sink}`;
}

function parse(text: string): Cursor | undefined {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || !('sequence' in value)) return undefined;
  const { sequence } = value;
  if (typeof sequence !== 'number' || !Number.isSafeInteger(sequence) || sequence < 0) {
    return undefined;
  }
  const hash = 'hash' in value && typeof value.hash === 'string' ? value.hash : undefined;
  return { sequence, hash };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
