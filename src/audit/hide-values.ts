/**
 * Hides values that must not leave the process: of Secrets, and at configured paths. Each is replaced by a keyed
 * hash: equal values stay equal, and without the key a value cannot be guessed from its hash.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { canonicalJson } from '../base/canonical-json.ts';
import { isRecord } from '../base/is-record.ts';

export interface ValueHider {
  /** Whether a value at these segments is hidden, or contains a hidden value. */
  readonly isHidden: (segments: readonly (string | number)[], value: unknown) => boolean;
  /** A copy of an object in which every hidden value is replaced. */
  readonly hideIn: (object: unknown) => unknown;
  /** Replaces a value: the first 128 bits of HMAC-SHA256 over its canonical JSON. */
  readonly hide: (value: unknown) => string;
}

export interface HideOptions {
  /** As in the configuration (`audit.hide.paths`). */
  readonly paths: readonly string[];
  readonly key: Uint8Array;
}

/** 128 bits in hexadecimal, which makes collisions negligible. */
const HASH_CHARS = 32;
const ANY = '*';

/** A key for the lifetime of the process; hashes of different processes cannot be compared. */
export function drawHideKey(): Uint8Array {
  return randomBytes(32);
}

/** Builds the hider. */
export function createValueHider({ paths, key }: HideOptions): ValueHider {
  const hidden = paths.map(parseHiddenPath);
  const hide = (value: unknown): string => {
    const hash = createHmac('sha256', key)
      .update(canonicalJson(value ?? null))
      .digest('hex');
    return `(hidden ${hash.slice(0, HASH_CHARS)})`;
  };
  return {
    isHidden: (segments, value) =>
      hidden.some((path) => matches(path, segments, isContainer(value))) ||
      (hidden.length > 0 && isLastApplied(segments)),
    hideIn: (object) =>
      hidden.length === 0
        ? object
        : [...hidden, LAST_APPLIED].reduce((copy, path) => hideAt(copy, path, hide), object),
    hide,
  };
}

const LAST_APPLIED_KEY = 'kubectl.kubernetes.io/last-applied-configuration';
const LAST_APPLIED = ['metadata', 'annotations', LAST_APPLIED_KEY];

/** Each leaf by itself: what is an object or a list stays one. */
function hideAt(value: unknown, path: HiddenPath, hide: (leaf: unknown) => string): unknown {
  const [part, ...below] = path;
  if (part === undefined && !isContainer(value)) return hide(value);
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) =>
      part === undefined || isItem(item, index, part) ? hideAt(item, below, hide) : item,
    );
  }
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      part === undefined || part === ANY || part === key ? hideAt(member, below, hide) : member,
    ]),
  );
}

/** By its index or any of its members: a change names an item by one of them, and hiding too much leaks nothing. */
function isItem(item: unknown, index: number, part: string): boolean {
  const names = isRecord(item) ? Object.values(item) : [item];
  return [ANY, String(index)].includes(part) || names.some((name) => isNamed(name, part));
}

function isNamed(name: unknown, part: string): boolean {
  return part === String(name) || part.startsWith(`${String(name)}/`);
}

/** At the path, below it, or above it if the value contains the path. */
function matches(
  path: HiddenPath,
  segments: readonly (string | number)[],
  isAbove: boolean,
): boolean {
  if (segments.length < path.length && !isAbove) return false;
  const length = Math.min(path.length, segments.length);
  return path
    .slice(0, length)
    .every((part, index) => part === ANY || part === String(segments[index]));
}

// kubectl keeps the whole object in this annotation, hidden values included.
function isLastApplied(segments: readonly (string | number)[]): boolean {
  return (
    segments[0] === 'metadata' &&
    segments[1] === 'annotations' &&
    (segments.length === 2 || segments[2] === LAST_APPLIED_KEY)
  );
}

function isContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

export type HiddenPath = readonly string[];

const SEGMENT = /\["[^"\\]+"\]|\[[\w.:/*-]+\]|[\w$*-]+/gu;
const BRACKETS = /^\["?|"?\]$/gu;

/** `spec.containers[*].env[*].value` or `metadata.annotations["a.b/c"]`; the form is checked by the configuration's schema. */
export function parseHiddenPath(text: string): HiddenPath {
  return [...text.matchAll(SEGMENT)].map(([segment]) => segment.replaceAll(BRACKETS, ''));
}
