/** Templates of Go. */
import type { BuiltinFamily } from './builtin.ts';
import { runTemplate } from './go-template/run-template.ts';
import { readTemplate } from './go-template/template-reader.ts';
import { toTemplateValue } from './go-template/template-value.ts';
import { objectOperand, textOperand } from './operand.ts';

/** By their Rego name. */
export const TEMPLATE_BUILTINS: BuiltinFamily = {
  'strings.render_template': (operands, context) => {
    const template = readTemplate(textOperand(operands, 0));
    const text = runTemplate(template, toTemplateValue(objectOperand(operands, 1)), context);
    return text.replaceAll('<no value>', '<undefined>');
  },
};
