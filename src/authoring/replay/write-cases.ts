/** Writes one reduced case for each kind of flip, in the folders in which `holdfast policy test` looks for them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../base/make-folder.ts';
import type { OfflinePath } from '../../compose/offline.ts';
import type { FlipGroup } from '../../compose/replay/collect-flips.ts';
import { formatFlippedCase } from '../../compose/replay/format-flipped-case.ts';
import { reduceReview } from '../../compose/replay/reduce-review.ts';
import type { FlippedReview } from '../../compose/replay/replay-items.ts';

/** More than this, nobody reads. */
const CASES_MAX = 100;
/** They hold objects of the cluster. */
const OWN_FOLDER = 0o700;
const OWN_FILE = 0o600;

export interface CaseOptions {
  /** A new folder. */
  readonly folder: string;
  readonly candidate: OfflinePath;
  /** The sections of the configuration that say who is who, and what is managed. */
  readonly configuration: Readonly<Record<string, unknown>>;
}

/** The file of each group, relative to the folder; none of a flip that is no policy's, and of those behind the first hundred. */
export async function writeCases(
  groups: readonly FlipGroup[],
  { folder, candidate, configuration }: CaseOptions,
): Promise<ReadonlyMap<FlipGroup, string>> {
  makeFolder(folder, { mode: OWN_FOLDER });
  const written = new Map<FlipGroup, string>();
  for (const [index, group] of groups.slice(0, CASES_MAX).entries()) {
    const [policy] = group.policies;
    const known = candidate.runtime.engine.descriptors.some(({ name }) => name === policy);
    if (policy === undefined || !known) continue;
    const { example, from, to } = group;
    const review = await reduce(example, policy, candidate);
    const parameters = candidate.configuration.policies.settings[policy]?.parameters;
    const text = formatFlippedCase({ ...example, review, policy, parameters, configuration });
    const below = join(policy, 'reviews');
    const file = join(below, `${String(index + 1).padStart(2, '0')}-${from}-to-${to}.yaml`);
    makeFolder(join(folder, below), { mode: OWN_FOLDER });
    await writeFile(join(folder, file), text, { mode: OWN_FILE });
    written.set(group, file);
  }
  return written;
}

/** As long as the policy answers with the same status and the same codes. */
async function reduce(
  { review, route, facts, decision }: FlippedReview,
  policy: string,
  candidate: OfflinePath,
): Promise<object> {
  const wanted = answerOf(decision, policy);
  return await reduceReview(review, async (reduced) => {
    const bytes = Buffer.from(JSON.stringify(reduced));
    const verdict =
      facts === undefined
        ? await candidate.decide(bytes, route)
        : await candidate.decideWith(bytes, route, facts);
    return verdict.status === 'decided' && answerOf(verdict.decision, policy) === wanted;
  });
}

function answerOf({ policies }: FlippedReview['decision'], policy: string): string {
  const verdict = policies.find((one) => one.policy === policy);
  const codes = verdict?.findings.map(({ code }) => code).toSorted();
  return JSON.stringify([verdict?.status, codes]);
}
