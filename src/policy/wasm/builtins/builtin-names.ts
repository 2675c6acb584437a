/** The names of the built-in functions that the host gives to policies, by family. */

const FAMILIES = {
  aws: 'providers.aws.sign_req',
  cast: 'cast_array cast_boolean cast_null cast_object cast_set cast_string',
  cidr: 'net.cidr_contains_matches net.cidr_expand net.cidr_is_valid net.cidr_merge',
  crypto:
    'crypto.parse_private_keys crypto.x509.parse_and_verify_certificates crypto.x509.parse_and_verify_certificates_with_options crypto.x509.parse_certificate_request crypto.x509.parse_certificates crypto.x509.parse_keypair crypto.x509.parse_rsa_private_key',
  encoding:
    'base64url.encode_no_pad hex.decode hex.encode urlquery.decode urlquery.decode_object urlquery.encode urlquery.encode_object',
  graph: 'graph.reachable_paths',
  graphql:
    'graphql.is_valid graphql.parse graphql.parse_and_verify graphql.parse_query graphql.parse_schema graphql.schema_is_valid',
  hash: 'crypto.hmac.equal crypto.hmac.md5 crypto.hmac.sha1 crypto.hmac.sha256 crypto.hmac.sha512 crypto.md5 crypto.sha1 crypto.sha256',
  json: 'json.marshal_with_options json.patch',
  jwt: 'io.jwt.decode io.jwt.decode_verify io.jwt.encode_sign io.jwt.encode_sign_raw io.jwt.verify_eddsa io.jwt.verify_es256 io.jwt.verify_es384 io.jwt.verify_es512 io.jwt.verify_hs256 io.jwt.verify_hs384 io.jwt.verify_hs512 io.jwt.verify_ps256 io.jwt.verify_ps384 io.jwt.verify_ps512 io.jwt.verify_rs256 io.jwt.verify_rs384 io.jwt.verify_rs512',
  number: 'numbers.range_step',
  object: 'object.subset',
  regex:
    'glob.quote_meta regex.find_n regex.globs_match regex.replace regex.split regex.template_match',
  schema: 'json.match_schema json.verify_schema',
  semver: 'semver.compare semver.is_valid',
  string:
    'indexof_n sprintf strings.any_prefix_match strings.any_suffix_match strings.count strings.split_n',
  template: 'strings.render_template',
  time: 'time.add_date time.clock time.date time.diff time.format time.now_ns time.parse_duration_ns time.parse_ns time.parse_rfc3339_ns time.weekday',
  unit: 'units.parse units.parse_bytes',
  uri: 'uri.is_valid uri.parse',
  uuid: 'uuid.parse',
  yaml: 'yaml.is_valid yaml.marshal yaml.unmarshal',
} as const;

export type BuiltinFamilyName = keyof typeof FAMILIES;

/** The functions of each family, by their Rego name. */
export const FAMILY_NAMES: ReadonlyMap<BuiltinFamilyName, readonly string[]> = new Map([
  ['aws', FAMILIES.aws.split(' ')],
  ['cast', FAMILIES.cast.split(' ')],
  ['cidr', FAMILIES.cidr.split(' ')],
  ['crypto', FAMILIES.crypto.split(' ')],
  ['encoding', FAMILIES.encoding.split(' ')],
  ['graph', FAMILIES.graph.split(' ')],
  ['graphql', FAMILIES.graphql.split(' ')],
  ['hash', FAMILIES.hash.split(' ')],
  ['json', FAMILIES.json.split(' ')],
  ['jwt', FAMILIES.jwt.split(' ')],
  ['number', FAMILIES.number.split(' ')],
  ['object', FAMILIES.object.split(' ')],
  ['regex', FAMILIES.regex.split(' ')],
  ['schema', FAMILIES.schema.split(' ')],
  ['semver', FAMILIES.semver.split(' ')],
  ['string', FAMILIES.string.split(' ')],
  ['template', FAMILIES.template.split(' ')],
  ['time', FAMILIES.time.split(' ')],
  ['unit', FAMILIES.unit.split(' ')],
  ['uri', FAMILIES.uri.split(' ')],
  ['uuid', FAMILIES.uuid.split(' ')],
  ['yaml', FAMILIES.yaml.split(' ')],
]);

/** Every built-in of the host by its Rego name. */
export const HOST_BUILTIN_NAMES: ReadonlySet<string> = new Set([...FAMILY_NAMES.values()].flat());
