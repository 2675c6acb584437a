/** One stream of attempts to one page: what is new, what matches, and what its viewer may see. */
import type { StoredRecord } from '../../audit/journal/parse-record.ts';
import { matchEntry, type EntryFilter } from '../../audit/query/match-entry.ts';
import type { NamespaceAccess } from '../access/namespace-access.ts';
import type { Session } from '../access/sessions.ts';
import { formatAttempt } from '../records/format-attempt.ts';
import type { NewEntry } from '../records/record-reader.ts';
import { DASHBOARD_LIMITS } from '../settings.ts';
import { formatAttemptEvent, formatTickEvent, RELOAD_EVENT, RETRY_FIELD } from './format-event.ts';

const RECORDS_MAX = DASHBOARD_LIMITS['dashboard.streamRecordsMax'].default;
const BUFFER_BYTES_MAX = DASHBOARD_LIMITS['dashboard.streamBufferBytesMax'].default;
/** Read at a time. */
const BATCH_ENTRIES = 100;

/** Where events go to; a response of `node:http`. */
export interface StreamOutput {
  readonly write: (text: string) => unknown;
  readonly end: () => unknown;
  readonly writableLength: number;
}

export interface EventStreamOptions {
  readonly output: StreamOutput;
  readonly filter: EntryFilter;
  /** The last entry that the page has. */
  readonly after: number;
  /** Who looks now; `undefined` once the session has ended. Rejects where nobody can tell. */
  readonly session: () => Promise<Session | undefined>;
  readonly access: NamespaceAccess;
  readonly read: (after: number, through: number, entriesMax: number) => readonly NewEntry[];
}

/** Goes on from where it is whenever it is told of a newer entry. */
export class EventStream {
  readonly #options: EventStreamOptions;
  #at: number;
  #through = 0;
  #isEnded = false;
  #moving: Promise<void> | undefined;

  constructor(options: EventStreamOptions) {
    this.#options = options;
    this.#at = options.after;
    this.#write(RETRY_FIELD);
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Sends what is new up to an entry, then a tick. Told again meanwhile, it goes on to the newer one. Never rejects. */
  advance(through: number): Promise<void> {
    this.#through = through;
    this.#moving ??= this.#move();
    return this.#moving;
  }

  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#options.output.end();
  }

  async #move(): Promise<void> {
    try {
      const session = await this.#options.session();
      if (session === undefined || !this.#canGoOn()) {
        // The session has ended, it is another journal, or there is too much to read: a page says which.
        this.#write(RELOAD_EVENT);
        this.end();
        return;
      }
      while (this.#at < this.#through && !this.#isEnded) await this.#sendBatch(session);
      this.#write(formatTickEvent(this.#at));
    } catch {
      // The browser connects again, and the answer says what is wrong.
      this.end();
    } finally {
      this.#moving = undefined;
    }
  }

  #canGoOn(): boolean {
    return this.#through >= this.#at && this.#through - this.#at <= RECORDS_MAX;
  }

  async #sendBatch({ viewer }: Session): Promise<void> {
    const { read, filter, access } = this.#options;
    const through = this.#through;
    const entries = read(this.#at, through, BATCH_ENTRIES);
    for (const { sequence, record } of entries) {
      this.#at = sequence;
      if (record === undefined || !matchEntry(record, filter)) continue;
      if (await access.maySee(viewer, record.object.namespace)) this.#send(sequence, record);
    }
    // Retention has removed them.
    if (entries.length === 0) this.#at = through;
  }

  #send(sequence: number, record: StoredRecord): void {
    this.#write(formatAttemptEvent(formatAttempt(sequence, record)));
  }

  #write(text: string): void {
    if (this.#isEnded) return;
    const { output } = this.#options;
    output.write(text);
    if (output.writableLength > BUFFER_BYTES_MAX) this.end();
  }
}
