/** The dead letters of a journal's folder, for the command line: also while the webhook runs. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { listLetters, removeLetter } from '../delivery/dead-letters.ts';
import type { DeadLetter } from '../delivery/parse-dead-letter.ts';
import { prepareMask } from '../delivery/prepare-mask.ts';
import { replayLetters, type ReplayedLetter } from '../delivery/replay-letters.ts';
import type { StateStore } from '../audit/journal.ts';
import { STATE_FILE } from '../audit/journal/segment-files.ts';
import { StateDatabase } from '../audit/journal/state-database.ts';
import { systemClock } from '../base/clock.ts';
import { systemWait } from '../base/wait.ts';
import type { Configuration } from '../config/schema.ts';
import { HoldfastError } from '../errors.ts';
import { describeProcess } from './bind-sinks.ts';
import { constructSink } from './construct-sink.ts';
import { createTelemetry } from './telemetry.ts';

export interface DeadLetterStore {
  readonly list: (sink: string) => Promise<readonly DeadLetter[]>;
  /** Deletes them without sending; the journal keeps the records until retention. */
  readonly discard: (letters: readonly DeadLetter[]) => Promise<void>;
  /** Sends them again. Throws a `HoldfastError` if no such sink is configured. */
  readonly replay: (sink: string, signal: AbortSignal) => AsyncGenerator<ReplayedLetter>;
  readonly close: () => void;
}

/** Opens the state of the configured journal; throws a `HoldfastError` if there is none, or where a damaged one was set aside. */
export function openDeadLetterStore(
  configuration: Configuration,
  environment: Readonly<Record<string, string | undefined>>,
): DeadLetterStore {
  const folder = configuration.audit.journal?.folder;
  if (folder === undefined) {
    throw new HoldfastError('journal_folder_missing', 'The configuration has no audit.journal');
  }
  if (!existsSync(join(folder, STATE_FILE))) {
    throw new HoldfastError('journal_folder_missing', `There is no journal in "${folder}"`);
  }
  const { state: database, damages } = StateDatabase.open(folder, systemClock.wallMs());
  const [damage] = damages;
  if (damage !== undefined) {
    database.close();
    throw new HoldfastError(
      'journal_corrupt',
      `The state of the journal in "${folder}" was damaged (${damage.reason}), and is set aside as ${damage.file}. ` +
        'The dead letters are in that file; the records are in the journal until retention: export them with "holdfast audit export"',
    );
  }
  const state: StateStore = {
    list: (space) => Promise.resolve(database.list(space)),
    write: async (space, changes) => {
      database.write({ space, changes });
    },
  };
  return {
    list: (sink) => listLetters(state, sink),
    discard: async (letters) => {
      for (const letter of letters) await removeLetter(state, letter);
    },
    replay: (sink, signal) => replay(sink, { configuration, environment, state, signal }),
    close: () => {
      database.close();
    },
  };
}

interface ReplayDependencies {
  readonly configuration: Configuration;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly state: StateStore;
  readonly signal: AbortSignal;
}

async function* replay(
  name: string,
  dependencies: ReplayDependencies,
): AsyncGenerator<ReplayedLetter> {
  const { configuration, environment, state, signal } = dependencies;
  const { audit, cluster, kubernetes } = configuration;
  const settings = audit.sinks.find((sink) => sink.name === name);
  if (settings === undefined) {
    const known = audit.sinks.map((sink) => `"${sink.name}"`).join(', ') || 'none';
    throw new HoldfastError('sink_unknown', `There is no sink "${name}"; configured are: ${known}`);
  }
  const { logger } = createTelemetry(configuration);
  const context = {
    ...describeProcess(cluster.name, { clock: systemClock, logger, environment }),
    kubeconfigFile: kubernetes.kubeconfigFile,
  };
  const sink = await constructSink(settings, context);
  try {
    yield* replayLetters({
      sink,
      state,
      prepareMask: () => prepareMask(settings.mask, environment),
      timeoutMs: settings.delivery.timeoutMs,
      wait: systemWait,
      signal,
    });
  } finally {
    await sink.close();
  }
}
