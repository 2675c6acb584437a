/** The cases of OPA's suite that our host does not pass, each with its reason. A row that starts to pass fails. */

const INTEGER_DATA =
  'OPA looks numbers up in data by their text, and its WebAssembly runtime has no such look-up; OPA excepts it from its own tests';
const EXPONENT =
  'json.unmarshal is compiled into the module, which has no limit of exponents; OPA excepts it from its own tests';
const BIG_INTEGER =
  'format_int is compiled into the module, which has no integers beyond 64 bits; OPA excepts it from its own tests';
const YAML_MESSAGE = 'The library that reads YAML has words of its own for what it cannot read';

/** By the note of the case. */
export const KNOWN_DIFFERENCES: Readonly<Record<string, string>> = {
  'data/toplevel integer': INTEGER_DATA,
  'data/nested integer': INTEGER_DATA,
  'jsonbuiltins/unmarshal number beyond the supported exponent is undefined': EXPONENT,
  'jsonbuiltins/unmarshal number with too big an exponent is undefined': EXPONENT,
  'jsonbuiltins/yaml unmarshal error': YAML_MESSAGE,
  'strings/format_int: bignum exact (>64-bit integer, all bases + negative)': BIG_INTEGER,
};

/** OPA does not compile these to WebAssembly. */
export const NOT_COMPILED: Readonly<Record<string, string>> = {
  'time/time caching': "It calls test.sleep, which only OPA's tests have",
};
