import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ApplicationReadings,
  READING_CHARS_MAX,
  READINGS_MAX,
} from '../../../src/source/application-readings.ts';
import { readApplication } from '../../../src/source/read-application.ts';

/** A new object each time, as each answer of the API server is. */
function application(uid: unknown, resourceVersion: unknown, repoURL = 'https://git.example.com') {
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: 'shop', namespace: 'argocd', uid, resourceVersion },
    spec: { source: { repoURL, path: 'prod' } },
  };
}

test('one version of an Application is parsed once', () => {
  const readings = new ApplicationReadings();
  const first = readings.read(application('u', '1'));
  assert.equal(readings.read(application('u', '1')), first);
  assert.deepEqual(first, readApplication(application('u', '1')));
});

test('another version, and one of the same name that was made anew, is read as it is', () => {
  const readings = new ApplicationReadings();
  const first = readings.read(application('u', '1'));
  const changed = application('u', '2', 'https://git.example.com/other');
  assert.deepEqual(readings.read(changed), readApplication(changed));
  // An older answer that comes late is no newer one, and is read as it is, too.
  assert.deepEqual(readings.read(application('u', '1')), first);
  const remade = application('v', '1', 'https://git.example.com/remade');
  assert.deepEqual(readings.read(remade), readApplication(remade));
  assert.equal(readings.size, 2);
});

test('an object that names no version is kept by nobody', () => {
  const readings = new ApplicationReadings();
  const objects = [
    application(undefined, '1'),
    application('u', undefined),
    application('', ''),
    application(1, 1),
    { metadata: 7 },
    undefined,
    'text',
  ];
  for (const object of objects) {
    assert.deepEqual(readings.read(object), readApplication(object));
    assert.notEqual(readings.read(object), readings.read(object));
  }
  assert.equal(readings.size, 0);
});

test('a large one is parsed each time, and forgets the one before', () => {
  const readings = new ApplicationReadings();
  readings.read(application('u', '1'));
  const large = application('u', '2', 'x'.repeat(READING_CHARS_MAX));
  assert.deepEqual(readings.read(large), readApplication(large));
  assert.equal(readings.size, 0);
});

test('the one that was read longest ago goes first', () => {
  const readings = new ApplicationReadings();
  const first = readings.read(application('first', '1'));
  const second = readings.read(application('second', '1'));
  for (let index = 2; index < READINGS_MAX; index += 1) {
    readings.read(application(`u${index}`, '1'));
  }
  assert.equal(readings.read(application('first', '1')), first);
  readings.read(application('last', '1'));
  assert.equal(readings.size, READINGS_MAX);
  assert.equal(readings.read(application('first', '1')), first);
  assert.notEqual(readings.read(application('second', '1')), second);
});
