/** Parsers of what other programs report. */
import { parseWayOn } from '../../../src/dashboard/http/parse-way-on.ts';
import {
  parseEntryFilter,
  parseListQuery,
  parseSequence,
} from '../../../src/dashboard/records/parse-list-query.ts';
import { parseAuditEvent, parseAuditEvents } from '../../../src/drift/intake/parse-audit-events.ts';
import { parseArgocdNotification } from '../../../src/drift/intake/parse-argocd-notification.ts';
import { parseFalcoEvent } from '../../../src/drift/intake/parse-falco-event.ts';
import { parseAuditLine } from '../../../src/drift/intake/parse-audit-line.ts';
import { parseEksEntry, parseGkeEntry } from '../../../src/drift/intake/parse-cloud-audit.ts';
import { parseQueryAnswer } from '../../../src/freeze/breaker/parse-query-answer.ts';
import { sentAuditEvent, sentEventList } from '../audit-event-samples.ts';
import { gkeEntry } from '../gke-entry-sample.ts';
import { sentFalcoEvent, sentNotification } from '../reported-events.ts';
import { textTarget, valueTarget, type FuzzTarget } from './fuzz-target.ts';

const IMPERSONATED = sentAuditEvent({
  impersonatedUser: { username: 'bob', groups: ['system:masters'] },
  annotations: {
    'drift.holdfast.dev/decision': 'D1',
    'failed-open.validating.webhook.admission.k8s.io/round_0_index_0': 'drift.holdfast.dev',
  },
});

/** Each with its seeds. */
export const OBSERVATION_TARGETS: readonly FuzzTarget[] = [
  valueTarget(
    'drift/intake/parse-audit-events',
    [sentEventList([sentAuditEvent(), IMPERSONATED, {}]), sentAuditEvent(), IMPERSONATED],
    (value) => [parseAuditEvents(value, 100), parseAuditEvent(value)],
  ),
  valueTarget(
    'drift/intake/parse-cloud-audit',
    [
      { logEvents: [{ id: '1', message: JSON.stringify(IMPERSONATED) }, {}] },
      { events: [{ message: '{' }] },
      gkeEntry(),
    ],
    (value) => [parseEksEntry(value), parseGkeEntry(value)],
  ),
  valueTarget('drift/intake/parse-falco-event', [sentFalcoEvent()], (value) =>
    parseFalcoEvent(value),
  ),
  valueTarget('drift/intake/parse-argocd-notification', [sentNotification()], (value) =>
    parseArgocdNotification(value),
  ),
  {
    name: 'drift/intake/parse-audit-line',
    form: 'json',
    seeds: [JSON.stringify(IMPERSONATED), JSON.stringify(gkeEntry()), '{"message":"{}"}'],
    parse: (bytes) =>
      (['kubernetes', 'eks', 'gke'] as const).map((format) => parseAuditLine(bytes, format)),
  },
  textTarget(
    'freeze/breaker/parse-query-answer',
    [
      '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"0.5"]}]}}',
      '{"status":"success","data":{"resultType":"scalar","result":[1,"+Inf"]}}',
      '{"status":"error","errorType":"bad_data","error":"no such function"}',
    ],
    (text) => parseQueryAnswer(text),
  ),
  textTarget(
    'dashboard/http/parse-way-on',
    ['/', '/decisions/01JD3V9K2M?a=b', '//a', '/\\a'],
    (text) => parseWayOn(text),
  ),
  textTarget(
    'dashboard/records/parse-list-query',
    ['decision=denied&namespace=shop&user=a&policy=b&code=c&before=12', 'before=0'],
    (text) => {
      const parameters = new URLSearchParams(text);
      const { filters, before } = parseListQuery(parameters);
      return [filters, before, parseEntryFilter(filters), parseSequence(text)];
    },
  ),
];
