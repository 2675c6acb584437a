/**
 * Plans by the objects of a cluster: what is wrong with one of them stops no other, and its last good form stays in force. A template that
 * somebody broke must not turn off what it judged.
 */
import {
  planConstraints,
  type FoundDocument,
  type PlannedConstraints,
} from '../plan-constraints.ts';
import { isTemplate } from '../parse-template.ts';

export interface KnownDocuments {
  /** The last form of each document that was judged by. */
  readonly lastGood: ReadonlyMap<string, FoundDocument>;
  /** Why some, as they are now, cannot be compiled. */
  readonly refused: ReadonlyMap<string, readonly string[]>;
}

export interface FollowedPlan {
  /** Has no problems. */
  readonly plan: PlannedConstraints;
  /** What is judged by: each document, or its last good form. */
  readonly accepted: ReadonlyMap<string, FoundDocument>;
  /** Why the documents that are not accepted as they are cannot be. */
  readonly errors: ReadonlyMap<string, readonly string[]>;
}

/** Each round accepts fewer documents as they are, so that the rounds end. */
export function planFollowed(
  documents: readonly FoundDocument[],
  { lastGood, refused }: KnownDocuments,
): FollowedPlan {
  const accepted = new Map(documents.map((document) => [document.file, document]));
  const errors = new Map<string, string[]>();
  const written = new Map(accepted);
  const refuse = (file: string, texts: readonly string[]): void => {
    const isWritten = accepted.get(file) === written.get(file);
    if (isWritten) errors.set(file, [...(errors.get(file) ?? []), ...texts]);
  };
  const withdraw = (file: string): void => {
    const current = accepted.get(file);
    const good = lastGood.get(file);
    const isTried = current !== written.get(file) || current === good;
    if (isTried || good === undefined) accepted.delete(file);
    else accepted.set(file, good);
  };
  for (const [file, texts] of refused) {
    if (!accepted.has(file)) continue;
    refuse(file, texts);
    withdraw(file);
  }
  for (;;) {
    const plan = planConstraints([...accepted.values()]);
    if (plan.problems.length === 0) return { plan, accepted, errors };
    // A constraint may only lack its template, which has a last good form.
    const ofTemplates = plan.problems.filter(({ file }) => isTemplate(accepted.get(file)?.value));
    const problems = ofTemplates.length > 0 ? ofTemplates : plan.problems;
    for (const { file, text } of problems) refuse(file, [text]);
    for (const file of new Set(problems.map((problem) => problem.file))) withdraw(file);
  }
}
