import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  listReadinessChecks,
  type CheckedInForce,
  type CheckedParts,
} from '../../../src/compose/readiness-checks.ts';
import { formatReadiness } from '../../../src/server/operations-routes.ts';

const none = (): undefined => undefined;
const quiet = { problem: none };
const says = (sentence: string) => ({ problem: () => sentence });
const PARTS: CheckedParts = {
  problem: none,
  advice: none,
  journalAdvice: none,
  lookup: quiet,
  applications: undefined,
  registration: undefined,
  certificates: undefined,
  commits: quiet,
  images: quiet,
};
const RUNTIME: CheckedInForce['runtime'] = {
  engine: { descriptors: ['one'] },
  recordFailure: 'deny',
};

describe('listReadinessChecks()', () => {
  it('asks what every replica has where nothing else is configured', () => {
    const checks = listReadinessChecks({ runtime: RUNTIME }, PARTS);

    assert.deepEqual(
      checks.map(({ name, problem, advisory = false }) => [name, problem(), advisory]),
      [
        ['policies', undefined, false],
        ['journal', undefined, false],
        ['journal-files', undefined, true],
        ['delivery', undefined, true],
        ['cluster', undefined, true],
        ['commits', undefined, true],
        ['images', undefined, true],
        ['configuration', undefined, true],
        ['policy-bundle', undefined, true],
      ],
    );
  });

  it('adds what certificates, a hub and a kept registration say', () => {
    const certificate = { name: 'certificate', problem: none };
    const checks = listReadinessChecks(
      { runtime: RUNTIME },
      {
        ...PARTS,
        certificates: { readinessChecks: [certificate] },
        applications: quiet,
        registration: quiet,
      },
    );

    assert.deepEqual(
      checks.map(({ name }) => name),
      [
        'certificate',
        'policies',
        'journal',
        'journal-files',
        'delivery',
        'cluster',
        'hub',
        'registration',
        'commits',
        'images',
        'configuration',
        'policy-bundle',
      ],
    );
  });

  it('is not ready without a policy, or where a decision cannot be recorded that must be', () => {
    const runtime = { ...RUNTIME, engine: { descriptors: [] } };
    const checks = listReadinessChecks({ runtime }, { ...PARTS, ...says('the disk is full') });

    assert.deepEqual(formatReadiness(checks), {
      httpStatus: 503,
      text: [
        '[-]policies failed: none is loaded',
        '[-]journal failed: the disk is full',
        '[+]journal-files ok',
        '[+]delivery ok',
        '[+]cluster ok',
        '[+]commits ok',
        '[+]images ok',
        '[+]configuration ok',
        '[+]policy-bundle ok',
        'readyz check failed',
        '',
      ].join('\n'),
    });
  });

  it('stays ready without records where decisions may go unrecorded', () => {
    const runtime = { ...RUNTIME, recordFailure: 'allow' as const };
    const checks = listReadinessChecks({ runtime }, { ...PARTS, ...says('the disk is full') });

    assert.equal(formatReadiness(checks).httpStatus, 200);
  });

  it('stays ready, and tells, where anything else needs somebody', () => {
    const checks = listReadinessChecks(
      {
        runtime: RUNTIME,
        ...says('server.port waits for a restart'),
        bundleProblem: () => 'the server gives no bundle',
      },
      {
        ...PARTS,
        advice: () => 'a sink was told to stop',
        journalAdvice: () => 'entries are lost',
        lookup: says('pods are not watched'),
        applications: says('the hub does not answer'),
        registration: says('the registration is another'),
        commits: says('a mirror is old'),
        images: says('a registry is away'),
      },
    );

    assert.deepEqual(formatReadiness(checks), {
      httpStatus: 200,
      text: [
        '[+]policies ok',
        '[+]journal ok',
        '[!]journal-files needs somebody: entries are lost',
        '[!]delivery needs somebody: a sink was told to stop',
        '[!]cluster needs somebody: pods are not watched',
        '[!]hub needs somebody: the hub does not answer',
        '[!]registration needs somebody: the registration is another',
        '[!]commits needs somebody: a mirror is old',
        '[!]images needs somebody: a registry is away',
        '[!]configuration needs somebody: server.port waits for a restart',
        '[!]policy-bundle needs somebody: the server gives no bundle',
        'readyz check passed',
        '',
      ].join('\n'),
    });
  });
});
