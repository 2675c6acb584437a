/** Builds the input document of one call, as JSON bytes. */

import { type JsonPruning, pruneInPlace } from './prune-json.ts';

type Parameters = Readonly<Record<string, unknown>>;

export interface InputParts {
  /** The AdmissionRequest's own JSON text: its bytes are copied, never parsed and formatted again. */
  readonly requestJson: Uint8Array;
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
export function formatInput({ requestJson, pruning, facts, parameters }: InputParts): Uint8Array {
  const entries = parameters.map(([policy, own]) => `${JSON.stringify(policy)}:${textOf(own)}`);
  const end = encoder.encode(
    `,"facts":${JSON.stringify(facts)},"parameters":{${entries.join(',')}}}`,
  );
  const input = new Uint8Array(BEGIN.byteLength + requestJson.byteLength + end.byteLength);
  input.set(BEGIN);
  input.set(requestJson, BEGIN.byteLength);
  let requestEnd = BEGIN.byteLength + requestJson.byteLength;
  if (pruning !== undefined) {
    requestEnd = pruneInPlace(input.subarray(0, requestEnd), BEGIN.byteLength, pruning);
  }
  // Facts and parameters come last: of two equal keys the last one wins, so a request cannot inject its own.
  input.set(end, requestEnd);
  return input.subarray(0, requestEnd + end.byteLength);
}

function textOf(parameters: Parameters): string {
  const known = parameterTexts.get(parameters);
  if (known !== undefined) return known;
  const text = JSON.stringify(parameters);
  parameterTexts.set(parameters, text);
  return text;
}
