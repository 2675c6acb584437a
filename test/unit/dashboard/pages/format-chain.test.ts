import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditRecord } from '../../../../src/audit/audit-record.ts';
import { auditRecordSchema } from '../../../../src/audit/record-schema.ts';
import { formatChain } from '../../../../src/dashboard/pages/format-chain.ts';
import { fullRecord } from '../../../support/full-records.ts';

function chain(changes: Partial<AuditRecord> = {}): readonly string[] {
  return formatChain(auditRecordSchema.parse(fullRecord(changes))).map(
    ({ name, text, verdict, said }) => `${name} | ${text} | ${verdict} | ${said}`,
  );
}

const source = fullRecord().source;
const COMMIT = '3f786850e387550fdab836ed7e6dc881de23001b';
const OBJECT = 'Object | deployments.apps shop/app-3';

test('formatChain() leads from the object to who signed what it came from', () => {
  assert.deepEqual(chain(), [
    `${OBJECT} | good | equal to what its commit declares`,
    'Application | checkout | open | managed by argocd',
    'Repository | https://git.example.com/shop deploy | open | as its application says',
    `Commit | ${COMMIT} in https://git.example.com/shop | good | verified, by Anna <anna@example.com>`,
    'Signer | anna@example.com | good | ssh',
    `Image | registry.example.com/shop:1 | good | verified, signed by ci (build@example.com), sha256:${'d'.repeat(64)}, at spec.containers[0].image`,
  ]);
});

test('formatChain() says what the record does not have', () => {
  assert.deepEqual(chain({ managedBy: undefined, source: undefined, images: undefined }), [
    `${OBJECT} | open | not compared with its commit`,
    'Application | none | open | not managed',
    'Repository | not recorded | open | this decision read no source',
  ]);
  assert.ok(source);
  assert.deepEqual(
    chain({
      source: { ...source, commits: undefined, path: '', revision: '', manifest: undefined },
    }).slice(2, 4),
    [
      'Repository | https://git.example.com/shop | open | as its application says',
      'Commit | none | open | not judged',
    ],
  );
  assert.deepEqual(
    chain({ source: { ...source, commits: [] } })[3],
    `Commit | ${COMMIT} | open | not judged`,
  );
});

test('formatChain() calls bad what was rejected, differs, is absent or lies in no repository', () => {
  assert.ok(source);
  const repository = 'https://git.example.com/shop';
  assert.deepEqual(
    chain({
      source: {
        ...source,
        inlineManifests: true,
        commits: [{ status: 'rejected', repository, code: 'commit_unsigned', signers: [] }],
        manifest: { status: 'differs', paths: ['spec.replicas'] },
      },
      images: [
        {
          path: 'spec.containers[0].image',
          image: 'a:1',
          status: 'rejected',
          rule: 'r',
          code: 'image_unsigned',
          signers: [],
        },
      ],
    }),
    [
      `${OBJECT} | bad | compared with its commit: differs`,
      'Application | checkout | open | managed by argocd',
      'Repository | https://git.example.com/shop deploy | bad | manifests that are in no repository',
      'Commit | not found in https://git.example.com/shop | bad | rejected, commit_unsigned',
      'Signer | none | bad | no signature counted',
      'Image | a:1 | bad | rejected, image_unsigned, at spec.containers[0].image',
    ],
  );
  const absent = { status: 'absent', paths: [], reason: 'no source declares it' } as const;
  assert.equal(
    chain({ source: { ...source, manifest: absent } })[0],
    `${OBJECT} | bad | compared with its commit: absent: no source declares it`,
  );
});

test('formatChain() leaves open what nobody could tell', () => {
  assert.ok(source);
  const repository = 'https://git.example.com/shop';
  const unavailable = {
    status: 'unavailable',
    paths: [],
    reason: 'it is not rendered yet',
  } as const;
  const steps = chain({
    source: {
      ...source,
      commits: [
        { status: 'unavailable', repository, signers: [] },
        { status: 'verified', repository, signers: [] },
      ],
      manifest: unavailable,
    },
    images: [],
  });
  assert.deepEqual(
    [steps[0], ...steps.slice(3)],
    [
      `${OBJECT} | open | compared with its commit: unavailable: it is not rendered yet`,
      'Commit | not found in https://git.example.com/shop | open | unavailable',
      'Signer | none | open | no signature counted',
      'Commit | not found in https://git.example.com/shop | good | verified',
      'Signer | none | open | no signature counted',
    ],
  );
});
