/**
 * What was read of the Applications whose objects are being written. A sync writes many objects while its Application stays the same:
 * each version of it is parsed once, however many requests, and the watch, bring it.
 *
 * An Application is always read live, and only the parsing is saved: `uid` and `resourceVersion` are those of the API server's own answer,
 * and the same pair is the same content. So no operation that somebody has just changed is read as it was before. Whoever restores etcd
 * without raising its revisions (`--bump-revision`) starts Holdfast again, as everything that watches.
 * Source: kubernetes.io "Kubernetes API Concepts", resource versions.
 */
import { isRecord } from '../base/is-record.ts';
import { readApplication, type ApplicationReading } from './read-application.ts';

/** Applications that are synced at the same time; more are parsed again. */
export const READINGS_MAX = 256;
/** Of one reading as JSON, which Helm values and inline patches make large; a larger one is parsed again each time. */
export const READING_CHARS_MAX = 128 * 1024;

interface KeptReading {
  readonly resourceVersion: string;
  readonly reading: ApplicationReading;
}

/** One for each configuration that judges commits. */
export class ApplicationReadings {
  /** By `uid`; the one that was read longest ago comes first. */
  readonly #kept = new Map<string, KeptReading>();

  get size(): number {
    return this.#kept.size;
  }

  /** Never throws. An object without `uid` or `resourceVersion`, as in a file, is parsed each time. */
  read(object: unknown): ApplicationReading {
    const { uid, resourceVersion } = metadataOf(object);
    if (!isText(uid) || !isText(resourceVersion)) return readApplication(object);
    const kept = this.#kept.get(uid);
    this.#kept.delete(uid);
    if (kept?.resourceVersion === resourceVersion) {
      // A Map keeps the order of insertion.
      this.#kept.set(uid, kept);
      return kept.reading;
    }
    const reading = readApplication(object);
    if (JSON.stringify(reading).length <= READING_CHARS_MAX) {
      this.#keep(uid, { resourceVersion, reading });
    }
    return reading;
  }

  #keep(uid: string, kept: KeptReading): void {
    this.#kept.set(uid, kept);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > READINGS_MAX && oldest !== undefined) this.#kept.delete(oldest);
  }
}

function metadataOf(object: unknown): Readonly<Record<string, unknown>> {
  const metadata = isRecord(object) ? object['metadata'] : undefined;
  return isRecord(metadata) ? metadata : {};
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
