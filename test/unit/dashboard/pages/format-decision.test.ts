import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuditRecord } from '../../../../src/audit/audit-record.ts';
import { formatDecision } from '../../../../src/dashboard/pages/format-decision.ts';
import type { FoundRecord } from '../../../../src/dashboard/records/record-reader.ts';
import { foundRecord, fullRecord } from '../../../support/full-records.ts';

const PAGE = {
  cluster: 'prod-eu-1',
  replica: 'holdfast-0',
  viewer: { username: 'alice', groups: [], extra: {} },
};

/** The page as a person reads it: texts without markup, in lines. */
function read(...records: readonly [FoundRecord, ...FoundRecord[]]): string {
  return String(formatDecision({ ...PAGE, records }))
    .replace(/^.*<main/su, '')
    .replaceAll(/<\/(?:p|div|li|h[12]|dt|del|ins)>|\n/gu, '\n')
    .replaceAll(/<[^>]*>/gu, '')
    .replaceAll(/\s*\n\s*/gu, '\n');
}

function readOne(changes: Partial<AuditRecord> = {}): string {
  return read(foundRecord(fullRecord(changes)));
}

describe('formatDecision()', () => {
  it('says who, what, why and what changes', () => {
    const page = readOne();

    for (const text of [
      'Decision 01JD0000000000000000000003',
      'denied managed_object_changed',
      'Who\nuser-3',
      'What\nUPDATE deployments.apps',
      'Object\nshop/app-3',
      'Class\ngitops',
      'Proof\npod-bound, sufficient: a token of the pod argocd-0',
      'Weakness\nwhoever may exec into the pod',
      'Credential\ntoken, known',
      'Groups\nsystem:authenticated',
      'Asked Argo CD for it\nanna (a claim that nobody has proven)',
      'Took\n1.5 ms: facts 1.0 ms, policies 0.4 ms',
      'spec.replicas changed\n− 2\n+ 5\nowned by argocd-controller (declared in Git)',
      'data.b removed\n− y\n(declared in Git)',
      'data.c added\n+ x\nowned by kubectl',
      'More changed than is listed.',
      'denied gitops_only_writes enforce, managed_object_changed',
      'Commit 3f786850e387550fdab836ed7e6dc881de23001b',
      'Reason\ncheckout is down',
      'Ticket\nOPS-1',
      'Approved by\nbob, carol',
      'Use\n1, 9 left',
      'Entry\n3 of the journal of replica holdfast-0',
    ]) {
      assert.ok(page.includes(text), `${text}\n---\n${page}`);
    }
  });

  it('leaves out what a record does not have', () => {
    const { grant } = fullRecord();
    const page = readOne({
      actor: undefined,
      initiatedBy: undefined,
      change: undefined,
      timings: undefined,
      grant: undefined,
      policies: [],
      user: { username: 'user-3', groups: [], extra: {} },
      message: '',
    });

    for (const text of ['Class', 'Proof\npod', 'Groups', 'Break-glass', 'Message']) {
      assert.ok(!page.includes(text), text);
    }
    for (const text of [
      'The record has no fields.',
      'No policy was evaluated.',
      'Took\n1.5 ms\n',
    ]) {
      assert.ok(page.includes(text), text);
    }
    assert.ok(grant);
    assert.ok(!readOne({ grant: { ...grant, ticket: '' } }).includes('Ticket'));
  });

  it('says what a mode has prevented, dry runs, subresources, and that only bookkeeping changes', () => {
    const { object, actor } = fullRecord();
    assert.ok(actor);
    const page = readOne({
      allowed: true,
      code: 'allowed',
      message: '',
      dryRun: true,
      actor: { ...actor, proof: { ...actor.proof, sufficient: false }, credential: undefined },
      initiatedBy: { username: '', automated: true },
      object: { ...object, subresource: 'scale' },
      wouldDeny: { code: 'managed_object_changed', message: 'Managed' },
      policies: [
        {
          policy: 'p',
          mode: 'warn',
          status: 'warned',
          codes: ['managed_object_changed'],
          wouldDeny: true,
        },
      ],
      change: { semantic: false, paths: [], protectedKeys: [], truncated: false },
      cut: ['change'],
    });

    for (const text of [
      'would be refused in the mode enforce: managed_object_changed',
      'UPDATE deployments.apps/scale (dry run)',
      'pod-bound, not sufficient',
      'Argo CD itself (a claim',
      'Nothing but bookkeeping fields.',
      'warned p warn, managed_object_changed, would refuse',
      'cut to its size limit: change',
    ]) {
      assert.ok(page.includes(text), `${text}\n---\n${page}`);
    }
  });

  it('counts the refusals that joined, and says that a record has another form', () => {
    const folded = {
      by: 'request',
      part: 1,
      count: 12,
      first: 'a',
      last: 'b',
      requestUids: [],
    } as const;
    const first = foundRecord(fullRecord());
    const page = read(
      { ...first, full: undefined },
      foundRecord(fullRecord({ folded }), 9),
      foundRecord(fullRecord(), 10),
    );

    assert.ok(page.includes('13 further refusals were counted in this decision.'), page);
    assert.ok(page.includes('This record has another form than this version writes'), page);
  });
});
