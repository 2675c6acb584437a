/** Publishes records to a stream of NATS JetStream: for a fleet of clusters that share one stream. */
import { formatEntryJson } from '../../audit/entry-json.ts';
import type { JournalEntry } from '../../audit/journal.ts';
import type { Sink, SinkContext, SinkOutcome } from '../../delivery/sink.ts';
import { describeNatsFailure } from './describe-nats-failure.ts';
import { formatNatsSubject } from './format-nats-subject.ts';
import { codeOfApiError, type OpenNats } from './nats-connection.ts';
import { openNats } from './open-nats.ts';
import type { NatsSinkSettings } from './settings.ts';

// "message size exceeds maximum allowed"
const MESSAGE_TOO_LARGE = 10_054;

/** Nothing is connected before the first batch. */
export class NatsSink implements Sink {
  readonly name: string;
  readonly #settings: NatsSinkSettings;
  readonly #context: Pick<SinkContext, 'environment' | 'replica'>;
  #open: OpenNats | undefined;
  #secrets: readonly string[] = [];

  constructor(settings: NatsSinkSettings, context: Pick<SinkContext, 'environment' | 'replica'>) {
    this.name = settings.name;
    this.#settings = settings;
    this.#context = context;
  }

  async send(entries: readonly JournalEntry[], signal: AbortSignal): Promise<SinkOutcome> {
    // Closing the connection fails pending requests at once.
    const giveUp = (): void => void this.close();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      const connected = await this.#connect();
      if (typeof connected === 'string') return { status: 'retry', reason: connected };
      return await this.#publishAll(connected, entries, signal);
    } catch (error) {
      // After any failure, the next batch uses a new connection and secrets that are read again.
      await this.close();
      return { status: 'retry', reason: describeNatsFailure(error, this.#describing()) };
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  async close(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    await open?.close();
  }

  // One after the other, each with its acknowledgement: with several in flight, a lost message would be stored
  // after its successors.
  async #publishAll(
    open: OpenNats,
    entries: readonly JournalEntry[],
    signal: AbortSignal,
  ): Promise<SinkOutcome> {
    const refused: number[] = [];
    for (const entry of entries) {
      if (signal.aborted) return { status: 'retry', reason: 'The time for the batch was over' };
      if (!(await this.#publish(open, entry))) refused.push(entry.sequence);
    }
    if (refused.length === 0) return { status: 'delivered' };
    const reason = 'The record is larger than the messages that the server or the stream takes';
    return { status: 'refused', sequences: refused, reason };
  }

  /** False if the message exceeds the maximum size. */
  async #publish(open: OpenNats, entry: JournalEntry): Promise<boolean> {
    const { stream, subject, delivery } = this.#settings;
    const message = {
      subject: formatNatsSubject(subject, entry.record),
      payload: formatEntryJson(entry),
      headers: { 'Content-Type': 'application/json', 'Holdfast-Sequence': String(entry.sequence) },
      // The hash identifies the entry: a batch that is sent again is stored once.
      messageId: entry.hash,
    };
    const bytesMax = open.payloadBytesMax() - HEADER_BYTES_MAX;
    if (Buffer.byteLength(message.payload) > bytesMax) return false;
    try {
      await open.publish(message, { stream, timeoutMs: delivery.timeoutMs });
      return true;
    } catch (error) {
      if (codeOfApiError(error) === MESSAGE_TOO_LARGE) return false;
      throw error;
    }
  }

  /** The open connection, or the reason why there is none. */
  async #connect(): Promise<OpenNats | string> {
    if (this.#open?.isClosed() === false) return this.#open;
    await this.close();
    const settings = this.#settings;
    const { environment, replica } = this.#context;
    const opened = await openNats(settings, {
      environment,
      name: `holdfast ${replica}`,
      onSecrets: (secrets) => {
        this.#secrets = secrets;
      },
    });
    if (!opened.ok) return opened.reason;
    const { open } = opened;
    this.#open = open;
    if (settings.createStream !== undefined) {
      await open.ensureStream({ name: settings.stream, ...settings.createStream });
    }
    return open;
  }

  #describing(): { readonly stream: string; readonly secrets: readonly string[] } {
    return { stream: this.#settings.stream, secrets: this.#secrets };
  }
}

// The server counts headers as part of a message: three short names, a hash and a number.
const HEADER_BYTES_MAX = 1024;
