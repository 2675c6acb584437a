/** Writes records to a syslog receiver over TLS. */
import type { Sink } from '../../delivery/sink.ts';
import { formatSyslogFrames } from './format-syslog.ts';
import { createSyslogTransport } from './syslog-transport.ts';
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

/** Nothing is connected yet. */
export function createSyslogSink(settings: SyslogSinkSettings): Sink {
  const transport = createSyslogTransport(settings);
  const format = {
    facility: FACILITIES[settings.facility],
    structuredDataId: settings.structuredDataId,
    bytesMax: settings.messageBytesMax,
  };
  return {
    name: settings.name,
    send: async (entries, signal) => {
      const failure = await transport.send(formatSyslogFrames(entries, format), signal);
      return failure === undefined ? { status: 'delivered' } : { status: 'retry', reason: failure };
    },
    close: async () => {
      transport.close();
    },
  };
}
