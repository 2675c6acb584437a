import assert from 'node:assert/strict';
import { hash, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { observeRequest } from '../../../../src/identity/credentials/observe-request.ts';
import { sampleRequest } from '../../../support/admission-samples.ts';
import { issueTestCertificate } from '../../../support/certificates.ts';

const KEY = 'authentication.kubernetes.io/credential-id';
const authority = issueTestCertificate({ purpose: 'authority', commonNames: ['kubernetes'] });

function tokenRequest(changes: object = {}) {
  return sampleRequest({
    operation: 'CREATE',
    resource: { group: '', version: 'v1', resource: 'serviceaccounts' },
    subResource: 'token',
    namespace: 'kube-system',
    name: 'job-controller',
    object: { spec: { expirationSeconds: 600 } },
    ...changes,
  });
}

function certificateFor(commonName: string, organization = 'system:nodes') {
  return issueTestCertificate({
    purpose: 'client',
    commonNames: [commonName],
    organizations: [organization],
    issuer: authority,
  }).cert;
}

function signing(cert: string, spec: object = {}) {
  return sampleRequest({
    operation: 'UPDATE',
    resource: {
      group: 'certificates.k8s.io',
      version: 'v1',
      resource: 'certificatesigningrequests',
    },
    subResource: 'status',
    object: {
      spec: {
        signerName: 'kubernetes.io/kube-apiserver-client-kubelet',
        username: 'system:bootstrap:abc',
        groups: ['system:bootstrappers'],
        ...spec,
      },
      status: { certificate: Buffer.from(cert).toString('base64') },
    },
  });
}

test('observeRequest() tells whose token is asked for, and for how long', () => {
  assert.deepEqual(observeRequest(tokenRequest()), {
    what: 'token-requested',
    username: 'system:serviceaccount:kube-system:job-controller',
    lifeMs: 600_000,
  });
});

test('observeRequest() learns nothing from a dry run or from what is no token request', () => {
  assert.equal(observeRequest(tokenRequest({ dryRun: true })), undefined);
  assert.equal(observeRequest(tokenRequest({ subResource: undefined })), undefined);
  assert.equal(observeRequest(tokenRequest({ object: null })), undefined);
  assert.equal(observeRequest(tokenRequest({ operation: 'UPDATE' })), undefined);
});

test('observeRequest() needs the account of a token, and takes the default life where none is asked for', () => {
  assert.equal(observeRequest(tokenRequest({ name: undefined })), undefined);
  assert.equal(observeRequest(tokenRequest({ namespace: undefined })), undefined);
  assert.deepEqual(observeRequest(tokenRequest({ object: { spec: {} } })), {
    what: 'token-requested',
    username: 'system:serviceaccount:kube-system:job-controller',
    lifeMs: 3_600_000,
  });
});

test('observeRequest() reads signatures where they are written alone', () => {
  const request = signing(certificateFor('system:node:a'));
  for (const other of [
    { ...request, operation: 'CREATE' as const },
    { ...request, subResource: 'approval' },
    { ...request, resource: { ...request.resource, group: 'other.example.com' } },
    { ...request, resource: { ...request.resource, resource: 'pods' } },
    { ...request, object: {} },
  ]) {
    assert.equal(observeRequest(other), undefined);
  }
});

test('observeRequest() tells the id of a certificate that was signed for a node', () => {
  const cert = certificateFor('system:node:a');
  const extra = { [KEY]: [`X509SHA256=${'a'.repeat(64)}`] };

  assert.deepEqual(observeRequest(signing(cert, { username: 'system:node:a', extra })), {
    what: 'certificate-signed',
    username: 'system:node:a',
    id: `X509SHA256=${hash('sha256', new X509Certificate(cert).raw, 'hex')}`,
    requester: {
      username: 'system:node:a',
      groups: ['system:bootstrappers'],
      credential: { status: 'shown', kind: 'certificate', id: `X509SHA256=${'a'.repeat(64)}` },
    },
  });
});

test('observeRequest() reads certificates of nodes alone', () => {
  for (const request of [
    signing(certificateFor('system:kube-controller-manager')),
    signing(certificateFor('system:node:a', 'developers')),
    signing(certificateFor('system:node:a'), { signerName: 'kubernetes.io/kube-apiserver-client' }),
    signing('no certificate'),
  ]) {
    assert.equal(observeRequest(request), undefined);
  }
});
