/**
 * Entries that a sink refused, kept until somebody has mended the cause and sends them again. Refused entries are often the
 * largest ones, so an index of few words is read whole, and each entry for itself.
 */
import { formatEntryJson } from '../audit/entry-json.ts';
import type { JournalEntry, StateStore } from '../audit/journal.ts';
import { parseDeadLetter, parseLetterEntry, type DeadLetter } from './parse-dead-letter.ts';

/** An entry and why it was refused. */
export interface RefusedEntry {
  readonly entry: JournalEntry;
  readonly reason: string;
  /** RFC 3339. */
  readonly refusedAt: string;
}

const SPACE = 'dead-letters';
const ENTRY_KEY = 'entry';
/** A reason is read in a terminal; targets answer with whole pages. */
const REASON_CHARS_MAX = 500;
const SEQUENCE_DIGITS = 16;

export interface DeadLettersOptions {
  readonly state: StateStore;
  readonly sink: string;
  readonly countMax: number;
}

/** The dead letters of one sink. */
export class DeadLetters {
  readonly #options: DeadLettersOptions;
  readonly #keys = new Set<string>();

  constructor(options: DeadLettersOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#keys.size;
  }

  /** Finds what is kept already. */
  async load(): Promise<void> {
    const letters = await listLetters(this.#options.state, this.#options.sink);
    this.#keys.clear();
    for (const { key } of letters) this.#keys.add(key);
  }

  hasRoomFor(count: number): boolean {
    return this.#keys.size + count <= this.#options.countMax;
  }

  /** Keeps entries whole, because retention may take them from the journal; one that is there already is replaced. */
  async add(refused: readonly RefusedEntry[]): Promise<void> {
    const { state, sink } = this.#options;
    const index: Record<string, string> = {};
    for (const { entry, reason, refusedAt } of refused) {
      const key = keyOf(sink, entry.sequence);
      // Before the index, so that what it names is there.
      await state.write(`${SPACE}/${key}`, { [ENTRY_KEY]: formatEntryJson(entry) });
      const { decisionId } = entry.record;
      index[key] = JSON.stringify({
        sequence: entry.sequence,
        decisionId,
        reason: reason.slice(0, REASON_CHARS_MAX),
        refusedAt,
      });
    }
    await state.write(SPACE, index);
    for (const key of Object.keys(index)) this.#keys.add(key);
  }
}

/** The letters of a sink, in the order of their entries; what is no letter is left out. */
export async function listLetters(state: StateStore, sink: string): Promise<readonly DeadLetter[]> {
  const index = await state.list(SPACE);
  return [...index]
    .filter(([key]) => key.startsWith(`${sink}/`))
    .flatMap(([key, text]) => parseDeadLetter(key, text) ?? [])
    .toSorted((a, b) => a.sequence - b.sequence);
}

/** What the letter holds, as the journal had it; `undefined` where it cannot be read. */
export async function readLetter(
  state: StateStore,
  { key }: DeadLetter,
): Promise<JournalEntry | undefined> {
  const text = (await state.list(`${SPACE}/${key}`)).get(ENTRY_KEY);
  return text === undefined ? undefined : parseLetterEntry(text);
}

/** Forgets a letter durably. */
export async function removeLetter(state: StateStore, { key }: DeadLetter): Promise<void> {
  await state.write(SPACE, { [key]: undefined });
  await state.write(`${SPACE}/${key}`, { [ENTRY_KEY]: undefined });
}

function keyOf(sink: string, sequence: number): string {
  return `${sink}/${String(sequence).padStart(SEQUENCE_DIGITS, '0')}`;
}
