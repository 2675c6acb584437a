/** The chain behind an object: object → application → repository → commit → signer → images, each with its verdict as the record has it. */
import { formatPlace, formatResource } from '../../kubernetes/object-reference.ts';
import type { FullRecord } from '../records/full-record.ts';

/**
 * - `good`: verified, or equal to what is declared
 * - `bad`: rejected, or different
 * - `open`: nobody could tell, nobody was asked, or it is a claim that proves nothing
 */
export type ChainVerdict = 'good' | 'bad' | 'open';

/** One step. Texts, not markup. */
export interface ChainStep {
  readonly name: string;
  readonly text: string;
  readonly verdict: ChainVerdict;
  /** In the words of the record. */
  readonly said: string;
}

/** As far as the record has it: what it does not have is said, and never guessed. */
export function formatChain(record: FullRecord): readonly ChainStep[] {
  const { source, managedBy } = record;
  return [
    objectStep(record),
    managedBy === undefined
      ? step('Application', 'none', ['open', 'not managed'])
      : step('Application', managedBy.app, ['open', `managed by ${managedBy.tool}`]),
    ...(source === undefined
      ? [step('Repository', 'not recorded', ['open', 'this decision read no source'])]
      : [
          step(
            'Repository',
            [source.repository, source.path].filter((text) => text !== '').join(' '),
            source.inlineManifests
              ? ['bad', 'manifests that are in no repository']
              : ['open', 'as its application says'],
          ),
          ...commitSteps(source),
        ]),
    ...(record.images ?? []).map(imageStep),
  ];
}

/** A verdict, and the words of the record. */
type Judgement = readonly [verdict: ChainVerdict, said: string];

type Source = NonNullable<FullRecord['source']>;
type Image = NonNullable<FullRecord['images']>[number];

function objectStep({ object, source }: FullRecord): ChainStep {
  const text = `${formatResource(object)} ${formatPlace(object)}`;
  const manifest = source?.manifest;
  if (manifest === undefined) return step('Object', text, ['open', 'not compared with its commit']);
  const { status, reason } = manifest;
  const said = reason === undefined ? status : `${status}: ${reason}`;
  if (status === 'equal') {
    return step('Object', text, ['good', 'equal to what its commit declares']);
  }
  const isBad = status === 'differs' || status === 'absent';
  return step('Object', text, [isBad ? 'bad' : 'open', `compared with its commit: ${said}`]);
}

function commitSteps({ revision, commits = [] }: Source): readonly ChainStep[] {
  if (commits.length === 0) {
    return [step('Commit', revision === '' ? 'none' : revision, ['open', 'not judged'])];
  }
  return commits.flatMap(({ status, objectId, code, author, repository, signers }) => {
    const verdict = verdictOf(status);
    const said = [status, code, author && `by ${author}`].filter(Boolean).join(', ');
    return [
      step('Commit', `${objectId ?? 'not found'} in ${repository}`, [verdict, said]),
      ...(signers.length === 0
        ? [step('Signer', 'none', [verdict === 'good' ? 'open' : verdict, 'no signature counted'])]
        : signers.map(({ scheme, identity }) => step('Signer', identity, [verdict, scheme]))),
    ];
  });
}

function imageStep({ image, path, status, code, digest, signers }: Image): ChainStep {
  const by = signers.map(({ authority, identity }) => `${authority} (${identity})`).join(', ');
  const said = [status, code, by && `signed by ${by}`, digest, `at ${path}`];
  return step('Image', image, [verdictOf(status), said.filter(Boolean).join(', ')]);
}

function verdictOf(status: 'verified' | 'rejected' | 'unavailable' | 'unjudged'): ChainVerdict {
  if (status === 'verified') return 'good';
  return status === 'rejected' ? 'bad' : 'open';
}

function step(name: string, text: string, [verdict, said]: Judgement): ChainStep {
  return { name, text, verdict, said };
}
