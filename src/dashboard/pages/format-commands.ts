/** The commands that lead on from a decision. Each word is quoted: a name that somebody chose must not become a command. */
import { formatShellWord } from '../../base/format-shell-word.ts';
import { formatResource } from '../../kubernetes/object-reference.ts';
import type { FoundRecord } from '../records/record-reader.ts';

export interface OfferedCommand {
  readonly purpose: string;
  readonly line: string;
}

/** Verbs that a grant can allow. */
const GRANTED: ReadonlySet<string> = new Set(['CREATE', 'UPDATE', 'DELETE']);

/** Those that make sense for the record. */
export function formatCommands({ stored, full }: FoundRecord): readonly OfferedCommand[] {
  const { decisionId, allowed, finding } = stored;
  const id = formatShellWord(decisionId);
  return [
    { purpose: 'The whole record', line: `holdfast audit query --id ${id} -o json` },
    ...(full?.input === undefined
      ? []
      : [
          {
            purpose: 'What each policy made of it, and why',
            line: `holdfast policy explain --decision ${id} --trace`,
          },
          {
            purpose: 'What other policies would make of it and of the rest',
            line: 'holdfast policy replay --bundle BUNDLE',
          },
        ]),
    ...(allowed || finding === true ? [] : grantCommands(stored)),
  ];
}

function grantCommands({
  object,
  operation,
  user,
  cluster,
  folded,
}: FoundRecord['stored']): readonly OfferedCommand[] {
  // Several users or objects have no one grant.
  if (!GRANTED.has(operation) || folded?.by === 'code') return [];
  const parts = [formatResource(object), object.namespace, object.name].filter(Boolean).join('/');
  const words = [
    `holdfast grant request ${formatShellWord(parts)}`,
    object.subresource && `--subresource ${formatShellWord(object.subresource)}`,
    `--subject ${formatShellWord(user.username)}`,
    `--cluster ${formatShellWord(cluster)}`,
    `--verb ${operation}`,
  ];
  return [
    {
      purpose: 'In an emergency: ask an approver for a grant',
      line: words.filter(Boolean).join(' '),
    },
  ];
}
