/** A text of a finding as people read it in the source: `{naming.subject(request)} was not written.` */
import { z } from 'zod';
import { readCall, readReference, readTerm, textOf, type Term } from '../rule-tree.ts';

const templateNode = z.object({ parts: z.array(z.unknown()) });
const expressionNode = z.looseObject({ terms: z.unknown() });

/** Constants as they are; what is put in while the policy runs stands in braces. */
export function formatTerm(term: Term): string {
  if (term.type === 'string') return textOf(term);
  if (term.type !== 'templatestring') return `{${formatValue(term)}}`;
  return templateNode.parse(term.value).parts.map(formatTemplatePart).join('');
}

function formatTemplatePart(part: unknown): string {
  const term = readTerm(part);
  return term?.type === 'string' ? textOf(term) : `{${formatValue(part)}}`;
}

/** References, constants and calls; of everything else only that it is there. */
function formatValue(node: unknown): string {
  const call = readCall(node);
  if (call !== undefined) {
    return `${call.operator.join('.')}(${call.operands.map(formatValue).join(', ')})`;
  }
  const term = readTerm(node);
  if (term !== undefined) return formatReference(term);
  const terms = expressionNode.safeParse(node).data?.terms;
  return terms === undefined ? '…' : formatValue(terms);
}

function formatReference(term: Term): string {
  if (term.type === 'string') return JSON.stringify(textOf(term));
  const [head, ...rest] = readReference(term);
  return head === undefined ? '…' : textOf(head) + rest.map(formatKey).join('');
}

function formatKey(key: Term): string {
  return key.type === 'string' ? `.${textOf(key)}` : '[…]';
}
