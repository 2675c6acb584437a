/** Grants as files: the manifest of a `BreakGlassGrant`, or the bare signatures. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { readUnverifiedPayload } from '../../base/json-web-signature.ts';
import { readBounded } from '../../base/read-bounded.ts';
import { formatYaml, parseYaml } from '../../base/parse-yaml.ts';
import { HoldfastError } from '../../errors.ts';
import { describeShown } from '../../identity/grants/match-shown.ts';
import { parseGrant, type Grant } from '../../identity/grants/parse-grant.ts';
import type { CommandContext } from '../command.ts';

/** A grant with its approvals, which are not verified. */
export interface GrantFile {
  readonly grant: Grant;
  /** What every approval signs. */
  readonly payload: string;
  readonly approvals: readonly string[];
}

/** Larger than a manifest with the longest token. */
const FILE_BYTES_MAX = 256 * 1024;

const manifestSchema = z.looseObject({
  kind: z.literal('BreakGlassGrant'),
  spec: z.looseObject({ approvals: z.array(z.string()).min(1) }),
});

/** Reads FILE, or standard input for `-`. Throws `grant_file_unusable` if it is not a grant. */
export async function readGrantFile(context: CommandContext, file: string): Promise<GrantFile> {
  const read =
    file === '-'
      ? await context.readStdin()
      : await readBounded(resolve(context.workingDirectory, file), FILE_BYTES_MAX);
  if (!read.ok) throw malformed(file, read.reason);
  const approvals = findApprovals(Buffer.from(read.bytes).toString('utf8'));
  const payload = readUnverifiedPayload(approvals[0] ?? '')?.payload;
  if (payload === undefined) throw malformed(file, 'it holds no signature');
  const parsed = parseGrant(payload);
  if (!parsed.ok) throw malformed(file, parsed.reason);
  return { grant: parsed.grant, payload, approvals };
}

/** Input for `kubectl apply -f -`. */
export function formatGrantManifest(
  { grant, approvals }: Omit<GrantFile, 'payload'>,
  namespace: string,
): string {
  return formatYaml({
    apiVersion: 'holdfast.dev/v1alpha1',
    kind: 'BreakGlassGrant',
    metadata: { name: grant.id.toLowerCase(), namespace },
    // What kubectl shows of the grant. The signed text alone counts, and an object that says something else does not.
    spec: { ...describeShown(grant), approvals },
  }).trimEnd();
}

function findApprovals(text: string): readonly string[] {
  const parsed = parseYaml(text, { dialect: 'strict', aliasesMax: 0 });
  const manifest = manifestSchema.safeParse(parsed.ok ? parsed.documents[0]?.value : undefined);
  return manifest.success ? manifest.data.spec.approvals : text.trim().split(/\s+/u);
}

function malformed(file: string, reason: string): HoldfastError {
  const place = file === '-' ? 'standard input' : `"${file}"`;
  return new HoldfastError('grant_file_unusable', `There is no grant in ${place}: ${reason}`);
}
