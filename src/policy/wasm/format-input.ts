/** Builds the input document of one call, as JSON bytes. */

import {
  type JsonPruning,
  type KeptRanges,
  pruneRequest,
  type RequestOutline,
} from './prune-json.ts';

type Parameters = Readonly<Record<string, unknown>>;

export interface InputParts {
  /** The AdmissionRequest's own JSON text: its bytes are copied, never parsed and formatted again. */
  readonly requestJson: Uint8Array;
  /** Without it, the whole request is copied. */
  readonly requestOutline?: RequestOutline | undefined;
  /** What of the request is copied. @default everything */
  readonly pruning?: JsonPruning | undefined;
  readonly facts: unknown;
  /** By policy name: a policy is judged if it has an entry. */
  readonly parameters: readonly (readonly [policy: string, parameters: Parameters])[];
}

/** Parameters change only with the configuration, so their text is cached with them. */
const parameterTexts = new WeakMap<Parameters, string>();
const encoder = new TextEncoder();
const BEGIN = encoder.encode('{"request":');

/** `{"request": …, "facts": …, "parameters": {<policy>: …}}` in UTF-8. */
export function formatInput(parts: InputParts): Uint8Array {
  const { requestJson, facts, parameters } = parts;
  const entries = parameters.map(([policy, own]) => `${JSON.stringify(policy)}:${textOf(own)}`);
  const end = encoder.encode(
    `,"facts":${JSON.stringify(facts)},"parameters":{${entries.join(',')}}}`,
  );
  const kept = keptOf(parts);
  const input = new Uint8Array(BEGIN.byteLength + lengthOf(kept) + end.byteLength);
  input.set(BEGIN);
  let to = BEGIN.byteLength;
  for (let at = 0; at < kept.length; at += 2) {
    const part = requestJson.subarray(kept[at], kept[at + 1]);
    input.set(part, to);
    to += part.byteLength;
  }
  // Facts and parameters come last: of two equal keys the last one wins, so a request cannot inject its own.
  input.set(end, to);
  return input;
}

function keptOf({ requestJson, requestOutline, pruning }: InputParts): KeptRanges {
  if (requestOutline === undefined || pruning === undefined) return [0, requestJson.byteLength];
  return pruneRequest(requestJson, requestOutline, pruning);
}

/** Each range begins at an even index, and ends at the next one. */
function lengthOf(ranges: KeptRanges): number {
  return ranges.reduce((sum, offset, index) => (index % 2 === 0 ? sum - offset : sum + offset), 0);
}

function textOf(parameters: Parameters): string {
  const known = parameterTexts.get(parameters);
  if (known !== undefined) return known;
  const text = JSON.stringify(parameters);
  parameterTexts.set(parameters, text);
  return text;
}
