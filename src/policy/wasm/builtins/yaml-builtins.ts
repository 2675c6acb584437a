/** The `yaml` family. As for OPA, `yes` and `on` are texts (YAML 1.2). */
import { formatYaml, parseYaml } from '../../../base/parse-yaml.ts';
import {
  BuiltinError,
  BuiltinLimitError,
  type BuiltinContext,
  type BuiltinFamily,
} from './builtin.ts';
import { toPlainValue, toRegoValue } from './plain-value.ts';
import { BUILTIN_LIMITS } from './limits.ts';
import { textOperand } from './operand.ts';

/** By their Rego name. */
export const YAML_BUILTINS: BuiltinFamily = {
  'yaml.is_valid': ([text], context) => typeof text === 'string' && readYaml(text, context).ok,
  'yaml.marshal': ([value = null], { spend }) => {
    const text = formatYaml(toPlainValue(value));
    spend?.(text.length * BYTE_FUEL);
    return text;
  },
  'yaml.unmarshal': (operands, context) => {
    const parsed = readYaml(textOperand(operands, 0), context);
    if (!parsed.ok) throw new BuiltinError(`yaml: ${parsed.faults[0]?.message ?? 'unreadable'}`);
    return toRegoValue(parsed.documents[0]?.value ?? null);
  },
};

/** A byte takes some 200 ns to parse. */
const BYTE_FUEL = 70;
/** What aliases stand for: a small text can name a large part again and again. */
const ALIASES_MAX = 1000;

function readYaml(text: string, { spend }: BuiltinContext) {
  if (text.length > BUILTIN_LIMITS.yamlChars) {
    throw new BuiltinLimitError(`the YAML has more than ${BUILTIN_LIMITS.yamlChars} characters`);
  }
  spend?.(text.length * BYTE_FUEL);
  return parseYaml(text, { dialect: 'strict', aliasesMax: ALIASES_MAX, integers: 'exact' });
}
