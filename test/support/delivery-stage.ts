/** One sink with a scripted target, a journal in memory and simulated time: the stage on which delivery is tested. */
import type { Sink, SinkOutcome } from '../../src/delivery/sink.ts';
import type { JournalEntry } from '../../src/audit/journal.ts';
import { createDeliveryMeter } from '../../src/delivery/delivery-meter.ts';
import type { DeliveryOptions } from '../../src/delivery/delivery-loop.ts';
import type { DeliverySettings } from '../../src/delivery/settings.ts';
import { MemoryJournal } from './memory-journal.ts';
import { recordTelemetry } from './recording-telemetry.ts';
import { SimulatedTime } from './simulated-time.ts';

export const STAGE_SETTINGS: DeliverySettings = {
  name: 'siem',
  startAt: 'oldest',
  filter: { dryRun: true },
  batch: { entriesMax: 10, bytesMax: 1_000_000, delayMs: 0 },
  delivery: {
    timeoutMs: 1000,
    backoffMs: 100,
    backoffMaxMs: 1000,
    retryAfterMaxMs: 60_000,
    breakerFailures: 3,
    breakerOpenMs: 5000,
    deadLettersMax: 3,
    closeMs: 0,
  },
};

/** Answers a send; the default accepts everything. */
export type Script = (
  entries: readonly JournalEntry[],
  signal: AbortSignal,
) => SinkOutcome | Promise<SinkOutcome>;

export interface ScriptedSink extends Sink {
  /** The numbers of the entries of each send, in order. */
  readonly sends: number[][];
  /** Every entry that was accepted, in order, as often as it was. */
  readonly accepted: JournalEntry[];
  script: Script;
  closed: boolean;
}

/** A sink whose target does what the test says. */
export function makeScriptedSink(name: string): ScriptedSink {
  const sink: ScriptedSink = {
    name,
    sends: [],
    accepted: [],
    closed: false,
    script: () => ({ status: 'delivered' }),
    send: async (entries, signal) => {
      sink.sends.push(entries.map(({ sequence }) => sequence));
      const outcome = await sink.script(entries, signal);
      if (outcome.status === 'delivered') sink.accepted.push(...entries);
      if (outcome.status === 'refused') {
        sink.accepted.push(
          ...entries.filter((entry) => !outcome.sequences.includes(entry.sequence)),
        );
      }
      return outcome;
    },
    close: async () => {
      sink.closed = true;
    },
  };
  return sink;
}

export interface DeliveryStage {
  readonly journal: MemoryJournal;
  readonly time: SimulatedTime;
  readonly sink: ScriptedSink;
  readonly telemetry: ReturnType<typeof recordTelemetry>;
  readonly options: DeliveryOptions;
}

/** Everything that a delivery needs; parts of the settings can be other ones. */
export function makeDeliveryStage(
  settings: Partial<DeliverySettings> = {},
  journal = new MemoryJournal(),
): DeliveryStage {
  const time = new SimulatedTime();
  const telemetry = recordTelemetry();
  const merged = { ...STAGE_SETTINGS, ...settings };
  const sink = makeScriptedSink(merged.name);
  const options: DeliveryOptions = {
    settings: merged,
    sink,
    journal,
    state: journal.state,
    cluster: 'prod-eu-1',
    replica: 'holdfast-0',
    prepareMask: async () => ({ ok: true, mask: (record) => record }),
    meter: createDeliveryMeter(telemetry.metrics, merged.name),
    processor: { enter: async () => undefined },
    logger: telemetry.logger,
    clock: time.clock,
    wait: time.wait,
    random: () => 1,
  };
  return { journal, time, sink, telemetry, options };
}
