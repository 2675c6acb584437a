/**
 * Dead letters: entries that a sink rejected, kept until somebody fixes the cause and replays them. Rejected entries
 * are often the largest ones, so a small index is read as a whole, and each entry separately.
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
/** Reasons are shown in a terminal; targets may answer with whole pages. */
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

  /** Reads the index of stored letters. */
  async load(): Promise<void> {
    const letters = await listLetters(this.#options.state, this.#options.sink);
    this.#keys.clear();
    for (const { key } of letters) this.#keys.add(key);
  }

  hasRoomFor(count: number): boolean {
    return this.#keys.size + count <= this.#options.countMax;
  }

  /**
   * Stores complete entries, because retention may remove them from the journal; an existing letter is
   * replaced.
   */
  async add(refused: readonly RefusedEntry[]): Promise<void> {
    const { state, sink } = this.#options;
    const index: Record<string, string> = {};
    for (const { entry, reason, refusedAt } of refused) {
      const key = keyOf(sink, entry.sequence);
      // Before the index, so that every entry in the index exists.
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

/** The letters of a sink, in the order of their entries; malformed ones are skipped. */
export async function listLetters(state: StateStore, sink: string): Promise<readonly DeadLetter[]> {
  const index = await state.list(SPACE);
  return [...index]
    .filter(([key]) => key.startsWith(`${sink}/`))
    .flatMap(([key, text]) => parseDeadLetter(key, text) ?? [])
    .toSorted((a, b) => a.sequence - b.sequence);
}

/** The entry of the letter, as in the journal; `undefined` if it cannot be read. */
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
