/** The built-in functions of OPA that no policy may call, each with its reason and what to do instead. */

const NOT_REPEATABLE =
  'a decision must come out the same when it is judged again. Decide by what is in the request';
const NETWORK =
  'a policy must not depend on what a server answers, or wait for it. Read what you need from input.facts or input.parameters';

/** By their Rego name. The texts follow the words "is refused:". */
export const REFUSED_BUILTINS: ReadonlyMap<string, string> = new Map([
  ['http.send', NETWORK],
  ['net.lookup_ip_addr', NETWORK],
  [
    'opa.runtime',
    'it tells the settings and the environment of the process, secrets too. Read what you need from input.parameters',
  ],
  ['rand.intn', NOT_REPEATABLE],
  ['uuid.rfc4122', `its results are random, and ${NOT_REPEATABLE}`],
  [
    'trace',
    'its notes have no reader in a server. Leave it out, and use the trace of "opa eval --explain full"',
  ],
  ['rego.parse_module', 'nothing but OPA parses Rego. Parse modules before you build the bundle'],
]);
