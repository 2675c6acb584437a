/** Writes records to a syslog receiver over TLS. */
import type { JournalEntry } from '../../audit/journal.ts';
import type { Sink, SinkOutcome } from '../../delivery/sink.ts';
import { formatSyslogFrames, type SyslogFormat } from './format-syslog.ts';
import { createSyslogTransport, type SyslogTransport } from './syslog-transport.ts';
import type { SyslogSinkSettings } from './settings.ts';

/** RFC 5424 table 1; "audit" is its "log audit". */
export const FACILITIES: Readonly<Record<SyslogSinkSettings['facility'], number>> = {
  user: 1,
  daemon: 3,
  auth: 4,
  authpriv: 10,
  audit: 13,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
};

/** Nothing is connected before the first batch. */
export class SyslogSink implements Sink {
  readonly name: string;
  readonly #format: SyslogFormat;
  readonly #transport: SyslogTransport;

  constructor(settings: SyslogSinkSettings) {
    const { name, facility, structuredDataId, messageBytesMax: bytesMax } = settings;
    this.name = name;
    this.#format = { facility: FACILITIES[facility], structuredDataId, bytesMax };
    this.#transport = createSyslogTransport(settings);
  }

  async send(entries: readonly JournalEntry[], signal: AbortSignal): Promise<SinkOutcome> {
    const failure = await this.#transport.send(formatSyslogFrames(entries, this.#format), signal);
    return failure === undefined ? { status: 'delivered' } : { status: 'retry', reason: failure };
  }

  async close(): Promise<void> {
    this.#transport.close();
  }
}
