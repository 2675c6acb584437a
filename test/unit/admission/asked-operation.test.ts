import assert from 'node:assert/strict';
import { test } from 'node:test';
import { askedOperation } from '../../../src/admission/asked-operation.ts';
import { sampleRequest } from '../../support/admission-samples.ts';

const APPLICATIONS = { group: 'argoproj.io', version: 'v1alpha1', resource: 'applications' };
const operation = { sync: {} };

const table: readonly [string, object, unknown][] = [
  ['asked for in an update', { object: { operation }, oldObject: {} }, operation],
  ['asked for in a creation', { operation: 'CREATE', object: { operation } }, operation],
  ['running already', { object: { operation }, oldObject: { operation } }, undefined],
  ['taken away', { object: {}, oldObject: { operation } }, undefined],
  ['gone with the Application', { operation: 'DELETE', oldObject: { operation } }, undefined],
  [
    'of another kind',
    { resource: { ...APPLICATIONS, resource: 'appprojects' }, object: { operation } },
    undefined,
  ],
  [
    'of Applications of another group',
    { resource: { ...APPLICATIONS, group: 'example.com' }, object: { operation } },
    undefined,
  ],
];
for (const [name, request, expected] of table) {
  test(`askedOperation() and an operation that is ${name}`, () => {
    assert.equal(
      askedOperation(sampleRequest({ operation: 'UPDATE', resource: APPLICATIONS, ...request })),
      expected,
    );
  });
}
