/** Binds the journal: where decisions are recorded, and how values are hidden before. */
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DecisionRecorder } from '../admission/ports.ts';
import type { AdmissionRuntime } from '../admission/runtime.ts';
import { createValueHider, drawHideKey, type ValueHider } from '../audit/hide-values.ts';
import type { Journal } from '../audit/journal.ts';
import { openJournal } from '../audit/journal/open-journal.ts';
import { RefusalFolder } from '../audit/folding/refusal-folder.ts';
import { createJournalRecorder } from '../audit/journal-recorder.ts';
import { createLogRecorder } from '../audit/log-recorder.ts';
import type { Clock } from '../base/clock.ts';
import { errorText } from '../base/error-details.ts';
import { LIMITS } from '../config/limits.ts';
import type { Configuration } from '../config/schema.ts';
import { HoldfastError } from '../errors.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createInputRecorder } from './record-input.ts';

export interface RecordingDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The name of this replica: the pod's name, else the host's. */
  readonly replica: string;
}

export interface BoundJournal {
  /** Absent if records are log lines. */
  readonly journal?: Journal;
  readonly recorder: DecisionRecorder;
  readonly hider: ValueHider;
  /** Absent where records do not keep what the policies were given. */
  readonly recordInput?: AdmissionRuntime['recordInput'];
  /** Appends the summaries of open folds; nothing may be recorded afterwards. */
  readonly endFolds: () => Promise<void>;
}

const OWN = 0o600;
/** As many as the hash has (RFC 2104 section 3): shorter keys are weaker. */
const KEY_BYTES_MIN = 32;

/** Opens the journal; throws a `HoldfastError` if it or a key cannot be used, and leaves nothing running. */
export async function bindJournal(
  { audit, cluster }: Pick<Configuration, 'audit' | 'cluster'>,
  dependencies: RecordingDependencies,
): Promise<BoundJournal> {
  const { paths, keyFile } = audit.hide;
  if (audit.journal === undefined) {
    const key = keyFile === undefined ? drawHideKey() : readKey(keyFile);
    const hider = createValueHider({ paths, key });
    return { recorder: createLogRecorder(dependencies), hider, endFolds: () => Promise.resolve() };
  }
  const { durability, folding, input, ...settings } = audit.journal;
  const { replica } = dependencies;
  const journal = await openJournal({ ...settings, cluster: cluster.name, replica }, dependencies);
  try {
    // In the journal's folder, so that hashes can be compared as long as the records exist.
    const key = readKey(keyFile ?? makeKey(settings.folder));
    const hider = createValueHider({ paths, key });
    const folder = new RefusalFolder(folding, { journal, ...dependencies });
    await folder.start();
    const { keep, close: endFolds } = folder;
    const recorder = createJournalRecorder({ keep, journal, durability, ...dependencies });
    const { hideIn } = hider;
    const bytesMax = settings.inputBytesMax;
    const recordInput = input ? createInputRecorder({ hideIn, bytesMax }) : undefined;
    return { journal, recorder, hider, recordInput, endFolds };
  } catch (error) {
    await journal.close();
    throw error;
  }
}

/** The same hider in another thread, once the journal is open: its hashes can be compared with those of the records. */
export function bindHider({
  hide: { paths, keyFile },
  journal,
}: Pick<Configuration['audit'], 'hide' | 'journal'>): ValueHider {
  const file = keyFile ?? (journal && makeKey(journal.folder));
  return createValueHider({ paths, key: file === undefined ? drawHideKey() : readKey(file) });
}

/**
 * The file of the folder's own key; the journal's lock prevents a second process from creating another. It has all of the
 * key or does not exist: a full disk must not leave a part that no start can use.
 */
function makeKey(folder: string): string {
  const file = join(folder, 'hide-key');
  // A disk that lost the content in a power failure must not keep us from starting for ever.
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0) return file;
  const begun = `${file}.new`;
  const text = Buffer.from(drawHideKey()).toString('base64');
  writeFileSync(begun, text, { mode: OWN, flush: true });
  renameSync(begun, file);
  return file;
}

function readKey(file: string): Uint8Array {
  const bytes = readFile(file);
  const bytesMax = LIMITS['secret.bytesMax'].default;
  if (bytes.length >= KEY_BYTES_MIN && bytes.length <= bytesMax) return bytes;
  throw new HoldfastError(
    'journal_key_unusable',
    `The key file "${file}" must hold ${KEY_BYTES_MIN} to ${bytesMax} bytes, found ${bytes.length}`,
  );
}

function readFile(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    const reason = errorText(cause);
    const message = `The key file "${file}" cannot be read: ${reason}`;
    throw new HoldfastError('journal_key_unusable', message, { cause });
  }
}
