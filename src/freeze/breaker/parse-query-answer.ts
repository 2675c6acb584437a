/** The number of an answer of Prometheus. Source: Prometheus, "HTTP API", instant queries. */
import { z } from 'zod';
import { parseJsonAs } from '../../base/parse-json-as.ts';
import type { BreakerSample } from './plan-breaker.ts';

// A time, and the value as text.
const sample = z.tuple([z.number(), z.string().max(64)]);

const answerSchema = z.looseObject({
  status: z.literal('success'),
  data: z.discriminatedUnion('resultType', [
    z.looseObject({ resultType: z.literal('scalar'), result: sample }),
    z.looseObject({
      resultType: z.literal('vector'),
      result: z.array(z.looseObject({ value: sample })),
    }),
  ]),
});

const faultSchema = z.looseObject({ error: z.string() });

/** It stands in a message; what Prometheus says may be as long as the query. */
const REASON_CHARS_MAX = 200;
const NUMBER = /^[+-]?(?:Inf|\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/iu;

/** The largest value of the series. Lost where there is none: `NaN`, or a query that finds nothing. */
export function parseQueryAnswer(text: string): BreakerSample {
  const answer = parseJsonAs(answerSchema, text);
  if (answer === undefined) {
    const fault = parseJsonAs(faultSchema, text);
    const reason = fault === undefined ? 'It is no answer to a query' : fault.error;
    return lost(reason.slice(0, REASON_CHARS_MAX));
  }
  const { data } = answer;
  const samples =
    data.resultType === 'scalar' ? [data.result] : data.result.map((one) => one.value);
  const values = samples.flatMap(([, value]) => (NUMBER.test(value) ? [numberOf(value)] : []));
  return values.length === 0
    ? lost('The query finds no number: append "or vector(0)" where that means none')
    : { status: 'read', value: values.reduce((a, b) => Math.max(a, b)) };
}

/** Go writes infinity as `+Inf`. */
function numberOf(text: string): number {
  return Number(text.replace(/inf$/iu, 'Infinity'));
}

function lost(reason: string): BreakerSample {
  return { status: 'lost', reason };
}
