/**
 * Credentials of registries of Google Cloud: the access token of the service account that the metadata server knows, on GKE by
 * Workload Identity Federation. It is good for whatever that account may do: give it the reader of Artifact Registry alone.
 *
 * The metadata server speaks http at a link-local address: who it is rests on the network of the node, as for every program there.
 *
 * Source: Compute Engine, "About VM metadata" and "Authenticate workloads to Google Cloud APIs using service accounts"; Artifact
 * Registry, "Access token" (`oauth2accesstoken`).
 */
import { z } from 'zod';
import {
  cloudUnavailable,
  type CloudFailure,
  type CloudProvider,
  type CloudReading,
  type Environment,
} from './cloud-provider.ts';
import type { SendToCloud } from './cloud-sender.ts';
import { matchGcpHost } from './match-gcp-host.ts';
import { readCloudAnswer } from './read-cloud-answer.ts';

export interface GcpProviderOptions {
  readonly environment: Environment;
  readonly send: SendToCloud;
}

const MS_PER_SECOND = 1000;
const USERNAME = 'oauth2accesstoken';
/** No name that a resolver could answer with another address. */
const METADATA_HOST = '169.254.169.254';
const TOKEN_PATH = '/computeMetadata/v1/instance/service-accounts/default/token';
/** Google's libraries take the place of the metadata server from this variable. */
const HOST_VARIABLE = 'GCE_METADATA_HOST';
const HOST = /^(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{1,45}\])(?::\d{1,5})?$/u;

const answerSchema = z.looseObject({
  access_token: z.string().regex(/^[!-~]+$/u),
  expires_in: z.number().min(0),
});

/** Registries of Google Cloud, with one credential for all. */
export class GcpProvider implements CloudProvider {
  readonly name = 'gcp';
  readonly #options: GcpProviderOptions;

  constructor(options: GcpProviderOptions) {
    this.#options = options;
  }

  scopeOf(registry: string): string | undefined {
    return matchGcpHost(registry) ? 'gcp' : undefined;
  }

  async ask(): Promise<CloudReading> {
    const { environment, send } = this.#options;
    const place = environment[HOST_VARIABLE] || METADATA_HOST;
    const text = `http://${place}${TOKEN_PATH}`;
    if (!HOST.test(place) || !URL.canParse(text)) {
      const remedy = 'correct it to HOST or HOST:PORT, or leave it out';
      return failed({ problem: `${HOST_VARIABLE} names no host`, remedy });
    }
    const answer = await send({
      url: new URL(text),
      method: 'GET',
      headers: { 'metadata-flavor': 'Google' },
    });
    const host = `the metadata server (${place})`;
    const isGoogle = answer.status !== 'answered' || answer.headers['metadata-flavor'] === 'Google';
    if (!isGoogle) {
      const problem = `what answers as ${host} is not Google's`;
      return failed({ problem, remedy: 'use the provider gcp on Google Cloud alone' });
    }
    const reading = readCloudAnswer(answer, { host, schema: answerSchema });
    if (!reading.ok) {
      const { problem, isRefusal } = reading;
      return failed({ problem, remedy: isRefusal ? REFUSAL_REMEDY : UNREACHED_REMEDY });
    }
    const { access_token: password, expires_in: seconds } = reading.value;
    return {
      status: 'read',
      value: { kind: 'password', username: USERNAME, password },
      lifeMs: seconds * MS_PER_SECOND,
    };
  }
}

const REFUSAL_REMEDY =
  "let Holdfast's service account use an identity of Google Cloud (Workload Identity Federation for GKE)";
const UNREACHED_REMEDY =
  "it is asked again; let a network policy allow Holdfast's pods to reach it, on the ports 80 and 988";

function failed(failure: CloudFailure): CloudReading {
  return cloudUnavailable('gcp', failure);
}
