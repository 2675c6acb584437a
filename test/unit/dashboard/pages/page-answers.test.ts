import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AuditRecord } from '../../../../src/audit/audit-record.ts';
import { startJournalStage } from '../../../support/dashboard-stage.ts';
import { fullRecord } from '../../../support/full-records.ts';
import { sampleRecord } from '../../../support/journal/sample-record.ts';

const MARKUP = `"><script>alert(1)</script><img src=x onerror=alert(1)>' \u202E javascript:alert(1)`;

test('no text of a record becomes markup, on any page', async (t) => {
  const { object, source, images, change, grant, actor } = fullRecord();
  const hostile = (number: number): AuditRecord =>
    fullRecord({
      ...sampleRecord(number),
      decisionId: sampleRecord(number).decisionId,
      object: { ...object, namespace: 'shop', name: MARKUP, kind: MARKUP, subresource: MARKUP },
      user: { username: MARKUP, groups: [MARKUP], extra: {} },
      code: MARKUP,
      message: MARKUP,
      allowed: false,
      cluster: MARKUP,
      replica: MARKUP,
      managedBy: { tool: 'argocd', app: MARKUP },
      initiatedBy: { username: MARKUP, automated: false },
      ...(actor && {
        actor: { ...actor, proof: { ...actor.proof, reason: MARKUP, weakness: MARKUP } },
      }),
      ...(change && {
        change: {
          ...change,
          paths: [
            {
              path: MARKUP,
              segments: [],
              kind: 'changed',
              from: MARKUP,
              to: MARKUP,
              owner: MARKUP,
            },
          ],
        },
      }),
      ...(source && {
        source: {
          ...source,
          repository: MARKUP,
          commits: [
            {
              status: 'rejected',
              repository: MARKUP,
              code: MARKUP,
              author: MARKUP,
              signers: [{ scheme: 'ssh', identity: MARKUP }],
            },
          ],
        },
      }),
      images: (images ?? []).map((image) => ({ ...image, image: MARKUP, path: MARKUP })),
      ...(grant && { grant: { ...grant, reason: MARKUP, ticket: MARKUP, approvers: [MARKUP] } }),
      policies: [{ policy: MARKUP, mode: 'enforce', status: 'denied', codes: [MARKUP] }],
      policyRevision: MARKUP,
    });
  const { get, root } = await startJournalStage(t, { record: hostile, segments: [3] });
  const query = new URLSearchParams({ user: MARKUP, namespace: MARKUP, policy: MARKUP }).toString();
  const pages = [
    await get('/', root),
    await get(`/?${query}`, root),
    await get(`/decisions/${sampleRecord(3).decisionId}`, root),
    await get(`/sign-in?wayOn=${encodeURIComponent(MARKUP)}`),
  ];

  assert.deepEqual(
    pages.map(({ status }) => status),
    [200, 200, 200, 200],
  );
  for (const { body } of pages) {
    // Within quotes nothing ends an attribute: a quote is escaped, too.
    const tags = body.replaceAll(/="[^"]*"/gu, '').match(/<[^>]*>/gu) ?? [];
    assert.deepEqual(
      tags.filter((tag) => /^<img|\son\w+|javascript/iu.test(tag)),
      [],
    );
    assert.equal(
      [...body.matchAll(/<script/gu)].length,
      [...body.matchAll(/<script src="\/assets\/live\.js" defer><\/script>/gu)].length,
    );
    assert.ok(!body.includes('\u202E'), 'text must not turn its direction');
    assert.ok(!/href="(?![/#])/u.test(body), 'links lead to our own pages');
  }
});
