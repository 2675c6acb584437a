/** Entries that a sink refused, kept until somebody has mended the cause and sends them again. */
import type { JournalEntry, StateStore } from '../journal.ts';

/** One refused entry as it is kept: whole, because retention may take it from the journal. */
export interface DeadLetter {
  readonly entry: JournalEntry;
  readonly reason: string;
  /** RFC 3339. */
  readonly refusedAt: string;
}

const SPACE = 'dead-letters';
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
    this.#keys.clear();
    const texts = await listLetters(this.#options.state, this.#options.sink);
    for (const key of texts.keys()) this.#keys.add(key);
  }

  hasRoomFor(count: number): boolean {
    return this.#keys.size + count <= this.#options.countMax;
  }

  /** Keeps letters durably; one for the same entry replaces the earlier one. */
  async add(letters: readonly DeadLetter[]): Promise<void> {
    const { state, sink } = this.#options;
    const changes: Record<string, string> = {};
    for (const letter of letters) {
      const reason = letter.reason.slice(0, REASON_CHARS_MAX);
      changes[keyOf(sink, letter.entry.sequence)] = JSON.stringify({ ...letter, reason });
    }
    await state.write(SPACE, changes);
    for (const key of Object.keys(changes)) this.#keys.add(key);
  }
}

/** The kept texts of a sink by key, in the order of their entries. */
export async function listLetters(
  state: StateStore,
  sink: string,
): Promise<ReadonlyMap<string, string>> {
  const all = await state.list(SPACE);
  const own = [...all].filter(([key]) => key.startsWith(`${sink}/`));
  return new Map(own.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Forgets a letter durably. */
export async function removeLetter(state: StateStore, key: string): Promise<void> {
  await state.write(SPACE, { [key]: undefined });
}

function keyOf(sink: string, sequence: number): string {
  return `${sink}/${String(sequence).padStart(SEQUENCE_DIGITS, '0')}`;
}
