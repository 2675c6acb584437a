/** Builds the input document of one call, as JSON bytes. */
import { Buffer } from 'node:buffer';

import {
  type JsonPruning,
  type KeptRanges,
  pruneRequest,
  type RequestOutline,
} from './prune-json.ts';

export interface InputParts {
  /** The AdmissionRequest's own JSON text: its bytes are copied, never parsed and formatted again. */
  readonly requestJson: Uint8Array;
  /** Without it, the whole request is copied. */
  readonly requestOutline?: RequestOutline | undefined;
  /** What of the request is copied. @default everything */
  readonly pruning?: JsonPruning | undefined;
  readonly facts: unknown;
  /** Of `formatParameters`. */
  readonly parametersJson: Uint8Array;
}

const encoder = new TextEncoder();
const BEGIN = encoder.encode('{"request":');
const PARAMETERS = encoder.encode(',"parameters":');
const END = encoder.encode('}');

/** `{<policy>: …}` in UTF-8: a policy is judged if it has an entry. */
export function formatParameters(
  parameters: readonly (readonly [policy: string, parameters: unknown])[],
): Uint8Array {
  const entries = parameters.map(([name, own]) => `${JSON.stringify(name)}:${JSON.stringify(own)}`);
  return encoder.encode(`{${entries.join(',')}}`);
}

/** `{"request": …, "facts": …, "parameters": {<policy>: …}}` in UTF-8. */
export function formatInput(parts: InputParts): Uint8Array {
  const { requestJson, facts, parametersJson } = parts;
  const factsText = `,"facts":${JSON.stringify(facts)}`;
  const kept = keptOf(parts);
  const fixedBytes = BEGIN.byteLength + PARAMETERS.byteLength + END.byteLength;
  const factsBytes = Buffer.byteLength(factsText);
  const input = Buffer.allocUnsafe(
    fixedBytes + lengthOf(kept) + factsBytes + parametersJson.byteLength,
  );
  input.set(BEGIN);
  let to = BEGIN.byteLength;
  for (let at = 0; at < kept.length; at += 2) {
    const part = requestJson.subarray(kept[at], kept[at + 1]);
    input.set(part, to);
    to += part.byteLength;
  }
  // Facts and parameters come last: of two equal keys the last one wins, so a request cannot inject its own.
  to += input.write(factsText, to);
  for (const part of [PARAMETERS, parametersJson, END]) {
    input.set(part, to);
    to += part.byteLength;
  }
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
