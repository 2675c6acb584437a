/** Correctness before speed: a server that answers wrongly is not measured. */
import { z } from 'zod';

import type { BenchCase } from './bench-case.ts';
import { postOnce } from './raw-connection.ts';

const findingSchema = z.looseObject({ code: z.string(), message: z.string() });
const findings = z.array(findingSchema).optional();
const opaAnswerSchema = z.object({
  result: z.record(z.string(), z.looseObject({ deny: findings, warn: findings, audit: findings })),
});
const reviewAnswerSchema = z.object({
  response: z.looseObject({
    uid: z.string(),
    allowed: z.boolean(),
    status: z.looseObject({ message: z.string().optional() }).optional(),
    warnings: z.array(z.string()).optional(),
  }),
});

/** A case with the verdict that is right: OPA's own, which is the yardstick for everyone. */
export interface JudgedCase extends BenchCase {
  readonly allowed: boolean;
  /** What each denial says. */
  readonly denials: readonly string[];
  /** What each warning says. */
  readonly warnings: readonly string[];
  /** Words that every right answer of Holdfast holds. */
  readonly holdfastHolds: string;
  /** Words that every right answer of OPA holds. */
  readonly opaHolds: string;
  /** Words that every right answer of Gatekeeper holds. */
  readonly gatekeeperHolds: string;
}

/** Asks OPA's server for its verdict. Throws where it judged other policies than those planned. */
export async function judgeCase(opaUrl: URL, benchCase: BenchCase): Promise<JudgedCase> {
  const answer = await ask(opaUrl, benchCase.opaBody);
  const { result } = opaAnswerSchema.parse(JSON.parse(answer));
  expectEqual(Object.keys(result).toSorted(), benchCase.matching.toSorted(), 'policies of OPA');
  const denials = Object.values(result).flatMap(({ deny = [] }) => deny);
  const warnings = Object.values(result).flatMap(({ warn = [] }) => warn);
  const audits = Object.values(result).flatMap(({ audit = [] }) => audit);
  const { review } = benchCase;
  expectEqual(
    denials.length + warnings.length + audits.length > 0,
    review.recorded,
    `whether a policy has something to say of "${review.title}"`,
  );
  const allowed = denials.length === 0;
  return {
    ...benchCase,
    allowed,
    denials: denials.map(({ message }) => message),
    warnings: warnings.map(({ message }) => message),
    holdfastHolds: review.recorded
      ? `"allowed":${allowed}`
      : // The annotation of an answer that is not recorded comes first, and stands alone.
        '"allowed":true,"auditAnnotations":{"decision":',
    opaHolds: allowed ? '"deny":[]' : `"code":"${denials[0]?.code}"`,
    gatekeeperHolds: formatGatekeeperStatus({ allowed, warns: warnings.length > 0 }),
  };
}

/** Throws where Holdfast's verdict is not OPA's: the same answer, for each of the same reasons. */
export async function checkHoldfast(url: URL, judged: JudgedCase): Promise<void> {
  const { review, allowed, denials } = judged;
  const { response } = reviewAnswerSchema.parse(JSON.parse(await ask(url, review.body)));
  expectEqual(response.uid, review.request.uid, 'uid of the answer');
  expectEqual(response.allowed, allowed, `Holdfast’s verdict on "${review.title}"`);
  for (const denial of denials) {
    if (response.status?.message?.includes(denial) === true) continue;
    throw new Error(
      `The answer to "${review.title}" must say what OPA says: wanted "${denial}", found "${response.status?.message}"`,
    );
  }
}

/** Throws where Gatekeeper's verdict is not OPA's: the same answer, for the same reasons, and no other warnings. */
export async function checkGatekeeper(url: URL, judged: JudgedCase): Promise<void> {
  const { review, allowed, denials, warnings } = judged;
  const { response } = reviewAnswerSchema.parse(JSON.parse(await ask(url, review.body)));
  expectEqual(response.uid, review.request.uid, 'uid of the answer');
  expectEqual(response.allowed, allowed, `Gatekeeper’s verdict on "${review.title}"`);
  // Each is preceded by the name of its constraint: `[pinned-images] …`.
  const said = (lines: readonly string[]): readonly string[] =>
    lines.map((line) => line.replace(/^\[[^\]]*\] /u, '')).toSorted();
  const found = {
    denials: said(response.status?.message?.split('\n') ?? []),
    warnings: said(response.warnings ?? []),
  };
  const wanted = { denials: denials.toSorted(), warnings: warnings.toSorted() };
  expectEqual(found, wanted, `what Gatekeeper says of "${review.title}"`);
}

/** The code by which Gatekeeper says what it found. */
function formatGatekeeperStatus({
  allowed,
  warns,
}: {
  readonly allowed: boolean;
  readonly warns: boolean;
}): string {
  if (!allowed) return '"code":403';
  return `"allowed":true,"status":{"metadata":{},"code":${warns ? 299 : 200}}`;
}

async function ask(url: URL, body: string): Promise<string> {
  const answer = await postOnce(url, Buffer.from(body));
  expectEqual(answer.status, 200, `status of "${url.href}"`);
  return answer.body.toString();
}

function expectEqual(found: unknown, wanted: unknown, what: string): void {
  if (JSON.stringify(found) === JSON.stringify(wanted)) return;
  throw new Error(`${what}: wanted ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}`);
}
