/** Which attributes of a resource differ between two of its states, without what is sensitive. */
import { isRawNumber } from '../../base/format-value.ts';
import { isRecord } from '../../base/is-record.ts';
import { classifyNamedValue, classifyText } from '../../plaintext/classify-text.ts';
import { TERRAFORM_LIMITS } from './settings.ts';

/** One attribute. A value is absent where there is none, and where it is not told. */
export interface ChangedAttribute {
  /** `tags.Name`, `ingress[0].cidr_blocks[1]`; empty for a resource that comes or goes as a whole. */
  readonly path: string;
  /** As JSON. */
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  /** The provider or the configuration calls it sensitive, or it looks like a credential: no value is told. */
  readonly isSensitive: boolean;
  /** Known only once it is applied. */
  readonly isUnknown: boolean;
}

/** As a plan has it: `…Sensitive` and `afterUnknown` are true, or have the shape of the value with true at its leaves. */
export interface ComparedValues {
  readonly before: unknown;
  readonly after: unknown;
  readonly beforeSensitive: unknown;
  readonly afterSensitive: unknown;
  readonly afterUnknown: unknown;
}

export interface ValueDifferences {
  readonly attributes: readonly ChangedAttribute[];
  readonly isTruncated: boolean;
}

const PATHS_MAX = TERRAFORM_LIMITS['drift.terraform.pathsMax'].default;
const DEPTH_MAX = TERRAFORM_LIMITS['drift.terraform.depthMax'].default;
const TEXT_CHARS_MAX = TERRAFORM_LIMITS['drift.terraform.textCharsMax'].default;

/** In the order of the attributes: those before, then those that came. */
export function diffValues(values: ComparedValues): ValueDifferences {
  const attributes: ChangedAttribute[] = [];
  compare({ ...values, path: '', name: '', depth: 0 }, attributes);
  return {
    attributes: attributes.slice(0, PATHS_MAX),
    isTruncated: attributes.length > PATHS_MAX,
  };
}

interface Place extends ComparedValues {
  readonly path: string;
  /** The last key. */
  readonly name: string;
  readonly depth: number;
}

function compare(place: Place, found: ChangedAttribute[]): void {
  // One more than are told says that there are more.
  if (found.length > PATHS_MAX) return;
  const { before, after, afterUnknown, depth } = place;
  const isHidden = place.beforeSensitive === true || place.afterSensitive === true;
  const isLeaf = isHidden || afterUnknown === true || depth === DEPTH_MAX;
  const keys = isLeaf ? undefined : keysOf(before, after, afterUnknown);
  if (keys === undefined) {
    if (afterUnknown === true || !isSame(before, after)) found.push(tell(place, isHidden));
    return;
  }
  for (const key of keys) {
    compare(
      {
        before: memberOf(before, key),
        after: memberOf(after, key),
        beforeSensitive: memberOf(place.beforeSensitive, key),
        afterSensitive: memberOf(place.afterSensitive, key),
        afterUnknown: memberOf(afterUnknown, key),
        path: join(place.path, key),
        name: typeof key === 'number' ? place.name : key,
        depth: depth + 1,
      },
      found,
    );
  }
}

/** Of both, where both are objects, or both are lists; one that is not there yet or any more is told as a whole. */
function keysOf(
  before: unknown,
  after: unknown,
  afterUnknown: unknown,
): readonly (string | number)[] | undefined {
  if (isObject(before) && isObject(after)) {
    const unknown = isRecord(afterUnknown) ? Object.keys(afterUnknown) : [];
    return [...new Set([...Object.keys(before), ...Object.keys(after), ...unknown])];
  }
  if (!Array.isArray(before) || !Array.isArray(after)) return undefined;
  return Array.from({ length: Math.max(before.length, after.length) }, (_, index) => index);
}

/** A number that no float holds is an object of its own to the strict parser. */
function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return isRecord(value) && !isRawNumber(value);
}

function memberOf(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return (value as unknown[])[Number(key)];
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function join(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${String(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

function isSame(before: unknown, after: unknown): boolean {
  return JSON.stringify(before ?? null) === JSON.stringify(after ?? null);
}

function tell(place: Place, isHidden: boolean): ChangedAttribute {
  const { path, before, after } = place;
  const isUnknown = place.afterUnknown === true;
  const isSensitive =
    isHidden || holdsSensitive(place) || [before, after].some(isCredential, place);
  const shown = isSensitive
    ? {}
    : {
        ...(isThere(before) && { before: format(before) }),
        ...(isThere(after) && { after: format(after) }),
      };
  return { path, ...shown, isSensitive, isUnknown };
}

/** Of a value that is told as a whole: something in it is sensitive. */
function holdsSensitive({ beforeSensitive, afterSensitive }: Place): boolean {
  return [beforeSensitive, afterSensitive].some((mask) =>
    JSON.stringify(mask ?? null).includes('true'),
  );
}

function isCredential(this: Place, value: unknown): boolean {
  if (!isThere(value)) return false;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return classifyText(text).length > 0 || classifyNamedValue(this.name, text).length > 0;
}

function isThere(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function format(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > TEXT_CHARS_MAX ? `${text.slice(0, TEXT_CHARS_MAX)}…` : text;
}
