/** The built-in functions of OPA that no policy may call, each with its reason and what to do instead. */

const NOT_REPEATABLE =
  'a decision must come out the same when it is judged again. Decide by what is in the request';
const SIGNING =
  'whoever reads the policies would have its private key, and policies send nothing. Leave it out';
const NETWORK =
  'a policy must not depend on what a server answers, or wait for it. Read what you need from input.facts or input.parameters';

const NOT_THERE =
  'the host does not have it. Decide by other functions, or by a fact of input.facts';

const MISSING = `
  crypto.parse_private_keys crypto.x509.parse_and_verify_certificates crypto.x509.parse_and_verify_certificates_with_options
  crypto.x509.parse_certificate_request crypto.x509.parse_certificates crypto.x509.parse_keypair
  crypto.x509.parse_rsa_private_key graphql.is_valid graphql.parse graphql.parse_and_verify graphql.parse_query
  graphql.parse_schema graphql.schema_is_valid json.match_schema json.verify_schema strings.render_template`
  .trim()
  .split(/\s+/);

/** By their Rego name. The texts follow the words "is refused:". */
export const REFUSED_BUILTINS: ReadonlyMap<string, string> = new Map([
  ...MISSING.map((name) => [name, NOT_THERE] as const),
  ['http.send', NETWORK],
  ['net.lookup_ip_addr', NETWORK],
  ['io.jwt.encode_sign', SIGNING],
  ['io.jwt.encode_sign_raw', SIGNING],
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
  [
    'providers.aws.sign_req',
    'it signs requests with credentials, and policies send none. Leave it out',
  ],
]);
