/** The values in a file of JSON, JSON lines or YAML. */
import { parseStrictJson } from '../../base/strict-json.ts';
import { parseYaml } from '../../base/parse-yaml.ts';

/**
 * Deeper than every review that may be allowed: the request path has its own, smaller limit and its own
 * message.
 */
const DEPTH_MAX = 2000;
/** Manifests use anchors to avoid repetition; more than this is an attack on the parser. */
const ALIASES_MAX = 10_000;

export interface InputDocument {
  readonly value: unknown;
  /** The position in the file: `line 3`, `document 2`; empty for the whole file. */
  readonly place: string;
  /** The original bytes, if the document is JSON: these are evaluated, not the parsed value. */
  readonly bytes?: Uint8Array;
}

export interface InputFault {
  readonly place: string;
  readonly reason: string;
}

export interface ParsedDocuments {
  readonly documents: readonly InputDocument[];
  readonly faults: readonly InputFault[];
}

/** Detects the format: JSON, else one JSON text per line, else YAML. */
export function parseDocuments(bytes: Uint8Array): ParsedDocuments {
  const whole = parseJson(bytes, '');
  if (whole.status === 'parsed') return { documents: [whole.document], faults: [] };
  if (whole.status === 'refused') return { documents: [], faults: [whole.fault] };
  return looksLikeJsonLines(bytes) ? parseJsonLines(bytes) : parseYamlDocuments(bytes);
}

type ParsedJson =
  | { readonly status: 'parsed'; readonly document: InputDocument }
  | { readonly status: 'refused'; readonly fault: InputFault }
  | { readonly status: 'malformed'; readonly fault: InputFault };

function parseJson(bytes: Uint8Array, place: string): ParsedJson {
  const json = parseStrictJson(bytes, { depthMax: DEPTH_MAX });
  if (json.ok) return { status: 'parsed', document: { value: json.value, place, bytes } };
  const fault = { place, reason: json.message };
  if (json.code === 'malformed') return { status: 'malformed', fault };
  // A review that the strict parser refuses is not an error of the file: it shows what the webhook would
  // answer.
  const lenient = isAmbiguous(json.code) ? parseLeniently(bytes) : undefined;
  return isReview(lenient)
    ? { status: 'parsed', document: { value: lenient, place, bytes } }
    : { status: 'refused', fault };
}

function isAmbiguous(code: string): boolean {
  return code === 'duplicate_key' || code === 'nested_too_deep' || code === 'number_out_of_range';
}

function parseLeniently(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

function isReview(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kind' in value &&
    value.kind === 'AdmissionReview'
  );
}

const NEWLINE = 0x0a;

/** The first line alone is JSON, and others follow. */
function looksLikeJsonLines(bytes: Uint8Array): boolean {
  const [first, ...others] = splitLines(bytes);
  if (first === undefined || others.length === 0) return false;
  const json = parseJson(first.bytes, '');
  return json.status !== 'malformed' && first.bytes[0] === 0x7b;
}

function parseJsonLines(bytes: Uint8Array): ParsedDocuments {
  const documents: InputDocument[] = [];
  const faults: InputFault[] = [];
  for (const line of splitLines(bytes)) {
    const json = parseJson(line.bytes, `line ${line.number}`);
    if (json.status === 'parsed') documents.push(json.document);
    else faults.push(json.fault);
  }
  return { documents, faults };
}

interface Line {
  readonly number: number;
  readonly bytes: Uint8Array;
}

/** Lines that are not blank. */
function splitLines(bytes: Uint8Array): readonly Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (let number = 1; start < bytes.length; number += 1) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline === -1 ? bytes.length : newline;
    const line = bytes.subarray(start, end);
    if (line.some((byte) => byte > 0x20)) lines.push({ number, bytes: line });
    start = end + 1;
  }
  return lines;
}

function parseYamlDocuments(bytes: Uint8Array): ParsedDocuments {
  const text = new TextDecoder().decode(bytes);
  const yaml = parseYaml(text, { dialect: 'kubernetes', aliasesMax: ALIASES_MAX });
  if (!yaml.ok) {
    const faults = yaml.faults.map(({ line, column, message }) => ({
      place: `line ${line}, column ${column}`,
      reason: message,
    }));
    return { documents: [], faults };
  }
  const several = yaml.documents.length > 1;
  const documents = yaml.documents
    .map(({ value }, index) => ({ value, place: several ? `document ${index + 1}` : '' }))
    // A document between two `---` may be empty.
    .filter(({ value }) => value !== null && value !== undefined);
  return { documents, faults: [] };
}
