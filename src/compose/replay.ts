/** Sends recorded reviews to a running webhook as the API server would: over HTTPS, one after the other. */
import { z } from 'zod';
import { request, Agent } from 'node:https';
import type { RecordedCase } from './recorded-day.ts';

export interface ReplayOptions {
  readonly url: string;
  /** The CA that signed the webhook's certificate. */
  readonly authorityPem: string;
}

export interface ReplayedCase {
  readonly recorded: RecordedCase;
  readonly allowed: boolean;
  readonly message: string;
  readonly warnings: readonly string[];
}

const answerSchema = z.looseObject({
  response: z.looseObject({
    allowed: z.boolean(),
    status: z.looseObject({ message: z.string() }).optional(),
    warnings: z.array(z.string()).optional(),
  }),
});

// Longer than any deadline of the webhook, so that a slow answer is shown and not hidden.
const ANSWER_TIMEOUT_MS = 30_000;

/** Yields each answer as it arrives. Throws if a response is not an AdmissionReview. */
export async function* replay(
  cases: readonly RecordedCase[],
  { url, authorityPem }: ReplayOptions,
): AsyncGenerator<ReplayedCase> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: authorityPem });
  try {
    for (const recorded of cases) {
      const { response } = answerSchema.parse(
        JSON.parse(await post(`${url}/validate`, JSON.stringify(recorded.review), agent)),
      );
      yield {
        recorded,
        allowed: response.allowed,
        message: response.status?.message.trim() ?? '',
        warnings: response.warnings ?? [],
      };
    }
  } finally {
    agent.destroy();
  }
}

function post(url: string, body: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      {
        agent,
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        timeout: ANSWER_TIMEOUT_MS,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          resolve(Buffer.concat(chunks).toString('utf8'));
        });
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('The webhook did not answer in time')));
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
