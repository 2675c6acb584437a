/** Bundles of one policy that refuses one name, and a whole process that follows them. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { systemClock } from '../../src/base/clock.ts';
import type { SigningKey } from '../../src/base/json-web-signature.ts';
import { ensureCertificates } from '../../src/certificates/ensure-certificates.ts';
import { startService, type RunningService } from '../../src/compose/service.ts';
import { loadConfiguration } from '../../src/config/load.ts';
import { packBundle } from '../../src/policy/bundle/pack-bundle.ts';
import { readBundleFiles } from '../../src/policy/bundle/read-bundle-files.ts';
import { signBundle } from '../../src/policy/bundle/sign-bundle.ts';
import { sampleRequest } from './admission-samples.ts';
import { createHttpsClient } from './https-client.ts';
import { bundleFolder, policyText } from './policy-bundles.ts';
import { recordTelemetry } from './recording-telemetry.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';

export interface ArchiveOptions {
  /** Absent: it is not signed. */
  readonly key?: SigningKey;
  /** @default none */
  readonly scope?: string;
  /** When it was signed. @default now */
  readonly nowMs?: number;
  /** Instead of the rule that refuses the name. */
  readonly body?: string;
}

/** The archive of a policy that refuses one name. */
export async function makeArchive(
  t: TestContext,
  refused: string,
  { key, scope, nowMs = Date.now(), body }: ArchiveOptions = {},
): Promise<Uint8Array> {
  const text = policyText({
    body:
      body ?? `deny contains {"code": "no", "message": "No"} if input.request.name == "${refused}"`,
  });
  const sources = await makeTemporaryFolder(t, { 'sample/sample.rego': text });
  const files = await readBundleFiles(await bundleFolder(sources));
  assert.ok(files.ok);
  const signed = key && (await signBundle(files.value, { key, scope, nowMs }));
  return await packBundle(signed?.ok === true ? signed.value : files.value);
}

/** Starts a process with these sections, whose paths are relative to the folder; it ends with the test. */
export async function servePolicies(t: TestContext, folder: string, sections: object) {
  const file = join(folder, 'holdfast.yaml');
  const server = { port: 0, metrics: { port: 0 } };
  await writeFile(file, JSON.stringify({ cluster: { name: 'test' }, server, ...sections }));
  const loaded = await loadConfiguration(file);
  assert.ok(loaded.ok, JSON.stringify(loaded));
  const { authorityPem } = await ensureCertificates({
    folder: dirname(loaded.configuration.server.tls.certificateFile),
    dnsNames: [],
    ipAddresses: ['127.0.0.1'],
    nowMs: systemClock.wallMs(),
  });
  const telemetry = recordTelemetry();
  const service = await startService({
    loaded,
    ...telemetry,
    environment: { TOKEN: 'secret' },
    version: '1',
  });
  const client = createHttpsClient(service.url, { ca: authorityPem });
  const stop = async (): Promise<void> => {
    client.close();
    await service.stop();
  };
  t.after(stop);
  const allows = async (name: string): Promise<boolean> => {
    const request = sampleRequest({ name });
    const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request };
    const answer: { readonly response: { readonly allowed: boolean } } = JSON.parse(
      (await client.post('/validate', JSON.stringify(review))).body,
    );
    return answer.response.allowed;
  };
  return { service, telemetry, allows, stop };
}

/** What `/readyz` says. */
export async function askReadiness({ operationsUrl }: RunningService): Promise<string> {
  return await (await fetch(`${operationsUrl}/readyz?verbose`)).text();
}
