/** `holdfast audit verify`: verifies that journals are unchanged, and names each fault. */
import { resolve } from 'node:path';
import type { Anchor } from '../../audit/verify/read-anchors.ts';
import type { Verification, VerifyOptions } from '../../audit/verify/verify-journal.ts';
import { HoldfastError } from '../../errors.ts';
import { formatMissing, formatVerification } from './format-verification.ts';
import {
  findJournalFolders,
  foldersArgument,
  readWholeNumber,
  type JournalFolder,
} from './journal-folders.ts';
import type { CommandContext, CommandDefinition, CommandInput } from '../command.ts';
import type { ExitStatus } from '../exit-codes.ts';
import { configOption } from '../find-configuration.ts';
import { outputOption, printAnswer } from '../output-option.ts';
import { showProgress } from '../show-progress.ts';

const MINUTE = 60_000;
// Bounds of the options: findings are collected in memory; a million minutes are two years.
const FINDINGS_MAX = 100_000;
const HEAD_AGE_MINUTES_MAX = 1_000_000;

/** Ends with `failed` if anything was changed or is missing. */
export const auditVerifyCommand: CommandDefinition = {
  name: 'audit verify',
  summary: 'Prove that journals are what was recorded, or say where not',
  description:
    'Computes every hash again, follows the chain across segments, checks the signed heads and the columns that\n' +
    'records are found by. Reads also a running journal, and packages of holdfast audit export.',
  arguments: [foldersArgument],
  options: [
    {
      name: 'key',
      value: 'FILE',
      summary:
        'the public key of the heads, JWK or PEM (default: the one in the folder, which proves less)',
      repeatable: true,
    },
    {
      name: 'anchor',
      value: 'FILE',
      summary:
        'hashes kept elsewhere: audit log of the API server, heads, or lines of {sequence, hash}',
      repeatable: true,
    },
    {
      name: 'head-age',
      value: 'MINUTES',
      summary: 'how long entries may be without a signed head',
      default: '10',
    },
    {
      name: 'max-findings',
      value: 'N',
      summary: 'how many faults are shown of each',
      default: '50',
    },
    configOption,
    outputOption(['table', 'json', 'yaml']),
  ],
  examples: [
    { line: 'audit verify --key head-key.pub.jwk data/journal', note: 'with a key kept elsewhere' },
    { line: 'audit verify --anchor audit.log r0/journal r1/journal', note: 'two replicas' },
  ],
  run,
};

async function run(context: CommandContext, input: CommandInput): Promise<ExitStatus> {
  const minutes = readWholeNumber(context, input, {
    name: 'head-age',
    min: 0,
    max: HEAD_AGE_MINUTES_MAX,
  });
  const findingsMax = readWholeNumber(context, input, {
    name: 'max-findings',
    min: 1,
    max: FINDINGS_MAX,
  });
  if (minutes === undefined || findingsMax === undefined) return 'usage';
  const { isPackage } = await import('../../audit/export/verify-package.ts');
  const folders = await findJournalFolders(context, input, isPackage);
  if (folders === undefined) return 'configuration';
  const options = { headAgeMaxMs: minutes * MINUTE, findingsMax };
  const { verifications, missingAnchors } = await showProgress(
    context,
    { doing: 'verifying journals', counted: ['journal', 'journals'] },
    (tell) => verifyAll(context, input, { folders, options, tell }),
  );
  const ok = missingAnchors.length === 0 && verifications.every((verification) => verification.ok);
  printAnswer(context, input, {
    table: () =>
      [
        ...verifications.map(formatVerification),
        ...(missingAnchors.length > 0 ? [formatMissing(missingAnchors, findingsMax)] : []),
      ].join('\n'),
    json: () =>
      JSON.stringify(
        { ok, missingAnchors: missingAnchors.slice(0, findingsMax), journals: verifications },
        undefined,
        2,
      ),
  });
  return ok ? 'ok' : 'failed';
}

interface Task {
  readonly folders: readonly JournalFolder[];
  readonly options: Pick<VerifyOptions, 'headAgeMaxMs' | 'findingsMax'>;
  readonly tell: (verified: number) => void;
}

async function verifyAll(
  context: CommandContext,
  input: CommandInput,
  { folders, options, tell }: Task,
): Promise<{
  readonly verifications: readonly Verification[];
  readonly missingAnchors: readonly Anchor[];
}> {
  const { createAnchorLedger, listMissing } = await import('../../audit/verify/check-anchors.ts');
  const { openJournalFolder } = await import('../../audit/verify/journal-folder.ts');
  const { readAnchors } = await import('../../audit/verify/read-anchors.ts');
  const { readKeyFiles, readOwnKeys } = await import('../../audit/verify/read-keys.ts');
  const { verifyJournal } = await import('../../audit/verify/verify-journal.ts');
  const { isPackage, readPackageKeys, verifyPackage } =
    await import('../../audit/export/verify-package.ts');
  const pathOf = (file: string): string => resolve(context.workingDirectory, file);
  const given = await readKeyFiles(input.texts('key').map(pathOf));
  const anchors = createAnchorLedger(await readAnchors(input.texts('anchor').map(pathOf)));
  const verifications: Verification[] = [];
  for (const { shown, path } of folders) {
    const asPackage = isPackage(path);
    const keysAreOwn = given.length === 0;
    const own = asPackage ? readPackageKeys : readOwnKeys;
    const keys = keysAreOwn ? await own(path) : given;
    if (keys.length === 0) {
      throw new HoldfastError('input_unreadable', `No public key is in "${shown}": give --key`);
    }
    const all = { ...options, keys, keysAreOwn, anchors, nowMs: Date.now() };
    if (asPackage) verifications.push(...(await verifyPackage(path, shown, all)));
    else verifications.push(await verifyJournal({ ...openJournalFolder(path), name: shown }, all));
    tell(verifications.length);
  }
  return { verifications, missingAnchors: listMissing(anchors) };
}
