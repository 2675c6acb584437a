/** Asks for refusals at a steady rate, and keeps what was answered: the client's memory is what the journal is held against. */
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { setInterval } from 'node:timers';
import { z } from 'zod';
import { sampleRequest } from '../admission-samples.ts';

/** A refusal that somebody has heard. */
export interface AnsweredDenial {
  readonly decision: string;
  readonly chain: string;
  readonly sequence: number;
  readonly hash: string;
}

export interface DenialLoad {
  readonly answered: readonly AnsweredDenial[];
  /** Answers that were no refusal with a place in the journal. */
  readonly oddities: readonly string[];
  readonly asked: () => number;
  /** Resolves when no request is under way any more. */
  readonly stop: () => Promise<void>;
}

const TICK_MS = 10;
const CONNECTIONS_MAX = 32;

const answerSchema = z.object({
  response: z.object({
    allowed: z.literal(false),
    auditAnnotations: z.object({
      decision: z.string(),
      record: z.string().regex(/^[0-9A-Z]{26}:\d+:[0-9a-f]{64}$/u),
    }),
  }),
});

/** Begins at once, with `perSecond` requests, whether they are answered or not. */
export function startDenialLoad(url: string, ca: string, perSecond: number): DenialLoad {
  const agent = new Agent({ ca, keepAlive: true, maxSockets: CONNECTIONS_MAX });
  const answered: AnsweredDenial[] = [];
  const oddities: string[] = [];
  const underWay = new Set<Promise<void>>();
  let asked = 0;
  async function ask(): Promise<void> {
    asked += 1;
    const body = await post(`${url}/validate`, agent, reviewOf(asked));
    if (body === undefined) return;
    const parsed = answerSchema.safeParse(JSON.parse(body));
    if (!parsed.success) {
      oddities.push(body);
      return;
    }
    const { auditAnnotations } = parsed.data.response;
    const { decision, record } = auditAnnotations;
    const [chain = '', sequence, hash = ''] = record.split(':');
    answered.push({ decision, chain, sequence: Number(sequence), hash });
  }
  const timer = setInterval(() => {
    for (let count = 0; count < (perSecond * TICK_MS) / 1000; count += 1) {
      const asking = ask().finally(() => underWay.delete(asking));
      underWay.add(asking);
    }
  }, TICK_MS);
  return {
    answered,
    oddities,
    asked: () => asked,
    stop: async () => {
      clearInterval(timer);
      await Promise.all(underWay);
      agent.destroy();
    },
  };
}

/** The body of the answer; `undefined` where there is none, as from a process that was killed. */
async function post(url: string, agent: Agent, body: string): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const headers = { 'content-type': 'application/json' };
  const outgoing = request(url, { agent, method: 'POST', headers }, (response) => {
    text(response).then(resolve, () => resolve(undefined));
  });
  outgoing.on('error', () => resolve(undefined));
  outgoing.end(body);
  return await promise;
}

function reviewOf(number: number): string {
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: sampleRequest({ uid: `crash-${number}`, name: 'bad' }),
  });
}
