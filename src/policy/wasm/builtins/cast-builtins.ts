/** The deprecated casts, which only check the type of a value; `cast_array` and `cast_set` also turn one into the other. */
import { sortedSet } from '../compare-values.ts';
import { RegoObject, RegoSet, type RegoValue } from '../rego-value.ts';
import type { Builtin, BuiltinFamily } from './builtin.ts';
import { itemsOperand, wrongType } from './operand.ts';

/** By their Rego name. */
export const CAST_BUILTINS: BuiltinFamily = {
  cast_array: (operands) => [...itemsOperand(operands, 0)],
  cast_boolean: castTo('boolean', (value) => typeof value === 'boolean'),
  cast_null: castTo('null', (value) => value === null),
  cast_object: castTo('object', (value) => value instanceof RegoObject),
  cast_set: (operands) => {
    const [value] = operands;
    return value instanceof RegoSet ? value : sortedSet(itemsOperand(operands, 0));
  },
  cast_string: castTo('string', (value) => typeof value === 'string'),
};

function castTo(type: string, isOfType: (value: RegoValue) => boolean): Builtin {
  return ([value]) => {
    if (value !== undefined && isOfType(value)) return value;
    throw wrongType(0, value, type);
  };
}
