import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  ADMISSION_RESOURCES,
  isAdmissionObject,
  isMutatingKind,
  resourceOf,
} from '../../../../src/drift/admission/admission-resources.ts';

it('names the six kinds about which no webhook is asked, as kubectl does', () => {
  assert.deepEqual(ADMISSION_RESOURCES, [
    'validatingwebhookconfigurations.admissionregistration.k8s.io',
    'validatingadmissionpolicies.admissionregistration.k8s.io',
    'validatingadmissionpolicybindings.admissionregistration.k8s.io',
    'mutatingwebhookconfigurations.admissionregistration.k8s.io',
    'mutatingadmissionpolicies.admissionregistration.k8s.io',
    'mutatingadmissionpolicybindings.admissionregistration.k8s.io',
  ]);
});

it('knows an object of these kinds in any version, and no other', () => {
  const group = 'admissionregistration.k8s.io';
  const cases = [
    { apiVersion: `${group}/v1`, kind: 'ValidatingAdmissionPolicy' },
    { apiVersion: `${group}/v1beta1`, kind: 'MutatingAdmissionPolicy' },
    { apiVersion: `${group}/v1`, kind: 'Other' },
    { apiVersion: `${group}.example.com/v1`, kind: 'MutatingAdmissionPolicy' },
    { apiVersion: 'v1', kind: 'MutatingWebhookConfiguration' },
    {},
  ];
  assert.deepEqual(cases.map(isAdmissionObject), [true, true, false, false, false, false]);
});

it('tells kinds that change requests from those that do not, and their resources', () => {
  const kinds = ['MutatingWebhookConfiguration', 'ValidatingAdmissionPolicyBinding', 'toString'];
  assert.deepEqual(kinds.map(isMutatingKind), [true, false, false]);
  assert.deepEqual(
    ['MutatingAdmissionPolicy', 'ValidatingWebhookConfiguration', 'Pod'].map(resourceOf),
    ['mutatingadmissionpolicies', 'validatingwebhookconfigurations', ''],
  );
});
