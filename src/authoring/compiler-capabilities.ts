/**
 * Which built-in functions policies may call: those that OPA compiles into WASM itself, and those of our own host.
 * The compiler refuses all others with file and line, at build time.
 */
import { z } from 'zod';

import { REFUSED_BUILTINS } from '../policy/wasm/builtins/refused-builtins.ts';

/** Compiled into the module by OPA (internal/compiler/wasm of OPA 1.22). Another version's list is checked again at load. */
export const NATIVE_BUILTINS: readonly string[] = `
  abs all and any array.concat array.flatten array.reverse array.slice base64.decode base64.encode base64.is_valid
  base64url.decode base64url.encode bits.and bits.lsh bits.negate bits.or bits.rsh bits.xor ceil concat contains count div
  endswith equal floor format_int glob.match graph.reachable gt gte indexof internal.member_2 internal.member_3
  internal.template_string intersection is_array is_boolean is_null is_number is_object is_set is_string json.filter
  json.is_valid json.marshal json.remove json.unmarshal lower lt lte max min minus mul neq net.cidr_contains
  net.cidr_intersects net.cidr_overlap numbers.range object.filter object.get object.keys object.remove object.union
  object.union_n or plus product re_match regex.find_all_string_submatch_n regex.is_valid regex.match rem replace round
  set_diff sort split startswith strings.replace_n strings.reverse substring sum to_number trim trim_left trim_prefix
  trim_right trim_space trim_suffix type_name union upper walk`
  .trim()
  .split(/\s+/);

/** Removed by the compiler before anything is called. */
const COMPILED_OUT: readonly string[] = [
  'assign',
  'eq',
  'print',
  'internal.print',
  'rego.metadata.chain',
  'rego.metadata.rule',
];

/** Adds to what the compiler says of a function why no policy may call it. */
export function explainRefusals(message: string): string {
  return message.replace(/undefined function ([\w.]+)/g, (text, name: string) => {
    const reason = REFUSED_BUILTINS.get(name);
    return reason === undefined ? text : `${text}: ${reason}`;
  });
}

const capabilitiesSchema = z.looseObject({
  builtins: z.array(z.looseObject({ name: z.string() })),
});

/** OPA's own capabilities (`opa capabilities --current`) without those that our host lacks. */
export function restrictCapabilities(
  current: unknown,
  hostBuiltins: readonly string[],
): Readonly<Record<string, unknown>> {
  const capabilities = capabilitiesSchema.parse(current);
  const allowed = new Set([...NATIVE_BUILTINS, ...COMPILED_OUT, ...hostBuiltins]);
  return {
    ...capabilities,
    builtins: capabilities.builtins.filter(({ name }) => allowed.has(name)),
    // Policies must not use the network, not even at compile time.
    allow_net: [],
    wasm_abi_versions: [
      { version: 1, minor_version: 1 },
      { version: 1, minor_version: 2 },
    ],
  };
}
