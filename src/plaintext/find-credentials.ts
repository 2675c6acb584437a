/**
 * Looks through the texts of an object for credentials in plain text. Their places and kinds are told, values never.
 *
 * An entry `{name, value}`, as in `env` of a container and `parameters` of a chart, is judged by its name; any other text by its key.
 * What the API server or a controller keeps is left out: metadata and status.
 */
import { isRecord } from '../base/is-record.ts';
import { classifyNamedValue, classifyText } from './classify-text.ts';
import type { CredentialKind } from './credential-formats.ts';
import { PLAINTEXT_LIMITS } from './settings.ts';

/** A credential that stands in an object. */
export interface FoundCredential {
  /** `data.config.yaml`, `spec.template.spec.containers[0].env[2].value`; a key that is a credential itself is `…`. */
  readonly path: string;
  readonly kind: CredentialKind;
}

export interface CredentialSearch {
  readonly credentials: readonly FoundCredential[];
  /** There may be more: the object is longer than is looked through, or has more of them than are named. */
  readonly isTruncated: boolean;
}

const CHARS_MAX = PLAINTEXT_LIMITS['plaintext.textCharsMax'].default;
const CREDENTIALS_MAX = PLAINTEXT_LIMITS['plaintext.credentialsMax'].default;
const PATH_CHARS_MAX = PLAINTEXT_LIMITS['plaintext.pathCharsMax'].default;
const KEPT_BY_CLUSTER: ReadonlySet<string> = new Set(['metadata', 'status']);

/**
 * Of a text that the stored object has, too, nothing is told: it must stay editable, and was told when it came. Never throws.
 *
 * @param stored the object before an update
 */
export function findCredentials(object: unknown, stored?: unknown): CredentialSearch {
  const texts = listTexts(object);
  const found = texts.list.flatMap((text) =>
    classify(text).map((kind) => ({ text, path: formatPath(text.keys), kind })),
  );
  if (found.length === 0) return { credentials: [], isTruncated: texts.isTruncated };
  const before = new Set(listTexts(stored).list.map(({ value }) => value));
  const fresh = found.filter(({ text }) => !before.has(text.value));
  return {
    credentials: fresh.slice(0, CREDENTIALS_MAX).map(({ path, kind }) => ({ path, kind })),
    isTruncated: texts.isTruncated || fresh.length > CREDENTIALS_MAX,
  };
}

/** A text of an object. */
interface PlacedText {
  readonly keys: readonly (string | number)[];
  /** What it is called: its key, or the `name` beside a `value`. */
  readonly name: string;
  readonly value: string;
}

function classify({ name, value }: PlacedText): readonly CredentialKind[] {
  return [...new Set([...classifyText(value), ...classifyNamedValue(name, value)])];
}

function listTexts(object: unknown): { list: readonly PlacedText[]; isTruncated: boolean } {
  const list: PlacedText[] = [];
  let charsLeft = CHARS_MAX;
  const visit = (value: unknown, keys: readonly (string | number)[], name: string): void => {
    if (charsLeft < 0) return;
    if (typeof value === 'string') {
      charsLeft -= value.length;
      list.push({ keys, name, value: charsLeft < 0 ? value.slice(0, charsLeft) : value });
    } else if (Array.isArray(value)) {
      value.forEach((item: unknown, index) => {
        visit(item, [...keys, index], name);
      });
    } else if (isRecord(value)) {
      for (const [key, item] of Object.entries(value)) {
        if (keys.length === 0 && KEPT_BY_CLUSTER.has(key)) continue;
        const beside = value['name'];
        const isNamed = key === 'value' && typeof beside === 'string';
        visit(item, [...keys, key], isNamed ? beside : key);
      }
    }
  };
  visit(object, [], '');
  return { list, isTruncated: charsLeft < 0 };
}

function formatPath(keys: readonly (string | number)[]): string {
  const path = keys.reduce<string>((above, key) => {
    if (typeof key === 'number') return `${above}[${String(key)}]`;
    const shown = classifyText(key).length > 0 ? '…' : key;
    return above === '' ? shown : `${above}.${shown}`;
  }, '');
  return path.length > PATH_CHARS_MAX ? `${path.slice(0, PATH_CHARS_MAX)}…` : path;
}
