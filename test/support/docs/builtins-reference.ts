/** The page of built-in functions: what policies may call, and what not, each with its reason. */
import { NATIVE_BUILTINS } from '../../../src/authoring/compiler-capabilities.ts';
import { FAMILY_NAMES } from '../../../src/policy/wasm/builtins/builtin-names.ts';
import { REFUSED_BUILTINS } from '../../../src/policy/wasm/builtins/refused-builtins.ts';
import { formatCode, formatTable } from './markdown.ts';

/** `plus` and `equal` are how OPA calls operators, `internal.…` what its compiler writes. */
function isCalledByName(name: string): boolean {
  return !name.startsWith('internal.');
}

/** Without its title. */
export function formatBuiltinsPage(): string {
  const families = [...FAMILY_NAMES].map(([family, names]) => [
    family,
    names.map(formatCode).join(', '),
  ]);
  const refused = [...REFUSED_BUILTINS].map(([name, reason]) => [formatCode(name), reason]);
  return [
    "What a policy may call. Each does what it does in OPA, which `npm test` holds to OPA's own suite of cases. What differs from OPA:",
    [
      '* The failure of a function of the host ends the evaluation, as with `opa eval --strict-builtin-errors`, and the policies meet their failure mode. In OPA the call is undefined by default, and so it is in templates of Gatekeeper. What OPA compiles into the module is undefined, as there.',
      '* [Limits](limits.md) (`engine.builtin…`) end the evaluation too.',
      "* `time.now_ns` is the time of the request. The zone `Local` is UTC. Abbreviations of zones are those of Node's locale data.",
      '* `json.match_schema` and `json.verify_schema` fetch nothing: what a `$ref` leads to is within the same document.',
      '* `io.jwt.encode_sign` signs with HS, RS and EdDSA, which give the same token each time; a key in a policy is read by whoever reads the policy.',
      '* Errors of `graphql.parse` about a schema tell no place. `crypto.x509.parse_and_verify_certificates` judges at the time of the request, and no policies of certificates.',
      '* Bytes that are no UTF-8 become U+FFFD: a policy cannot hold them in a text.',
    ].join('\n'),
    '## Functions of the host',
    'A process loads a family when one of its policies calls one of its functions.',
    formatTable(['family', 'functions'], families),
    '## Functions that OPA compiles into the module',
    `${NATIVE_BUILTINS.filter(isCalledByName).map(formatCode).join(', ')}.`,
    '## What no policy may call',
    'A build names file and line. A bundle that was built elsewhere and needs one is refused with `policy_builtin_unknown`.',
    formatTable(['function', 'why, and what to do instead'], refused),
  ].join('\n\n');
}
